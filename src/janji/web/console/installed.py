"""What of Django and django-allauth is installed for the sign-in of staff when a house is served; other programs load none of it."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps

SESSION, FORM = "janji-staff", "janji-form"
"""The cookies of the console: of a session, and of the forms of whoever has none yet."""
HOURS = 8
ENTRANCE = "janji.web.console.entrance"


class _Quiet(AppConfig):
    """An application that does nothing when it is ready: its tables are made by our own migrations, and its checks are for other projects."""

    default, default_auto_field = False, "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Nothing."""


class ContentTypes(_Quiet):
    """Django's content types, which its users ask for; nothing of ours asks them."""

    name = "django.contrib.contenttypes"


class Auth(_Quiet):
    """Django's users: our model stands in for theirs."""

    name = "django.contrib.auth"


class Account(_Quiet):
    """django-allauth's accounts."""

    name = "allauth.account"


class Mfa(_Quiet):
    """django-allauth's passkeys."""

    name = "allauth.mfa"


class Social(_Quiet):
    """django-allauth's sign-in by the company's own (OpenID Connect)."""

    name = "allauth.socialaccount"


INSTALLED = tuple(f"{__name__}.{one.__name__}" for one in (ContentTypes, Auth, Account, Mfa, Social))
LABELS = ("contenttypes", "auth", "account", "mfa", "socialaccount")


def install(settings: Any, *, https: bool) -> None:
    """Set sign-in up in Django's settings; with `https` its cookies are of this very host alone (RFC 6265bis 4.1.3.2)."""
    before = "__Host-" if https else ""
    values = {
        "MIGRATION_MODULES": dict.fromkeys(LABELS),  # our own migrations make the tables that are used
        "AUTHENTICATION_BACKENDS": ["janji.web.console.gate.Backend"], "ACCOUNT_ADAPTER": "janji.web.console.gate.Accounts",
        "MFA_ADAPTER": "janji.web.console.gate.Passkeys", "SOCIALACCOUNT_ADAPTER": "janji.web.console.gate.Company",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None, "ACCOUNT_LOGIN_METHODS": {"email"}, "ACCOUNT_SIGNUP_FIELDS": ["email*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none", "ACCOUNT_RATE_LIMITS": False, "MFA_SUPPORTED_TYPES": ["webauthn"],
        "MFA_WEBAUTHN_USER_VERIFICATION": "required", "SOCIALACCOUNT_STORE_TOKENS": False,
        "SESSION_COOKIE_NAME": f"{before}{SESSION}", "SESSION_COOKIE_AGE": HOURS * 3600, "SESSION_COOKIE_SECURE": https, "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax", "CSRF_COOKIE_NAME": f"{before}{FORM}", "CSRF_COOKIE_SECURE": https, "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax", "CSRF_COOKIE_AGE": None, "CSRF_FAILURE_VIEW": f"{ENTRANCE}.not_from_here",
    }  # fmt: skip
    for name, value in values.items():
        setattr(settings, name, value)
    if settings.INSTALLED_APPS[-1] != INSTALLED[-1]:
        settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, *INSTALLED]
        apps.set_installed_apps(settings.INSTALLED_APPS)
