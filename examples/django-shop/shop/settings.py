"""The settings of the shop. What is Janji's is in `JANJI`."""

import os
from pathlib import Path

JANJI = {
    "URL": os.environ["SHOP_JANJI_URL"],
    "KEY": os.environ["SHOP_JANJI_KEY"],
    "SUBJECT": "shop.views.subject",
    "DEADLINE": 3,
}
WEBHOOK_KEY = os.environ.get("SHOP_WEBHOOK_KEY", "")

SECRET_KEY = os.environ.get("SHOP_SECRET_KEY", "only-for-trying-out")
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.sessions", "shop"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "janji_client.django.JanjiMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("SHOP_STORE", Path(__file__).parent.parent / "shop.db"),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
