"""The hostile texts are what their names say, and the same on every run."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.hostile_texts import HOSTILE, MEGABYTE, Hostile

pypdfium2 = pytest.importorskip("pypdfium2")
BY_FILE = {text.file: text for text in HOSTILE}


def test_names_are_unique() -> None:
    """No two texts would be written to one file."""
    assert [name for name, count in Counter(text.file for text in HOSTILE).items() if count > 1] == []


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text.file)
def test_weight_is_as_told(text: Hostile) -> None:
    """A heavy text is large, any other small; making it twice gives the same bytes, but for an encrypted one."""
    made = text.make()
    assert (len(made) >= 5 * MEGABYTE) is text.heavy
    if not text.heavy and text.name != "encrypted":
        assert made == text.make()


def test_encodings_are_what_they_are_called() -> None:
    """The encodings differ as they should: some decode as UTF-8, some do not."""
    for name in ("windows-1252.txt", "latin-1.txt", "invalid-utf-8-inside.txt", "random-binary.txt"):
        with pytest.raises(UnicodeDecodeError):
            BY_FILE[name].make().decode("utf-8")
    assert BY_FILE["utf-16-le-bom.txt"].make().decode("utf-16").startswith("Privacy policy")
    assert b"\0" in BY_FILE["nul-bytes.txt"].make()
    assert b"deemed" not in BY_FILE["zero-width-inside-words.txt"].make()


def test_documents_are_what_they_are_called() -> None:
    """One has pictures and no letters, one has 300 pages, and the others cannot be opened."""
    with pypdfium2.PdfDocument(BY_FILE["without-text.pdf"].make()) as pictures:
        assert [page.get_textpage().get_text_range().strip() for page in pictures] == ["", ""]
    with pypdfium2.PdfDocument(BY_FILE["many-pages.pdf"].make()) as many:
        assert len(many) == 300
    for name in ("encrypted.pdf", "text-called-pdf.pdf"):
        with pytest.raises(pypdfium2.PdfiumError):
            pypdfium2.PdfDocument(BY_FILE[name].make())
