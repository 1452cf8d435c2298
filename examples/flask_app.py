"""The same with Flask: `adapter serve examples/flask_app.py --bind 8000` (`pip install flask` first)."""

import os

from flask import Flask, request

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """Who answers."""
    return f"Hello from worker {os.getpid()}\n"


@app.post("/echo")
def echo() -> bytes:
    """What was sent."""
    return request.get_data()
