"""Writes the names of countries from the Unicode CLDR (through Babel), so that the program needs no Babel."""

from pathlib import Path

from babel import Locale
from babel.core import get_global

TARGET = Path(__file__).resolve().parent.parent / "src" / "janji" / "files" / "countries.yaml"
HEAD = "# Names of countries by ISO 3166-1 code, from the Unicode CLDR (Unicode licence). Written by tools/countries.py.\n"
LANGUAGES = ("en", "id")


def text() -> str:
    """The file: one country a line, each name in every language."""
    names = {language: Locale(language).territories for language in LANGUAGES}
    replaced = get_global("territory_aliases")
    lines = [HEAD]
    for code in sorted(set.intersection(*(set(held) for held in names.values()))):
        if len(code) == 2 and code.isalpha() and code not in replaced and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ"):
            parts = ", ".join(f'{language}: "{names[language][code]}"' for language in LANGUAGES)
            lines.append(f'"{code}": {{{parts}}}\n')
    return "".join(lines)


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
