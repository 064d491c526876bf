"""Published texts are read as they stand: every form, every encoding, exact places, and clear errors for the rest."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption  # it ships no types
from reportlab.pdfgen.canvas import Canvas  # as above
from tests.hostile_texts import HOSTILE, Hostile

from janji.documents.tree import MAX_BYTES
from janji.errors import Invalid, Unavailable
from janji.files.published import Form, Published, publish, read_published, texts_in

HEAD = "<!doctype html><html><body>"


def pdf(*pages: list[str], lock: str = "") -> bytes:
    """A PDF with these lines on its pages; an empty line leaves the room of half a line more."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption(lock, "owner") if lock else None)
    for lines in pages:
        height = 800
        for line in lines:
            canvas.drawString(50, height, line)
            height -= 14 if line else 10
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def html(body: str) -> str:
    """The text of a page with this body."""
    return publish("page.html", (HEAD + body + "</body></html>").encode()).text


@pytest.mark.parametrize(("name", "data", "form"), [
    ("a.txt", b"We collect data.", Form.TEXT),
    ("a", b"We collect data.", Form.TEXT),
    ("a.MD", b"# Policy", Form.MARKDOWN),
    ("a.htm", b"<p>We collect data.", Form.HTML),
    ("a.txt", b"\xef\xbb\xbf \n<!DOCTYPE html><p>We collect data.", Form.HTML),
    ("a", b"<?xml version='1.0'?><!-- x --><html><p>We collect data.</p></html>", Form.HTML),
    ("a.txt", "<html><p>Kami</p></html>".encode("utf-16"), Form.HTML),
    ("a.txt", b"The tag <html> begins a page.", Form.TEXT),
    ("a.txt", pdf(["We collect data."]), Form.PDF),
    ("a.pdf", b"\n" + pdf(["We collect data."]), Form.PDF),
    ("a.pdf", b"We collect data.", Form.TEXT),
], ids=lambda part: part[:24] if isinstance(part, str) else None)  # fmt: skip
def test_content_tells_the_form_before_the_name_does(name: str, data: bytes, form: Form) -> None:
    """A page is a page whatever its file is called, and a PDF by name alone is none."""
    assert publish(name, data).form is form


@pytest.mark.parametrize(("body", "text"), [
    ("<h1>Privacy\n  policy</h1><p>We</p>", "# Privacy policy\n\nWe"),
    ("<h3>Data</h3>x", "### Data\n\nx"),
    ("<ol><li>one<li>two</ol>", "1. one\n\n2. two"),
    ("<ol type=a start=3><li>one<li><p>two</p><p>more</p></ol>", "c) one\n\nd) two\n\nmore"),
    ("<ol type=i><li>x<li>y<li value=9>z<li>q</ol>", "i) x\n\nii) y\n\nix) z\n\nx) q"),
    ("<ol type=A start=26><li>x<li>y</ol>", "Z) x\n\nAA) y"),
    ("<ol reversed><li>x<li>y</ol>", "2. x\n\n1. y"),
    ('<ol style="list-style-type: lower-latin"><li>x</ol>', "a) x"),
    ("<ul><li>x<ul><li>y</ul><li>z</ul>", "- x\n\n  - y\n\n- z"),
    ("<ol start='x'><li value='y'>q</ol>", "1. q"),
    ("<table><tr><th>a<th>b<tr><td><p>c</p><td>d <ul><li>e</ul></table>f", "| a | b |\n| c | d - e |\n\nf"),
    ("<table><tr><td><h2>Menu</h2>left<td><p>right</p></table>", "## Menu\n\nleft\n\nright"),
    ('<p>See <a href="https://a.example/b c">our  site</a>, <a href="#">here</a>.',
     "See [our site](https://a.example/b%20c), [here]()."),
    ('<p><a href="javascript:void(0)">x</a> <a href="#rights">y</a> <a name="z">z</a> <a href="/q"> </a>!',
     "[x]() [y](#rights) z !"),
    ('<a href="/x"><p>one</p><p>two</p></a>', "[one](/x)\n\n[two](/x)"),
    ("<p>a<b>b</b>c<br>d &amp; &#101;&nbsp;f", "abc\nd & e\u00a0f"),
    ("<pre>a\n  b</pre>", "a\n  b"),
    ("<nav>menu</nav><script>x()</script><style>y{}</style><template>t</template><!-- c --><p>seen", "seen"),
    ("<p hidden>h</p><div style='display: none'>n<p>m</p></div><noscript>s</noscript><p>seen", "seen"),
    ("<h2></h2><p>after</p><li></li><p>last", "after\n\nlast"),
    ("<dl><dt>Data</dt><dd>what we know</dd></dl>", "Data\n\nwhat we know"),
], ids=lambda part: part[:28])  # fmt: skip
def test_a_page_reads_as_it_is_seen(body: str, text: str) -> None:
    """Headings, marks of items, rows, links and line breaks come out; what nobody sees does not."""
    assert html(body) == text


