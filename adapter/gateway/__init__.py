"""From a request to the application and from there to the response: loading the application, WSGI. It knows no socket."""
