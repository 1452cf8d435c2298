"""The data plane: connections in, requests to the application, responses out. Read in this order: threads, loop, server, accepting, connection."""
