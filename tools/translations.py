"""Keeps the translation catalogues: `--update` extracts messages and compiles; without it, says what is stale."""

import ast
import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "janji"
LOCALE = SOURCE / "files" / "locale"
DOMAIN = "janji"
KEYWORDS = {"N_": 0, "Field": 1, "_need": 1, "_section": 1}
"""Calls whose argument at this place is a message."""

TYPER = (
    "(deprecated) ", "[default: {}]", "[env var: {}]", "[required]", "Arguments", "Options", "Commands", "Error",
    "Aborted.", "default: {default}", "required",
)  # fmt: skip
"""Words that Typer shows around ours and looks up in the same catalogue."""


def messages() -> Catalog:
    """Every message of the program, as a template without a language."""
    found = Catalog(project="janji", charset="utf-8")
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            place = KEYWORDS.get(getattr(node.func, "id", "")) if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Call) and place is not None and len(node.args) > place:
                text = node.args[place]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found.add(text.value, locations=[(str(path.relative_to(SOURCE)), 0)])
    for path in sorted((SOURCE / "files" / "templates").iterdir()):
        for text in re.findall(r'\b_\("((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8")):
            found.add(text, locations=[(str(path.relative_to(SOURCE)), 0)])
    for word in TYPER:
        found.add(word, auto_comments=["shown by Typer"])
    return found


def load(language: str) -> Catalog:
    """The catalogue of a language as it stands; empty when there is none yet."""
    path = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.is_file():
        return Catalog(locale=language, project="janji", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def stale(language: str) -> list[str]:
    """What is wrong with a language's catalogue, in lines; nothing when it is whole and compiled."""
    catalogue, wanted = load(language), messages()
    found = []
    for message in wanted:
        if not message.id:
            continue
        held = catalogue.get(message.id)
        if held is None or not held.string:
            found.append(f"{language}: not translated: {message.id!r}")
        elif held.fuzzy:
            found.append(f"{language}: to be reviewed: {message.id!r}")
    compiled = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if not compiled.is_file() or compiled.read_bytes() != _compiled(catalogue):
        found.append(f"{language}: the compiled catalogue is older than its source")
    return found


def _compiled(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def update(language: str) -> None:
    """Bring a language's catalogue to the present messages and compile it; translations are kept."""
    catalogue = load(language)
    catalogue.update(messages(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    catalogue.header_comment = "# Translations of Janji. Licence: Apache-2.0."
    catalogue.last_translator = catalogue.language_team = "Janji"
    catalogue.revision_date = catalogue.creation_date
    catalogue.msgid_bugs_address = "the issue tracker of Janji"
    catalogue.project, catalogue.version, catalogue.fuzzy = "janji", "1", False
    path = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=118, sort_output=True, omit_header=False, include_lineno=False)
    path.with_suffix(".mo").write_bytes(_compiled(load(language)))


def main() -> None:
    """Update or check every language that is not the messages' own."""
    if "--update" in sys.argv:
        update("id")
        return
    found = stale("id")
    print("\n".join(found) or "translations: whole")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
