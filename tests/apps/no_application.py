"""Has nothing that could be called by the usual names."""

applicatoin = None
