"""One connection on the standard input, served in one thread. Read in this order: inetd, stdio, conversation. Every import is paid for per connection."""
