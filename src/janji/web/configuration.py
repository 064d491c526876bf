"""What serving adds to the one configuration of Django, which the store made."""

from __future__ import annotations

import logging

from django.conf import settings

from janji.web.console.installed import install
from janji.workflows.door import Door


def configure(door: Door) -> None:
    """Tell Django how to serve the house of this door. The store has set it up already; see `store.configuration`.

    Sessions, users and their sign-in are of the console alone (`web.console.installed`): no middleware of theirs is around an API.
    """
    held = door.runtime.settings
    settings.SECRET_KEY = door.secret("django").hex()
    settings.ALLOWED_HOSTS = list(held.hosts)
    settings.DEBUG = False
    settings.ROOT_URLCONF = "janji.web.urls"
    settings.MIDDLEWARE = ["janji.web.access.Access", "janji.web.middleware.Around"]
    settings.APPEND_SLASH = False
    settings.SECURE_HSTS_SECONDS = held.hsts
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = held.body_limit
    install(settings, https=(held.public_url or "").startswith("https://"))
    for name in ("django.request", "django.security"):  # they log addresses and tracebacks, and both can hold values
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.handlers = [logging.NullHandler()]
