"""`adapter hold`: keeps listening sockets open for servers that come and go."""