def test_the_title_stands_in_for_a_heading() -> None:
    """The title of a page is its first line when it has no heading of the first rank, and else it is left out."""
    assert publish("a.html", b"<title>Policy</title><p>x").text == "# Policy\n\nx"
    assert publish("a.html", b"<title>Policy</title><h1>y</h1><p>x").text == "# y\n\nx"


@given(st.lists(st.sampled_from(["<p>", "</p>\n", "<div\n class='x'>", "\n\n", "<!-- c\n -->", "<br>", "<b>", "</b>", "<ul><li>", "</li></ul>",
                                 "<table>\n<tr><td>", "</td><td>", "</td></tr></table>", "<script>\n</script>", "<div hidden><b>x</b>\n\n</div>"]), max_size=24))  # fmt: skip
def test_each_word_of_a_page_knows_its_line(parts: list[str]) -> None:
    """Whatever stands between them, words are found in the line that they stood in."""
    source = HEAD + "".join(f"{part} word{number}q" for number, part in enumerate(["", *parts]))
    published = publish("a.html", source.encode())
    for number in range(len(parts) + 1):
        word = f"word{number}q"
        at = published.text.find(word)
        if at >= 0:
            assert published.lines.place(at)[0] == source[: source.index(word)].count("\n") + 1
    assert published.text.count("word") >= 1


@given(st.text(alphabet="ab \t\n\r\x0b\x0c\x85\u2028é漢\u200b😀", min_size=1))
def test_each_character_of_a_text_knows_its_line_and_column(source: str) -> None:
    """Every character of the text is the one that stands at its line and column in the file."""
    if not source.replace("\u200b", "").strip():
        return
    published = publish("a.txt", source.encode())
    lines = re.split("\r\n|\r|\n", source)
    for offset, char in enumerate(published.text):
        line, column = published.lines.place(offset)
        if char != "\n":
            assert lines[line - 1][column - 1] == char
    assert published.exact is (published.text == source)


@pytest.mark.parametrize(("encoding", "noted"), [
    ("utf-8", False), ("utf-8-sig", False), ("utf-16", False), ("utf-32", False), ("utf-16-le", False), ("utf-16-be", False), ("cp1252", True),
])  # fmt: skip
def test_encodings_are_told_apart(encoding: str, noted: bool) -> None:
    """UTF-8 and UTF-16 are read with and without a mark; anything else is Windows-1252, and that is said."""
    text = "Kebijakan “privasi” café\nbaris kedua"
    published = publish("a.txt", text.encode(encoding))
    assert published.text == text
    assert [note.code for note in published.notes] == (["encoding-guessed"] if noted else [])


def test_a_page_says_its_encoding() -> None:
    """The declaration of a page is honoured where its bytes are no UTF-8; a declaration of nonsense is not."""
    page = '<html><meta charset="{}"><p>{}'
    assert publish("a.html", page.format("gb18030", "隐私").encode("gb18030")).text == "隐私"
    wrong = publish("a.html", page.format("nonsense", "café").encode("cp1252"))
    assert (wrong.text, [note.code for note in wrong.notes]) == ("café", ["encoding-guessed"])


def test_hidden_characters_are_told_and_kept() -> None:
    """Characters that nobody sees keep their offsets, and a note counts them and names the first line."""
    published = publish("a.txt", "one\ntwo\u200b \u202ethree".encode())
    assert published.text == "one\ntwo\u200b \u202ethree"
    note = published.notes[0]
    assert (note.code, note.place.line, note.place.column) == ("hidden-characters", 2, 4)
    assert "2;" in str(note.message)
    assert "line 2" in str(note.message)


def test_a_pdf_is_read_page_by_page() -> None:
    """Lines, paragraphs and pages come out; each character knows its page."""
    published = publish("a.pdf", pdf(["1. Data", "We collect", "your data.", "", "Second part."], ["2. Rights", "Ask us."]))
    assert published.text == "1. Data\nWe collect\nyour data.\n\nSecond part.\n\n2. Rights\nAsk us.\n\n"
    assert published.lines.place(0) == (1, 0)
    assert published.lines.place(published.text.index("Rights")) == (2, 0)
    assert published.form is Form.PDF


def test_what_stands_on_every_page_is_left_out() -> None:
    """Headers, footers and page numbers go; the same words inside a page stay, and so do numbers that are no page's."""
    pages = [["Corner Shop Ltd", f"{word} is ours.", "Corner Shop Ltd says so.", "2027", f"Page {number} of 3"]
             for number, word in enumerate(("Data", "Notice", "Care"), 1)]  # fmt: skip
    published = publish("a.pdf", pdf(*pages))
    assert "Page" not in published.text
    assert published.text.count("Corner Shop Ltd") == 3
    assert published.text.count("2027") == 3
    bare = publish("a.pdf", pdf(*([f"We collect {word}", "", "", "", "", number]
                                  for word, number in (("names", "4"), ("dates", "5"), ("places", "17")))))  # fmt: skip
    assert bare.text == "We collect names\nWe collect dates\nWe collect places\n17\n"


