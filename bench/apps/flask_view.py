"""A real Flask view: a route with a converter, a query parameter, a template with twenty rows."""

from flask import Flask, render_template_string, request

application = Flask(__name__)
PAGE = """<!doctype html><title>Shelf {{ shelf }}</title><h1>Shelf {{ shelf }}</h1><table>
{% for book in books %}<tr><td>{{ book.number }}</td><td>{{ book.title }}</td></tr>
{% endfor %}</table>"""


@application.get("/shelf/<int:shelf>")
def shown(shelf: int) -> str:
    """The books of a shelf."""
    rows = int(request.args.get("rows", "20"))
    books = [{"number": shelf * 100 + row, "title": f"Book <{row}>"} for row in range(rows)]
    return render_template_string(PAGE, shelf=shelf, books=books)
