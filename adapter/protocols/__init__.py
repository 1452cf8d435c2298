"""Conversations, pure: bytes in, requests out; responses in, bytes out. No sockets, no clocks, no threads."""
