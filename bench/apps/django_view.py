"""A real Django view: the middleware that most sites have, a route with a converter, a template with twenty rows."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

PAGE = """<!doctype html><title>Shelf {{ shelf }}</title><h1>Shelf {{ shelf }}</h1><table>
{% for book in books %}<tr><td>{{ book.number }}</td><td>{{ book.title }}</td></tr>
{% endfor %}</table>"""

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="not a secret: the benchmark keeps none",  # noqa: S106 -- as it says
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"page": PAGE})]},
        }
    ],
)


def shown(request: HttpRequest, shelf: int) -> HttpResponse:
    """The books of a shelf."""
    rows = int(request.GET.get("rows", "20"))
    books = [{"number": shelf * 100 + row, "title": f"Book <{row}>"} for row in range(rows)]
    return render(request, "page", {"shelf": shelf, "books": books})


urlpatterns = [path("shelf/<int:shelf>", shown)]
application = get_wsgi_application()
