"""Whose the words of a row are that leads to several people: whoever wrote or ordered it, where that is plain."""

from __future__ import annotations

from collections.abc import Sequence

from janji.datamap.links import named_as, speaks_of_people, tells_where
from janji.datamap.meaning import Link
from janji.datamap.naming import stem_of, words_in

_WRITERS = frozenset(
    ["author", "sender", "poster", "writer", "commenter", "reviewer", "reporter", "requester", "requestor", "submitter", "from", "voter", "actor", "penulis", "pengirim", "pelapor"]
)
"""Words of columns that say who wrote a row."""
_WRITINGS = frozenset(
    ["comment", "reply", "post", "review", "message", "answer", "feedback", "rating", "chat", "discussion", "testimonial", "suggestion", "question", "notification", "response", "revision", "draft",
     "order", "cart", "basket", "quote", "sale", "checkout", "booking", "reservation", "subscription",
     "komentar", "balasan", "ulasan", "pesan", "jawaban", "saran", "keluhan", "pesanan", "keranjang", "langganan"]
)
"""Words of tables of which each row is written or ordered by the one person whom it leads to directly, or is for them."""

_RUN_TOGETHER = ("comment", "reply", "review", "revision", "message", "answer", "feedback", "komentar")


def writer(table: str, links: Sequence[Link]) -> tuple[str, ...]:
    """The columns that lead to whoever wrote or ordered a row that leads to somebody else besides; none where that is not plain."""
    owning = [link for link in links if link.owner]
    people = [link for link in owning if speaks_of_people(link.to) and len(link.columns) == 1]
    if len({link.columns for link in owning}) < 2 or not people:
        return ()
    said = {link.columns for link in people if not _WRITERS.isdisjoint(words_in(link.columns[0]))}
    if len(said) == 1:
        return said.pop()
    people = [link for link in people if not link.of_kind]
    others = [link for link in owning if link not in people]
    if not any(word in _WRITINGS or word.endswith(_RUN_TOGETHER) for word in stem_of(table)[-1:]) and not all(tells_where(link.to) for link in others):
        return ()
    plain = {link.columns for link in people if named_as(link.columns[0], link.to)} or {link.columns for link in people}
    return next(iter(plain)) if len(plain) == 1 else ()
