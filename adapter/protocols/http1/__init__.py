"""HTTP/1.1 (RFC 9110, RFC 9112) as an origin server speaks it. Read in this order: limits, events, section, head, chunked,
receiving, sending; usual. When in doubt we refuse: a message that two readers could read in two ways is how requests are smuggled.
"""
