"""Writes what is generated: `docs/reference/` and the schemas of written files; `--check` says what is stale."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from typer.main import get_command

from janji.cli.main import build
from janji.connectors.processor_format import PROCESSOR, processor_schema
from janji.connectors.service_format import SERVICE, service_schema
from janji.datamap.overlay import OVERLAY, overlay_schema
from janji.decision.reasons import GROUNDS, KINDS
from janji.decision.standing import STANDING
from janji.documents.shapes import (
    Brief,
    Count,
    Country,
    Day,
    Flag,
    Id,
    Length,
    Line,
    ListOf,
    MapOf,
    Name,
    OneOf,
    Prose,
    Record,
    Ref,
    Shape,
    document_schema,
)
from janji.files.rules import load_rules
from janji.law.format import LAW_PACK
from janji.linter.findings import Likelihood
from janji.linter.rulebook import RULES
from janji.messaging.gateways import GATEWAY, gateway_schema
from janji.policy.format import LAW, POLICY, policy_schema
from janji.registers.plain import register_schema
from janji.scanner.recognisers import RECOGNISERS
from janji.workflows.runtime import SETTINGS, Settings, open_runtime

ROOT = Path(__file__).resolve().parent.parent
HEAD = "<!-- Written by `make docs` from the program; do not edit. -->\n\n"

PLAIN: dict[type[Shape], str] = {
    Line: "text", Id: "name", Name: "name as the store has it", Flag: "`true` or `false`", Count: "whole number", Day: "date (`2026-11-23`)",
    Length: "period (`P10Y`, `P90D`, `PT72H`)", Country: "country (`ID`)", Prose: "text, or `{en: ..., id: ...}`",
}  # fmt: skip


def describe(shape: Shape) -> str:
    """A shape in a few words."""
    if isinstance(shape, Ref):
        if shape.section.startswith(LAW):
            return f"name under `{shape.section.removeprefix(LAW).replace('_', '-')}` of the law pack"
        return f"name under `{shape.section}`"
    if isinstance(shape, OneOf):
        return " \\| ".join(f"`{word}`" for word in shape.words)
    if isinstance(shape, ListOf):
        return f"list of: {describe(shape.item)}"
    if isinstance(shape, MapOf):
        return f"entries, each {describe(shape.item)}"
    if isinstance(shape, Brief):
        return f"{describe(shape.record.fields[shape.key].shape)}, or {describe(shape.record)}"
    if isinstance(shape, Record):
        return f"[{shape.name}](#{shape.name.lower()})"
    return PLAIN[type(shape)]


def inner(shape: Shape) -> list[Record]:
    """The records that a shape is made of, in order."""
    if isinstance(shape, ListOf | MapOf):
        return inner(shape.item)
    if isinstance(shape, Brief):
        return [shape.record]
    return [shape] if isinstance(shape, Record) else []


def document(title: str, intro: str, root: Record) -> str:
    """The reference page of a kind of file."""
    lines = [HEAD + f"# {title}\n\n{intro}\n"]
    waiting, seen = [root], set()
    while waiting:
        record = waiting.pop(0)
        if record.name in seen:
            continue
        seen.add(record.name)
        lines += [f"\n## {record.name}\n", "| key | | what it is | written as |", "|---|---|---|---|"]
        for key, item in record.fields.items():
            need = "required" if item.required else ""
            lines.append(f"| `{key}` | {need} | {item.about} | {describe(item.shape)} |")
            waiting.extend(inner(item.shape))
    return "\n".join(lines) + "\n"


def verbs(app: Any, above: str = "") -> list[tuple[str, Any]]:
    """Every verb by its whole name; a group of verbs comes before them."""
    found = []
    for name, command in getattr(app, "commands", {}).items():
        found += [(above + name, command), *verbs(command, f"{above}{name} ")]
    return found


def command_line() -> str:
    """The reference page of the program."""
    app = get_command(build(open_runtime(Path("/nonexistent"), {}, "en")))
    languages = "Texts come in English and Indonesian: `--lang en|id`, `JANJI_LANG`, `language` in `janji.toml`, or the locale.\n"
    exits = "Exit codes: 0 permit or clean, 2 deny, 3 invalid, 1 failure.\n"
    lines = [HEAD + "# The program `janji`\n", exits, languages]
    for name, command in verbs(app):
        lines += [f"\n## janji {name}\n", f"{command.help}\n"]
        if hasattr(command, "commands"):
            continue
        lines += ["| argument or option | what it is |", "|---|---|"]
        for parameter in command.params:
            if parameter.name in ("help", "install_completion", "show_completion"):
                continue
            names = ", ".join(f"`{item}`" for item in parameter.opts)
            lines.append(f"| {names} | {getattr(parameter, 'help', '') or ''} |")
    return "\n".join(lines) + "\n"


def reasons() -> str:
    """The reference page of reason codes."""
    lines = [HEAD + "# Reasons of a decision\n", "The meaning of each condition: [the decision](../explanation/decision.md).",
             "A code marked *always* stops the caller even where a deployment only observes.\n",
             "| code | says | what would change it | topic of law | |", "|---|---|---|---|---|"]  # fmt: skip
    lines += [
        f"| `{code}` | {kind.message} | {kind.help} | {kind.topic} | {'always' if kind.always else ''} |"
        for code, kind in KINDS.items()
    ]
    lines += ["\n## Grounds of a permit\n", "| code | says | topic of law |", "|---|---|---|"]
    lines += [f"| `basis-{basis}` | {message} | {topic} |" for basis, (topic, message) in GROUNDS.items()]
    return "\n".join(lines) + "\n"


def settings() -> str:
    """The reference page of settings: each key, its variable and option, what it is and what holds without it."""
    plain = Settings()
    intro = ("`janji.toml` in the working folder holds settings; a variable of the environment counts before it, an option of a verb before\n"
             "both. `janji settings` shows what is set, and where that comes from. In a variable a list has commas between its parts. What\n"
             "opens something may stand in the environment alone.\n")  # fmt: skip
    lines = [HEAD + "# Settings\n", intro, "| setting | what it is | without it | overridden by |", "|---|---|---|---|"]
    for known in SETTINGS:
        by = ", ".join(f"`{name}`" for name in (known.environment, known.option) if name)
        key = f"`{known.key}`" if known.shared else f"`{known.key}`: the environment alone"
        lines.append(f"| {key} | {known.about} | {WITHOUT.get(known.key) or plain_value(getattr(plain, known.key))} | {by} |")
    return "\n".join(lines) + "\n"


WITHOUT = {"language": "the locale's", "data_dir": "`janji` below `$XDG_DATA_HOME` or `~/.local/share`", "enforcement": "every no is enforced",
           "key_file": "`keys/keeper.key` in the data directory"}  # fmt: skip


def plain_value(value: object) -> str:
    """What holds without a setting, in words."""
    if value is None or value == ():
        return "none"
    return ", ".join(f"`{part}`" for part in (value if isinstance(value, tuple) else (value,)))


PHRASES = """
## How phrases are written

