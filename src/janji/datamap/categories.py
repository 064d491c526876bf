"""What overlays call categories, in the words of a policy: an overlay may be finer, `contact.email` is the policy's `contact`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from janji.datamap.meaning import NONE, Meaning, SystemMeaning, TableMeaning


def in_words_of(meaning: SystemMeaning, declared: Collection[str]) -> SystemMeaning:
    """A system's meaning with each category as the policy names it: the nearest that is declared, or that holds it; others as they are."""
    def said(held: Meaning) -> Meaning:
        return replace(held, category=word_of(held.category, declared), paths={path: word_of(one, declared) for path, one in held.paths.items()})

    tables = {
        name: replace(table, columns={column: said(held) for column, held in table.columns.items()}) for name, table in meaning.tables.items()
    }  # fmt: skip
    return replace(meaning, tables=tables, holds=tuple(dict.fromkeys(word_of(one, declared) for one in meaning.holds)))


def word_of(category: str, declared: Collection[str]) -> str:
    """The declared category that one is, or is a part of by its name up to a stop; itself where none is."""
    word = category
    while word and word not in declared:
        word = word.rpartition(".")[0]
    return word or category


def categories_of(meaning: SystemMeaning) -> Iterator[str]:
    """The categories that a system holds, as its overlay names them."""
    for table in meaning.tables.values():
        yield from categories_in(table)
    yield from meaning.holds


def categories_in(table: TableMeaning) -> Iterator[str]:
    """The categories that a table holds, as its overlay names them."""
    for said in table.columns.values():
        yield from (category for category in (said.category, *said.paths.values()) if category != NONE)
