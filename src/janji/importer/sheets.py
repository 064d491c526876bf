"""A policy as rows of cells, one sheet a section: which columns there are, and how each value is written and read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any

from janji.importer.words import plain
from janji.policy import model
from janji.policy.model import ChildAccess, Entry, Policy
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.periods import Period, parse_period
from janji.terms.processing import (
    Disposal,
    LegalBasis,
    Operation,
    RecipientClass,
    Role,
    Trait,
)  # fmt: skip
from janji.terms.texts import Text

DECISIONS = "decisions"
"""The sheet of what a person must decide; its rows are entries of any section."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_BETWEEN = re.compile(r"[;\n]")


class Cell(StrEnum):
    """How a cell is written."""

    TEXT = "text"
    LINE = "line"
    COUNTRY = "country"
    PERIOD = "period"
    NAME = "name"
    NAMES = "names"
    WORD = "word"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the key of the policy file, the attribute it fills, how it is written, its heading."""

    key: str
    kind: Cell
    heading: str
    attribute: str = ""
    words: type[StrEnum] | None = None
    required: bool = False
    language: str | None = None

    @property
    def id(self) -> str:
        """The column's own name in the workbook: the key, and the language of a text (`title@en`)."""
        return self.key if self.language is None else f"{self.key}@{self.language}"

    @property
    def field(self) -> str:
        """The attribute of the entry."""
        return self.attribute or self.key.replace("-", "_")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the section of the policy whose entries are its rows."""

    section: str
    title: str
    columns: tuple[Column, ...]
    make: Any = None


_TITLE = Column("title", Cell.TEXT, N_("Name"), required=True)
_NOTE = Column("note", Cell.TEXT, N_("Remarks"))
_PURPOSES = Column("purposes", Cell.NAMES, N_("Purposes"))
_DATA = Column("data", Cell.NAMES, N_("Data"))
_COUNTRY_COLUMN = Column("country", Cell.COUNTRY, N_("Country"))

SHEETS = (
    Sheet("systems", N_("Systems"), (
        _TITLE, Column("owner", Cell.LINE, N_("Answerable")), _COUNTRY_COLUMN, _PURPOSES, _DATA, _NOTE,
    ), model.System),
    Sheet("purposes", N_("Purposes"), (
        _TITLE, Column("basis", Cell.WORD, N_("Legal basis"), words=LegalBasis, required=True),
        Column("data", Cell.NAMES, N_("Data"), required=True),
        Column("operations", Cell.WORDS, N_("Operations"), words=Operation),
        Column("channels", Cell.NAMES, N_("Channels")), Column("traits", Cell.WORDS, N_("Traits"), words=Trait),
        Column("child", Cell.WORD, N_("For a child"), words=ChildAccess),
        Column("notice", Cell.NAME, N_("Notice (consent)")), Column("agreements", Cell.NAMES, N_("Agreements (contract)")),
        Column("obligation", Cell.TEXT, N_("Law and article (legal obligation)")), _NOTE,
    ), model.Purpose),
    Sheet("recipients", N_("Recipients"), (
        _TITLE, Column("class", Cell.WORD, N_("Kind of party"), "kind", RecipientClass, required=True),
        Column("role", Cell.WORD, N_("Role"), words=Role, required=True),
        Column("country", Cell.COUNTRY, N_("Country"), required=True),
        Column("purposes", Cell.NAMES, N_("Purposes"), required=True), _DATA, _NOTE,
    ), model.Recipient),
    Sheet("retention", N_("Retention"), (
        _TITLE, Column("period", Cell.PERIOD, N_("Period"), required=True),
        Column("trigger", Cell.NAME, N_("Counted from"), required=True),
        Column("then", Cell.WORD, N_("At the end"), words=Disposal, required=True),
        _PURPOSES, _DATA, Column("law", Cell.NAMES, N_("Neighbouring laws")), _NOTE,
    ), model.RetentionRule),
)  # fmt: skip


class Answer(StrEnum):
    """Whether a question has been decided."""

    YES = "yes"
    NO = "no"


DECISION_COLUMNS = (
    Column("decide", Cell.TEXT, N_("Question")), Column("note", Cell.TEXT, N_("Remarks so far")),
    Column("decided", Cell.WORD, N_("Decided?"), words=Answer), Column("remark", Cell.LINE, N_("New remark")),
)  # fmt: skip

VOCABULARY: dict[str, str] = {
    "consent": N_("consent"), "contract": N_("contract"), "legal-obligation": N_("legal obligation"),
    "vital-interest": N_("vital interest"), "public-task": N_("public task"),
    "legitimate-interest": N_("legitimate interest"), "collect": N_("collect"), "use": N_("use"),
    "disclose": N_("disclose"), "retain": N_("retain"), "marketing": N_("marketing"), "profiling": N_("profiling"),
    "automated-decision": N_("automated decision"), "large-scale": N_("large scale"),
    "combination": N_("combination of data"), "new-technology": N_("new technology"),
    "limits-rights": N_("limits rights"), "affiliate": N_("affiliate"), "processor": N_("processor"),
    "retailer": N_("retailer"), "transaction": N_("party to a transaction"), "adviser": N_("adviser"),
    "authority": N_("public office"), "user-authorised": N_("authorised by the person"), "other": N_("other"),
    "controller": N_("controller"), "joint-controller": N_("joint controller"),
    "sub-processor": N_("sub-processor"), "third-party": N_("third party"), "delete": N_("delete"),
    "destroy": N_("destroy"), "anonymise": N_("anonymise"), "restrict": N_("restrict"), "open": N_("open to children"),
    "guardian": N_("with a guardian"), "never": N_("never for children"), "yes": N_("yes"), "no": N_("no"),
}  # fmt: skip
"""Words of closed vocabularies as people read them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the name of its entry, and its cells by the column's own name."""

    name: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A sheet ready to be written: its columns by language, and a row for each entry."""

    section: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    entries: Mapping[str, Entry] = field(default_factory=dict)


def shown(policy: Policy, tongues: Sequence[Tongue]) -> tuple[Shown, ...]:
    """Every sheet of a policy, the open decisions last."""
    made = [_sheet(sheet.section, sheet.title, sheet.columns, dict(getattr(policy, sheet.section)), policy, tongues)
            for sheet in SHEETS]  # fmt: skip
    asked = {path: entry for path, entry in policy.entries() if entry.decide}
    return (*made, _sheet(DECISIONS, N_("Decisions"), DECISION_COLUMNS, asked, policy, tongues))


def known(column: Column) -> tuple[str, ...]:
    """The words of a closed vocabulary, or none."""
    return tuple(map(str, column.words)) if column.words is not None else ()


def _sheet(
    section: str, title: str, columns: tuple[Column, ...], entries: Mapping[str, Entry], policy: Policy, tongues: Sequence[Tongue]
) -> Shown:
    spread = tuple(part for column in columns for part in _languages(column, entries.values(), policy))
    rows = tuple(
        Row(str(name), {column.id: written(column, entry, tongues) for column in spread}) for name, entry in entries.items()
    )
    return Shown(section, title, spread, rows, entries)


def _languages(column: Column, entries: Any, policy: Policy) -> Iterator[Column]:
    """A column for each language that a text is written in; one column for anything else."""
    if column.kind is not Cell.TEXT:
        yield column
        return
    used = dict.fromkeys(
        language for entry in entries if (text := getattr(entry, column.field)) for language, _ in text.versions
    )
    for language in used or dict.fromkeys(map(str, policy.languages)) or ("",):
        yield Column(column.key, column.kind, column.heading, column.attribute, None, column.required, language)


def written(column: Column, entry: Entry, tongues: Sequence[Tongue]) -> str:
    """The cell of an entry in a column."""
    value = getattr(entry, column.field, None)
    if value is None:
        return ""
    if column.kind is Cell.TEXT:
        return str(dict(value.versions).get(column.language or "", ""))
    if column.kind is Cell.WORD:
        return bilingual(value, tongues)
    if column.kind is Cell.WORDS:
        return "; ".join(bilingual(word, tongues) for word in value)
    return "; ".join(map(str, value)) if column.kind is Cell.NAMES else str(value)


def bilingual(word: str, tongues: Sequence[Tongue]) -> str:
    """A word of a closed vocabulary as the workbook shows it: itself, and what it means in the other languages."""
    others = [tongue.translate(VOCABULARY[word]) for tongue in tongues if tongue.language != "en"]
    return " / ".join(dict.fromkeys([str(word), *others]))


def understood(column: Column, cell: str, tongues: Sequence[Tongue]) -> tuple[Any, Message | None]:
    """The value that a cell means, and what is wrong with it; an empty cell is nothing."""
    text = clean(cell)
    if column.kind in (Cell.NAMES, Cell.WORDS):
        parts = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
        values = [_one(column, part, tongues) for part in parts]
        wrong = next((part for part, value in zip(parts, values, strict=True) if value is None), None)
        return (tuple(values), None) if wrong is None else (None, _wrong(column, wrong))
    if not text:
        return None, None
    value = _one(column, text, tongues)
    return (value, None) if value is not None else (None, _wrong(column, text))


def clean(cell: str) -> str:
    """A cell as it is compared: line ends alike, no space around it."""
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()


def _one(column: Column, text: str, tongues: Sequence[Tongue]) -> Any:
    if column.words is not None:
        return _word(column.words, text, tongues)
    if column.kind is Cell.PERIOD:
        period = parse_period(text)
        return period if period != Period() else None
    if column.kind is Cell.COUNTRY:
        return text if _COUNTRY.fullmatch(text) else None
    if column.kind in (Cell.NAME, Cell.NAMES):
        return text if _ID.fullmatch(text) else None
    if column.kind is Cell.LINE:
        return text if len(text.splitlines()) == 1 else None
    return text


def _word(words: type[StrEnum], text: str, tongues: Sequence[Tongue]) -> StrEnum | None:
    """The word that is meant: as shown, itself, or its translation; never the nearest, and never what is doubted."""
    if "?" in text:
        return None
    said = plain(text)
    for word in words:
        spoken = {str(word), bilingual(word, tongues), *(tongue.translate(VOCABULARY[word]) for tongue in tongues)}
        if said in {plain(item) for item in spoken}:
            return word
    return None


def _wrong(column: Column, text: str) -> Message:
    if column.words is not None:
        words = ", ".join(f"`{word}`" for word in column.words)
        return say(N_("`{word}` is not one of the words for this; known here: {words}"), word=text[:60], words=words)
    return say(_WANTED[column.kind], word=text[:60])


_WANTED = {
    Cell.PERIOD: N_("`{word}` is not a period; write `P10Y`, `P6M`, `P90D` or `PT72H`"),
    Cell.COUNTRY: N_("`{word}` is not a country code; write two capital letters, such as `JP`"),
    Cell.NAME: N_("`{word}` is not a name; write the id of an entry"),
    Cell.NAMES: N_("`{word}` is not a name; write ids of entries, with `;` between them"),
    Cell.LINE: N_("`{word}` goes over several lines; write one"),
}  # fmt: skip


def heading(message: str, tongues: Sequence[Tongue]) -> str:
    """A heading in every language, each wording once."""
    return " / ".join(dict.fromkeys(tongue.translate(message) for tongue in tongues))


def default_of(make: Any, attribute: str) -> Any:
    """What an attribute is when it is not written."""
    held = next(item for item in fields(make) if item.name == attribute)
    return None if held.default is MISSING else held.default


def text_with(old: Text | None, versions: Mapping[str, str]) -> Text | None:
    """A text with some of its languages written anew; one that is emptied is taken out."""
    held = dict(old.versions) if old else {}
    held |= {language: clean(words) for language, words in versions.items()}
    kept = tuple((language, words) for language, words in held.items() if words)
    return Text(kept) if kept else None
