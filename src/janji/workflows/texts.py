"""A published text imported: read, put together as a starting model, checked, and written into a folder with its evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from janji.errors import Conflict, Corrupt, Diagnostic, Invalid
from janji.files.dictionaries import load_vocabulary
from janji.files.policies import FIRST
from janji.files.published import STDIN, Form, Published, read_published
from janji.files.translations import LANGUAGES, load_tongue
from janji.files.writing import write_files
from janji.importer import yaml_text
from janji.importer.draft import name_of
from janji.importer.evidence import decisions_text, evidence_json
from janji.importer.mentions import read_text
from janji.importer.report import Report
from janji.importer.text import Occasion, TextDraft, assemble_text
from janji.law.model import LawPack
from janji.policy.checker import check
from janji.policy.parser import Parsed, parse
from janji.prose.segments import segment
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.places import Place
from janji.terms.processing import Severity
from janji.workflows.policies import named_law

CLAUSES, DECISIONS, EVIDENCE = "clauses.yaml", "decisions.md", "evidence.json"
FILES = (CLAUSES, DECISIONS, EVIDENCE, FIRST)


def import_text(path: Path, folder: Path, effective: date, tongue: Tongue, law: str | None = None) -> Report:
    """Make a starting model from the text at `path` and write it into `folder`, with its evidence and open decisions.

    The model binds from `effective`; the list of decisions is written in `tongue`.

    Raises `Invalid` when the file is no text or has no clause, `Unavailable` when it cannot be read, and `Conflict`
    when one of the files to be written is there: nothing is ever overwritten.
    """
    vocabulary = load_vocabulary()
    pack = named_law(law or vocabulary.law)
    for name in FILES:
        if (folder / name).exists():
            raise Conflict(
                say(N_("there is a file already: `{path}`"), path=folder / name),
                say(N_("name a new folder with `-o`; nothing is overwritten")),
            )
    published = read_published(path)
    document = segment(published.text)
    reading = read_text(document, vocabulary)
    if not any(reading.last[at] >= 0 for at in reading.names):
        raise Invalid(
            say(N_("there is no clause in `{path}`"), path=published.name),
            say(N_("give the whole text of the policy; headings alone say nothing")),
        )
    source = "stdin" if path == STDIN else path.name
    occasion = Occasion(name_of(Path(source).stem, "policy"), pack, effective, source, lambda start: _place(published, source, start))
    made = assemble_text(reading, occasion)
    texts, errors = _written(made, pack, source)
    texts[DECISIONS] = decisions_text(made, source, tongue).encode()
    held = evidence_json(made, reading, source, pack.id)
    texts[EVIDENCE] = (json.dumps(held, ensure_ascii=False, indent=1) + "\n").encode()
    write_files({folder / name: texts[name] for name in FILES})
    remarks = [item.message for item in published.notes]
    remarks.append(say(N_("clauses: {count}, language: {language}"), count=len(made.clauses.sections["clauses"]),
                       language=reading.language))  # fmt: skip
    remarks.append(say(N_("every open decision stands in `{path}`"), path=folder / DECISIONS))
    if errors:
        remarks.append(say(N_("`janji check` names mistakes in it that a person must mend: {count}"), count=errors))
    written = tuple(str(folder / name) for name in FILES)
    return Report("text", (published.name,), written, made.draft, tuple(remarks))


def _place(published: Published, source: str, start: int) -> Place:
    """Where a character stood: file, line and column; for a text with pages, the page as the line."""
    line, column = published.lines.place(start)
    return Place(source, line, column or 1) if published.form is not Form.PDF else Place(source, line, 1)


def _written(made: TextDraft, law: LawPack, source: str) -> tuple[dict[str, bytes], int]:
    """The files of the model, and how many mistakes a check finds; raises `Corrupt` when they could not be read."""
    tongues = [load_tongue(language) for language in LANGUAGES]
    first = _comments(tongues, N_("A starting model, made from a published text. It permits what stands here and nothing else."),
                      N_("Each entry cites its clauses; the words that it rests on stand above it, and all of them in evidence.json."),
                      N_("Answer each `decide` and take it out; lines that begin with #| come in when they are decided."))  # fmt: skip
    second = _comments(tongues, N_("The clauses of the published text, in its own words, each with the place where it begins."),
                       N_("What a clause is was told by patterns: look at each `kind`."))  # fmt: skip
    texts = {FIRST: yaml_text.write(made.draft, tongues, first).encode(),
             CLAUSES: yaml_text.write(made.clauses, tongues, second).encode()}  # fmt: skip
    parsed = _parsed(texts)
    wrong = next((item for item in parsed.diagnostics if item.severity is Severity.ERROR), None)
    if wrong is not None or parsed.policy is None:
        problem: Message | Diagnostic | None = wrong.message if wrong else None
        raise Corrupt(
            say(N_("the starting model of `{source}` could not be read at {place}: {problem}"), source=source,
                place=wrong.place if wrong else "-", problem=problem),
            say(N_("nothing was written; please report the clause that is named in it")),
        )  # fmt: skip
    found = check(parsed, law).diagnostics
    return texts, sum(1 for item in found if item.severity is Severity.ERROR)


def _comments(tongues: list[Tongue], *lines: str) -> list[str]:
    return [tongue.translate(line) for tongue in tongues for line in lines]


def _parsed(texts: Mapping[str, bytes]) -> Parsed:
    steps = parse(FIRST)
    wanted = next(steps)
    while True:
        try:
            wanted = steps.send(texts.get(wanted))
        except StopIteration as stop:
            parsed: Parsed = stop.value
            return parsed