A phrase is a pattern over words. Letter case, punctuation and line ends do not matter, and a phrase never reaches over
the end of a sentence.

| written | is |
|---|---|
| `deemed to have` | these words, one after the other |
| `(agreed\\|consented)` | one of these; each may be several words |
| `[hereby]` | these words, or nothing |
| `..3` | up to three words of any kind; twenty at most |
| `consent*` | any word that begins so |
| `organi*ation` | any word that begins and ends so |
| `#` | a number in digits |
| `<abroad>` | one of the phrases that the dictionary calls `abroad` |

`deemed ..6 (agree*\\|consent*)` finds "deemed to have agreed". The shortest reading counts. A phrase begins with a word
that is no gap and cannot be left out, so that it is looked up and not searched for: a text is read once, whatever the
number of rules.

The [how-to](../howto/add-a-lint-rule.md) shows a rule from the first wording to its cases.
"""


def lint_rules() -> str:
    """The reference page of the linter's rules: what each says, how it is written, and what phrases are."""
    book = load_rules()
    intro = ("The rules are data: `src/janji/linter/rules/*.yaml`. `janji lint --rules` lists those of a law. A rule without an "
             "article rests on craft alone, and a rule without an entry for a law does not speak there.\n")  # fmt: skip
    lines = [HEAD + "# The rules of the linter\n", intro, "| rule | | right | what is wrong | article |", "|---|---|---|---|---|"]  # fmt: skip
    for id, rule in sorted(book.rules.items()):
        articles = "; ".join(article for article in rule.articles.values() if article != "-")
        title = re.sub(r"\{\w+\}", "…", rule.title.get("en")).replace("|", "\\|")
        lines.append(f"| {id} | {rule.severity} | {LIKELY[rule.likelihood]} | {title} | {articles} |")
    tables = document("The rule file", "Each file may have any of the sections below.", RULES).removeprefix(HEAD)
    return "\n".join(lines) + "\n" + PHRASES + "\n" + tables.replace("# The rule file", "## The rule file", 1)


