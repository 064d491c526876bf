"""The translations that ship with Janji, as tongues that messages are rendered in."""

from __future__ import annotations

import gettext
import os
from importlib import resources

from janji.terms.messages import ENGLISH, Tongue

DOMAIN = "janji"
LANGUAGES = ("en", "id")
_ARTICLE = {"id": "Pasal"}


def load_tongue(language: str) -> Tongue:
    """The tongue of `language`; English for a language that there is no translation into."""
    catalogue = resources.files("janji.files") / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if language not in LANGUAGES or not catalogue.is_file():
        return ENGLISH
    with catalogue.open("rb") as file:
        return Tongue(language, gettext.GNUTranslations(file).gettext, _ARTICLE.get(language, "Art"))


def bind(tongue: Tongue) -> None:
    """Let libraries that look their own words up by gettext find them in our catalogue, in this tongue."""
    os.environ["LANGUAGE"] = tongue.language
    gettext.bindtextdomain(DOMAIN, str(resources.files("janji.files") / "locale"))
    gettext.textdomain(DOMAIN)