def test_one_page_loses_nothing() -> None:
    """With a single page there is nothing that stands on every page."""
    assert publish("a.pdf", pdf(["Corner Shop", "x", "1"])).text == "Corner Shop\nx\n1\n"


@pytest.mark.parametrize(("name", "data", "problem", "help"), [
    ("a.txt", b"", "is empty", "give the file"),
    ("a.txt", b" \n\xef\xbb\xbf", "is empty", "give the file"),
    ("a.html", b"<html><body><script>x</script></body></html>", "is empty", "give the file"),
    ("a.txt", bytes(range(256)) * 8, "is not a text", "Markdown"),
    ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not a text", "Markdown"),
    ("a.txt", b"\x81\x8d\x8f" * 400, "is not a text", "Markdown"),
    ("a.docx", b"PK\x03\x04" + b"x" * 40, "the kind ZIP", "save the document as PDF"),
    ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1", "the kind Office", "save the document as PDF"),
    ("a.rtf", b"{\\rtf1 hello}", "the kind RTF", "save the document as PDF"),
    ("a.pdf", b"%PDF-1.7 nothing", "is damaged", "print it to a new PDF"),
    ("a.pdf", pdf(["secret"], lock="word"), "locked with a password", "without a password"),
    ("a.pdf", pdf([]), "pictures of pages", "ocrmypdf"),
    ("a.html", HEAD.encode() + b"<div>" * 100_000, "nested too deep", "save the text"),
    ("a.html", HEAD.encode() + b"x" * 11_000_000, "too long a piece", "save the text"),
    ("a.txt", b"x" * (MAX_BYTES + 1), "larger than 16 MiB", "the policy alone"),
], ids=lambda part: part[:20] if isinstance(part, str) else None)  # fmt: skip
def test_what_is_no_text_is_refused_with_help(name: str, data: bytes, problem: str, help: str) -> None:
    """Each kind of file that holds no readable text is named as what it is, and the help can be followed."""
    with pytest.raises(Invalid) as raised:
        publish(name, data)
    assert problem in str(raised.value)
    assert help in str(raised.value.help)


@given(st.binary(max_size=300) | st.lists(
    st.sampled_from(["<", ">", "<ol>", "<li>", "<td>", "<tr>", "<table>", "</table>", "<a href=x>", "</a>", "<pre>", "</ol>", "<h1>", "<p hidden>",
                     "<!--", "-->", "<html>", "<title>", "&#0;", "&#xd800;", "<svg>", "<plaintext>", "<frameset>", "a ", "\n"]), max_size=40,
).map(lambda parts: "".join(parts).encode()))  # fmt: skip
def test_nothing_but_invalid_comes_of_any_bytes(data: bytes) -> None:
    """Whatever the bytes, there is a text with places in order, or a clear error."""
    for name in ("a.txt", "a.html", "a.pdf"):
        try:
            published = publish(name, data)
        except Invalid:
            continue
        starts = list(published.lines.starts)
        assert starts == sorted(set(starts))
        assert starts[0] == 0
        assert published.text.strip()
        assert "\r" not in published.text


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.file)
def test_hostile_texts_are_read_or_refused(hostile: Hostile) -> None:
    """Each hostile text gives a text, or an error with help; nothing else."""
    help: object = "none needed"
    text = "refused"
    try:
        text = publish(hostile.file, hostile.make()).text
    except Invalid as error:
        help = error.help
    assert help is not None
    assert text.strip()


def test_a_long_line_and_many_lines_are_read() -> None:
    """One line of ten million characters is a text like any other."""
    published = publish("a.txt", b"data " * 2_000_000)
    assert published.lines.place(9_999_999) == (1, 10_000_000)


def test_a_folder_gives_its_texts_in_order(tmp_path: Path) -> None:
    """Texts of every form are found below a folder; other files, hidden ones and links are passed over."""
    for name in ("b.txt", "a/x.HTML", "a/.git/y.txt", ".z.md", "c.py", "a/w.pdf", "d.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in texts_in(tmp_path)] == ["a/w.pdf", "a/x.HTML", "b.txt", "d.md"]


def test_a_file_is_read_by_its_name(tmp_path: Path) -> None:
    """The name in messages is the path as given; a file that is not there cannot be read."""
    path = tmp_path / "a.txt"
    path.write_text("We collect data.", encoding="utf-8")
    published: Published = read_published(path)
    assert (published.name, published.text) == (str(path), "We collect data.")
    with pytest.raises(Unavailable):
        read_published(tmp_path / "none.txt")
    with pytest.raises(Unavailable):
        list(texts_in(tmp_path / "none"))
