"""SCGI (python.ca/scgi/protocol.txt, quoted as SCGI) as nginx's scgi_pass and Apache's mod_proxy_scgi speak it: one netstring of
variables, the content after it, one answer as a CGI program gives it, then the end.
"""
