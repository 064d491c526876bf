"""Texts that nobody should have to read, as bytes by name: what a reader of documents must survive."""

from __future__ import annotations

import importlib
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

MEGABYTE = 1_000_000
SENTENCE = "By using the site you are deemed to have consented to any other purposes as soon as possible. "
POLICY = f"Privacy policy\n\n1. Scope\n\n1.1. {SENTENCE}\na) names,\nb) numbers.\n\n2. Contact\n\nClick here.\n"
KEBIJAKAN = "Kebijakan privasi\n\n1. Pengguna dianggap menyetujui “semua” tujuan… tanpa pemberitahuan.\n"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A text by name: the ending of its file, how to make its bytes, and whether it is heavy (5 MB or more)."""

    name: str
    ending: str
    make: Callable[[], bytes]
    heavy: bool = False

    @property
    def file(self) -> str:
        """A name for a file that holds it."""
        return f"{self.name}.{self.ending}"


def _noise(size: int) -> bytes:
    return random.Random(20260601).randbytes(size)


def _zero_width() -> str:
    return "".join(letter + "\u200b\u200d\ufeff\u2060"[place % 4] for place, letter in enumerate(SENTENCE)) + "\n"


def _deep_numbers(levels: int) -> str:
    return "\n".join(f"{'1.' * level} {SENTENCE}" for level in range(1, levels + 1))


def _items(count: int) -> str:
    return "We collect:\n" + "\n".join(f"- item {number}, such as this one" for number in range(count)) + "\n"


def _html_nested(depth: int) -> bytes:
    return b"<html><body>" + b"<div>" * depth + SENTENCE.encode() + b"</div>" * depth + b"</body></html>"


def _html_junk() -> bytes:
    return (
        b"<!doctype html><html><head><title>x<script>document.write('<p>deemed to have consented</p>')</script>"
        b"<style>p::after{content:'[country]'}</style></head><body onload=alert(1)><p>Unclosed <b>bold <i>italic"
        b"<table><tr><td>cell<p>1.1 " + SENTENCE.encode() + b"<li>a) one<li>c) three</ul></b><p>&#0;&#xD800;&bogus;"
        b"<iframe src=file:///etc/passwd></iframe><img src=http://127.0.0.1:9/x.png><a href=javascript:alert(1)>here"
    )


def _html_entities() -> bytes:
    lines = ['<!DOCTYPE html [<!ENTITY a0 "consent">']
    lines += [f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10)]
    return "\n".join([*lines, "]><html><body><p>&a9;</p></body></html>"]).encode()


def _part(name: str) -> Any:
    """A module of the library that writes PDF, which has no types."""
    return importlib.import_module(name)


def _pdf(pages: int, *, text: bool = True, password: str = "") -> bytes:
    held = io.BytesIO()
    lock = _part("reportlab.lib.pdfencrypt").StandardEncryption(password) if password else None
    canvas = _part("reportlab.pdfgen.canvas").Canvas(held, invariant=1, encrypt=lock)
    for page in range(1, pages + 1):
        if text:
            canvas.drawString(72, 760, f"{page}. Clause {page}")
            canvas.drawString(72, 740, SENTENCE)
        else:
            _picture(canvas)
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def _picture(canvas: Any) -> None:
    grey = _part("PIL.Image").new("RGB", (200, 280), "#ddd")
    canvas.drawImage(_part("reportlab.lib.utils").ImageReader(grey), 72, 200, 400, 560)


def _truncated_pdf() -> bytes:
    whole = _pdf(3)
    return whole[: len(whole) * 2 // 3]


def _small() -> Iterator[Hostile]:
    def text(name: str, value: str, encoding: str = "utf-8", before: bytes = b"") -> Hostile:
        return Hostile(name, "txt", lambda: before + value.encode(encoding))

    yield Hostile("empty", "txt", lambda: b"")
    yield text("only-white-space", " \t\r\n\u00a0\u2003\n\f\v " * 50)
    yield text("only-punctuation", "... --- ((( ))) [[[ ]]] ;;; ::: " * 40)
    yield Hostile("nul-bytes", "txt", lambda: POLICY.encode().replace(b" ", b" \0"))
    yield Hostile("random-binary", "txt", lambda: _noise(200_000))
    yield text("utf-16-le-bom", POLICY, "utf-16-le", b"\xff\xfe")
    yield text("utf-16-be-bom", POLICY, "utf-16-be", b"\xfe\xff")
    yield text("utf-16-le-no-bom", POLICY, "utf-16-le")
    yield text("utf-16-be-no-bom", POLICY, "utf-16-be")
    yield Hostile("utf-16-odd-length", "txt", lambda: b"\xff\xfe" + POLICY.encode("utf-16-le")[:-1])
    yield text("utf-32-bom", POLICY, "utf-32")
    yield text("windows-1252", KEBIJAKAN, "cp1252")
    yield text("latin-1", POLICY.replace("names", "naïve façade"), "latin-1")
    broken = b"\xc3\x28 \xed\xa0\x80 \xff\n"
    yield Hostile("invalid-utf-8-inside", "txt", lambda: POLICY.encode() + broken + POLICY.encode())
    other = "1. سياسة الخصوصية: نجمع الاسم.\n2. מדיניות פרטיות \u2067x\u2069.\n"
    yield text("right-to-left", f"\u202e{SENTENCE}\u202c\n{other}{POLICY}")
    yield text("zero-width-inside-words", _zero_width())
    yield text("look-alike-letters", SENTENCE.replace("e", "\u0435").replace("o", "\u03bf"))
    yield text("combining-marks", "".join(letter + "\u0301" * 40 for letter in SENTENCE))
    yield text("byte-order-marks-inside", POLICY.replace("\n", "\n\ufeff"), "utf-8-sig")
    yield text("control-characters", POLICY + "\x1b[31mred\x1b[0m \x07 \x08 \x9b2J \x85 \u2028 \u2029\n")
    yield text("windows-line-ends", POLICY.replace("\n", "\r\n"))
    yield text("old-mac-line-ends", POLICY.replace("\n", "\r"))
    yield text("mixed-line-ends", POLICY.replace("\n", "\r\n", 3).replace("\n\n", "\n\r"))
    yield text("form-feeds", POLICY.replace("\n\n", "\f"))
    yield text("deep-numbers", _deep_numbers(500))
    yield text("endless-numbers", "\n".join(f"{'9' * 5000}. {SENTENCE}" for _ in range(3)))
    yield text("roman-numerals", "\n".join(f"{'m' * count}. clause" for count in range(1, 200)))
    yield text("only-open-brackets", "[" * 50_000)
    yield text("never-ending-placeholder", "[country " * 20_000)
    yield text("not-a-policy", "Beat two eggs, add sugar and flour, and bake for forty minutes.\n" * 20)
    yield text("another-language", "Nous recueillons vos données à caractère personnel sans préavis.\n" * 20)


def _marked_up() -> Iterator[Hostile]:
    yield Hostile("quotes-in-quotes", "md", lambda: b"> " * 50_000 + SENTENCE.encode())
    yield Hostile("lists-in-lists", "md", lambda: "\n".join("  " * n + "- x" for n in range(2_000)).encode())
    yield Hostile("emphasis-without-end", "md", lambda: b"*_`[" * 25_000)
    yield Hostile("table-without-end", "md", lambda: b"|" * 100_000 + b"\n|" + b"-|" * 50_000)
    yield Hostile("open-fence", "md", lambda: b"```\n" + POLICY.encode())
    yield Hostile("junk", "html", _html_junk)
    yield Hostile("nested", "html", lambda: _html_nested(100_000))
    yield Hostile("comments", "html", lambda: b"<html><body><p>before</p>" + b"<!--" * 100_000)
    yield Hostile("huge-attribute", "html", lambda: b'<html><body><p title="' + b"consent " * 250_000 + b'">words</p>')
    yield Hostile("attributes", "html", lambda: b"<p " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">words</p>")
    yield Hostile("entities", "html", _html_entities)
    yield Hostile("wrong-charset", "html", lambda: b'<meta charset="utf-7"><p>' + KEBIJAKAN.encode("cp1252") + b"</p>")
    yield Hostile("empty", "html", lambda: b"<html><body></body></html>")
    yield Hostile("scripts-alone", "html", lambda: b"<script>" + SENTENCE.encode() + b"</script>")
    yield Hostile("text-called-pdf", "pdf", POLICY.encode)
    yield Hostile("pdf-called-text", "txt", lambda: _pdf(1))
    yield Hostile("without-text", "pdf", lambda: _pdf(2, text=False))
    yield Hostile("truncated", "pdf", _truncated_pdf)
    yield Hostile("encrypted", "pdf", lambda: _pdf(2, password="secret"))  # noqa: S106
    yield Hostile("no-pages", "pdf", lambda: b"%PDF-1.7\n%%EOF\n")
    yield Hostile("many-pages", "pdf", lambda: _pdf(300))


def _large() -> Iterator[Hostile]:
    def heavy(name: str, make: Callable[[], bytes]) -> Hostile:
        return Hostile(name, "txt", make, heavy=True)

    yield heavy("one-line-of-words", lambda: SENTENCE.encode() * (10 * MEGABYTE // len(SENTENCE)))
    yield heavy("one-line-without-spaces", lambda: b"consent" * (10 * MEGABYTE // 7))
    yield heavy("fifty-megabytes", lambda: POLICY.encode() * (50 * MEGABYTE // len(POLICY)))
    yield heavy("spaces-alone", lambda: b" " * (10 * MEGABYTE))
    yield heavy("line-ends-alone", lambda: b"\n" * (10 * MEGABYTE))
    yield heavy("list-items", lambda: _items(200_000).encode())


HOSTILE = (*_small(), *_marked_up(), Hostile("list-items", "md", lambda: _items(100_000).encode()), *_large())
