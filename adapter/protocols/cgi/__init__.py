"""What front ends that speak CGI's variables over a socket have in common, whatever the packet they put them into (uwsgi, SCGI)."""
