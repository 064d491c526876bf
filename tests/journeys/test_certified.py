"""Lines of certificates in words, and numbers as each language writes them."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

import janji.store  # noqa: F401 - sets Django up, without which nothing of the web side can be loaded
from janji.files.translations import load_tongue
from janji.terms.texts import Text
from janji.terms.words import counted
from janji.web.console.certified import line_words
from janji.workflows.naming import Names

NAMES = Names({"care": Text((("en", "Care centre"), ("id", "Pusat layanan")))}, {"sales": Text((("en", "Orders"), ("id", "Pesanan")))}, "id")


def told(line: str) -> str:
    """The line as an Indonesian page has it."""
    tongue = load_tongue("id")
    desk: Any = SimpleNamespace(tongue=tongue, count=partial(counted, tongue=tongue))
    return line_words(desk, NAMES, line)


@pytest.mark.parametrize(("line", "words"), [
    ("orders by sales (order-completed, before 2021-11-28T00:00:00.000Z): delete, done, due 2441, held 0, level logical",
     "orders, menurut “Pesanan”, dihitung sejak pesanan selesai, sebelum 28 November 2021, pukul 07:00 WIB: hapus; lewat waktu 2.441, ditahan 0; selesai"),
    ("orders by sales: items deleted 907", "items: dihapus 907"),
    ("orders by sales: addresses: shared stays 16", "addresses: tetap ada 16 (juga milik orang lain)"),
    ("care/invoices: found 1, deleted 0, changed 0, kept:sales 1", "Pusat layanan, invoices: ditemukan 1, dihapus 0, diubah 0; 1 tetap ada menurut “Pesanan”"),
    ("care/likes: found 4, deleted 0, changed 0, found 4", "Pusat layanan, likes: ditemukan 4, dihapus 0, diubah 0; 4 tetap ada: milik orang lain, hanya ditemukan"),
    ("a line of another form", "a line of another form"),
])  # fmt: skip
def test_lines(line: str, words: str) -> None:
    """Systems and rules have their titles, codes their words, and instants the zone; what is of another form stays as it is."""
    assert told(line) == words


def test_numbers() -> None:
    """Thousands are parted as the language does it."""
    assert [counted(1_234_567, load_tongue(language)) for language in ("en", "id")] == ["1,234,567", "1.234.567"]
