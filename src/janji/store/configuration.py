"""Django as the store needs it: set up when the first module of the store is imported, before any model is."""

from __future__ import annotations

APP = "janji.store"
NOWHERE = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": ""}}


def configure() -> None:
    """Set Django up without a database, unless somebody did already; `store.database.open_database` names one."""
    import django
    from django.conf import settings

    if settings.configured:
        return
    settings.configure(
        DATABASES=NOWHERE, INSTALLED_APPS=[APP], AUTH_USER_MODEL="store.StaffMember", SESSION_ENGINE="janji.store.staff_sessions", USE_TZ=True, TIME_ZONE="UTC", USE_I18N=False,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", LOGGING_CONFIG=None,
    )  # fmt: skip
    django.setup()
