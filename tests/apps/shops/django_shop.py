"""A shop in Django: goods, and a user who must sign in, unless SHOP_OPEN is set.

`SHOP_DB` is the path of a SQLite file, or an address `postgresql://…`. The command `make` makes the
tables and the user, `runserver` serves.
"""

import os
import sys
from urllib.parse import parse_qs, unquote, urlsplit

import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path


def database(address):
    if not address.startswith("postgresql:"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": address}
    url = urlsplit(address)
    query = parse_qs(url.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path[1:],
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or query["host"][0],
    }


PAGE = """<!doctype html><title>Shop</title><main>{% block main %}{% endblock %}</main>"""
LOGIN = """{% extends "page" %}{% block main %}<h1>Welcome</h1>
{% if form.non_field_errors %}<div role=alert>{{ form.non_field_errors.0 }}</div>{% endif %}
<form method=post>{% csrf_token %}
<label>User {{ form.username }}</label> <label>Password {{ form.password }}</label>
<button>Sign in</button></form>{% endblock %}"""
GOODS = """{% extends "page" %}{% block main %}<h1>Goods of {{ user }}</h1>
<form method=post>{% csrf_token %}<label>New <input name=name></label><button>Add</button></form>
<ul>{% for good in goods %}<li>{{ good.name }}</li>{% endfor %}</ul>{% endblock %}"""

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ.get("SHOP_KEY", "of a test"),
    DEBUG=True,
    DATABASES={"default": database(os.environ["SHOP_DB"])},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    # Sessions that are in the cookie alone outlive the database.
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    LOGIN_URL="/login",
    LOGIN_REDIRECT_URL="/",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": ["django.contrib.auth.context_processors.auth"],
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {"page": PAGE, "login": LOGIN, "goods": GOODS},
                    )
                ],
            },
        }
    ],
)
django.setup()

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.contrib.auth.views import LoginView  # noqa: E402
from django.db import models  # noqa: E402
from django.shortcuts import redirect, render  # noqa: E402


class Good(models.Model):
    name = models.CharField(max_length=80)

    class Meta:
        app_label = "shop"


def goods(request):
    if request.method == "POST":
        Good.objects.create(name=request.POST["name"])
        return redirect("/")
    return render(request, "goods", {"goods": Good.objects.order_by("id")})


urlpatterns = [
    path("", goods if os.environ.get("SHOP_OPEN") else login_required(goods)),
    path("health", lambda request: HttpResponse("ok")),
    path("login", LoginView.as_view(template_name="login")),
]


def make():
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Good)
    Good.objects.create(name="tea")
    User.objects.create_user(os.environ["SHOP_USER"], password=os.environ["SHOP_PASSWORD"])


if __name__ == "__main__":
    if sys.argv[1:] == ["make"]:
        make()
    else:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
