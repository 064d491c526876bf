"""The translations that ship with Janji, as tongues that messages are rendered in."""

from __future__ import annotations

import gettext
import os
from functools import cache
from importlib import resources

from janji.terms.messages import ENGLISH, Tongue

DOMAIN = "janji"
LANGUAGES = ("en", "id")
_ARTICLE = {"id": "Pasal"}


def load_tongue(language: str) -> Tongue:
    """The tongue of `language`, read once; English for a language that there is no translation into."""
    return _loaded(language) if language in LANGUAGES else ENGLISH


@cache
def _loaded(language: str) -> Tongue:
    catalogue = resources.files("janji.files") / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if not catalogue.is_file():
        return ENGLISH
    with catalogue.open("rb") as file:
        told = gettext.GNUTranslations(file).gettext
        return Tongue(language, lambda text: told(text) if text else "", _ARTICLE.get(language, "Art"))  # of nothing, gettext tells who made the catalogue


def bind(tongue: Tongue) -> None:
    """Let libraries that look their own words up by gettext find them in our catalogue, in this tongue."""
    os.environ["LANGUAGE"] = tongue.language
    gettext.bindtextdomain(DOMAIN, str(resources.files("janji.files") / "locale"))
    gettext.textdomain(DOMAIN)