LIKELY = {Likelihood.HIGH: "very likely", Likelihood.MEDIUM: "likely", Likelihood.LOW: "possibly"}


def pages() -> dict[Path, str]:
    """Every generated file and what must stand in it."""
    reference, schema = ROOT / "docs" / "reference", ROOT / "schema"
    schemas = {
        "policy.json": policy_schema(),
        "policy-part.json": policy_schema(part=True),
        "facts.json": document_schema(STANDING, "Facts about a person for a decision of Janji", "urn:janji:schema:facts:1"),
        "recognisers.json": document_schema(RECOGNISERS, "Recognisers of a company for the scanner of Janji", "urn:janji:schema:recognisers:1"),
        "law-pack.json": document_schema(LAW_PACK, "A law pack for Janji", "urn:janji:schema:law-pack:1"),
        "register.json": register_schema(),
        "data-map.json": overlay_schema(),
        "service.json": service_schema(),
        "processor.json": processor_schema(),
        "gateway.json": gateway_schema(),
    }  # fmt: skip
    made = {schema / name: json.dumps(value, indent=2, ensure_ascii=False) + "\n" for name, value in schemas.items()}
    made[reference / "policy.md"] = document(
        "The policy file",
        "A policy is a folder with a `policy.yaml`, and the files that it names under `include`. The same, as JSON Schema: "
        "`schema/policy.json` (the first file) and `schema/policy-part.json` (an included one).", POLICY)  # fmt: skip
    made[reference / "facts.md"] = document(
        "The facts file", "What is known of one person, and of the request, when a question is asked. YAML or JSON; as "
        "JSON Schema: `schema/facts.json`.", STANDING)  # fmt: skip
    made[reference / "data-map.md"] = document(
        "The data map", "What the tables of a system mean: one file a system, in the folder of maps. As JSON Schema: "
        "`schema/data-map.json`.", OVERLAY)  # fmt: skip
    made[reference / "service.md"] = document(
        "The file of a service", "How an HTTP service is searched and erased in: [how to](../howto/connect-files-and-services.md). As JSON Schema: "
        "`schema/service.json`.", SERVICE)  # fmt: skip
    made[reference / "processor.md"] = document(
        "The file of a processor", "How a processor is asked by OpenDSR: [how to](../howto/connect-files-and-services.md). As JSON Schema: "
        "`schema/processor.json`.", PROCESSOR)  # fmt: skip
    made[reference / "gateway.md"] = document(
        "The file of a gateway", "How people are sent short messages: [how to](../howto/messages.md). As JSON Schema: "
        "`schema/gateway.json`.", GATEWAY)  # fmt: skip
    made[reference / "law-pack.md"] = document(
        "The law pack", "A law as data, one file a law. As JSON Schema: `schema/law-pack.json`.", LAW_PACK
    )
    made[reference / "command-line.md"] = command_line()
    made[reference / "reasons.md"] = reasons()
    made[reference / "settings.md"] = settings()
    made[reference / "lint-rules.md"] = lint_rules()
    return made


def main() -> None:
    """Write or check every generated file."""
    made = pages()
    stale = [path for path, text in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        print("\n".join(f"stale: {path.relative_to(ROOT)} (run `make docs`)" for path in stale) or "reference: whole")
        sys.exit(1 if stale else 0)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path], encoding="utf-8")
        print(f"written: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
