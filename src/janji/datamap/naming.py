"""The words in the names of tables and columns."""

from __future__ import annotations

import re
from functools import cache

_PREFIXES = frozenset(["tbl", "t", "tb", "tab", "mst", "master", "ms", "tr", "trx", "trn", "dim", "fact", "dt", "data", "app", "core"])


@cache
def stem_of(table: str) -> tuple[str, ...]:
    """The words of a table's name without its schema, what is put before it, and the mark of many."""
    words = [word for word in words_in(table.rsplit(".", 1)[-1]) if word not in _PREFIXES]
    return (*words[:-1], singular(words[-1])) if words else ()


def words_in(name: str) -> list[str]:
    """The words of a name, in lower case: `CustomerID`, `customer_id` and `customer-id` have the same two."""
    apart = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", lambda found: "_".join(part for part in found.groups() if part), name)
    return [word for word in re.split(r"[^a-z0-9]+", apart.lower()) if word]


def singular(word: str) -> str:
    """A word without the marks of many, roughly: enough to hold two names against each other."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ses", "se")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + instead
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word
