"""A Flask application in one file, with the factory that larger ones have."""

from flask import Flask, Response, request
from telling import tell


def create_app(name="factory"):
    """An application of its own."""
    made = Flask("shop")

    @made.route("/", defaults={"path": ""})
    @made.route("/<path:path>", methods=["GET", "POST"])
    def told(path):
        return Response(tell(request.environ), mimetype="application/json", headers={"X-Made-By": name, "X-Path": path})

    return made


app = create_app("import")
