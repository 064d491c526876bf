"""Rendered documents as people and machines meet them: on the command line, in a folder, in a browser, on paper."""

from __future__ import annotations

import functools
import itertools
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pypdfium2  # type: ignore[import-untyped]  # it has no stubs
import pytest
from lxml import html
from markdown_it import MarkdownIt
from tests.browser import barriers, browser, needs_browser, overflows, page, pressed_here
from tests.journeys.test_command_line import MINIMAL, ROOT, SONY, run

from janji.errors import Invalid
from janji.files.templates import markdown
from janji.files.translations import load_tongue
from janji.policy.model import Policy
from janji.terms.periods import Period
from janji.terms.processing import LegalBasis
from janji.terms.texts import Text
from janji.workflows.documents import Desk, Form, Kind, Rendered, open_desk, render, render_folder
from janji.workflows.policies import open_policy

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
LANGUAGES = ("en", "id")
HOSTILE = '<script>alert("1")</script> [x](javascript:1) *y* `z` & <img src=x onerror=alert(1)>'
PEOPLE = (Kind.NOTICE, Kind.TOUCHPOINT, Kind.TRACKERS)


@functools.cache
def desk(path: str) -> Desk:
    """A policy of the repository, ready to render."""
    return open_desk(open_policy(Path(path)), NOW, Period(months=6))


@functools.cache
def folder(path: str) -> Rendered:
    """Everything that a policy of the repository is rendered into."""
    return render_folder(desk(path), load_tongue("en"), tuple(Kind), tuple(Form))


def pages(path: str, ending: str) -> dict[str, str]:
    """The rendered documents whose name ends so, by name."""
    found = {name: data.decode() for name, data in folder(path).documents.items() if name.endswith(ending)}
    assert found
    return found


def tree_of(text: str) -> Any:
    """A page or a piece of one as a tree."""
    return html.document_fromstring(text)


def words(text: str) -> str:
    """The words of a page as somebody reads them."""
    tree = tree_of(text)
    for part in tree.xpath("//style"):
        part.drop_tree()
    return " ".join(" ".join(tree.text_content().split()).split())


@pytest.mark.parametrize("path", [MINIMAL, SONY], ids=["minimal", "sony"])
def test_pages_are_well_formed(path: str) -> None:
    """One first heading, no rank skipped, every name once, every link of a page leads somewhere, no script, no image."""
    documents = folder(path).documents
    for name, text in pages(path, ".html").items():
        tree = tree_of(text)
        ranks = [int(item.tag[1]) for item in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        assert ranks.count(1) == 1, name
        assert ranks[0] == 1, name
        assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(ranks)), name
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids)), name
        for href in tree.xpath("//@href"):
            if href.startswith("#"):
                assert href[1:] in ids, (name, href)
            elif ":" not in href:
                target = (Path("/") / Path(name).parent / href).resolve().relative_to("/")
                assert str(target) in documents, (name, href)
        assert not tree.xpath("//script | //img | //link | //@src | //@*[starts-with(name(), 'on')]"), name
        assert tree.xpath("/html/@lang")[0] in name, name


def hostile(held: Any) -> Any:
    """A value of a policy with every text replaced by one that would break out of a page."""
    if isinstance(held, Text):
        return Text(tuple((language, HOSTILE) for language, _ in held.versions or (("en", ""),)))
    if isinstance(held, dict):
        return {key: hostile(item) for key, item in held.items()}
    if hasattr(held, "__dataclass_fields__") and not isinstance(held, Period):
        changed = {name: hostile(getattr(held, name)) for name in held.__dataclass_fields__ if name != "place"}
        return replace(held, **changed)
    return held


@functools.cache
def broken_out() -> Rendered:
    """The minimal policy and one touchpoint of the large one with hostile texts and contacts, rendered."""
    whole = open_policy(Path(SONY)).compiled
    policy: Policy = hostile(whole.policy)
    controller = replace(policy.controller, name=HOSTILE, address=HOSTILE, url=f"javascript:{HOSTILE}", email=HOSTILE)
    compiled = replace(whole, policy=replace(policy, controller=controller, version=HOSTILE))
    held = Desk(compiled, NOW, Period(months=6))
    return render_folder(held, load_tongue("en"), (Kind.NOTICE, Kind.TRACKERS), tuple(Form))


def test_texts_of_a_policy_stay_texts() -> None:
    """Whatever a title says, no page has a script, an image or a link from it, and no Markdown turns into either."""
    for name, data in broken_out().documents.items():
        text = data.decode()
        tree = tree_of(text if name.endswith(".html") else MarkdownIt().render(text))
        assert not tree.xpath("//script | //img | //@onerror | //em | //*[starts-with(@href, 'javascript')]"), name
        assert HOSTILE.split(maxsplit=1)[0] in tree.text_content(), name
        assert not [href for href in tree.xpath("//@href") if "<" in href and not href.startswith("mailto:")]


def test_nothing_steers_the_reader(tmp_path: Path) -> None:
    """Characters that turn the reading direction do not come out of a document; harmless ones do."""
    text = (Path(MINIMAL) / "policy.yaml").read_text(encoding="utf-8")
    hidden = text.replace("Deliver what you ordered", '"De\\u202Eliver\\u00A0it"').replace("name: Corner Shop", 'name: "Corner\\u2066 Shop"')
    (tmp_path / "policy.yaml").write_text(hidden, encoding="utf-8")
    for form in ("html", "md"):
        shown = run("render", str(tmp_path), "--format", form).stdout
        assert "De\ufffdliver" in shown
        assert ("liver\u00a0it" in shown) is (form == "html")
        assert not set(shown) & set("\u202e\u2066")


@pytest.mark.parametrize("text", [
    "1. one", "1) one", "- one", "+ one", "= one", "# one", "> one", "a_b_c *d*", "``", "\\", "<b>", "&lt;", "a | b",
    "![x](y)", "two\nlines", "~~~", "=== ", "http://x.example/_y_", "  spaces  ", "-", "12.",
])  # fmt: skip
def test_markdown_says_what_was_meant(text: str) -> None:
    """A value that is escaped reads in Markdown as it was written, in a heading, an item and a paragraph."""
    for form in ("# {}", "- {}", "{}", "- **{}**: x"):
        tree = tree_of(MarkdownIt().render(form.format(markdown(text))))
        read = " ".join(tree.text_content().split()).removesuffix(": x")
        assert read == " ".join(text.split()), form
        assert {item.tag for item in tree.iter()} <= {"html", "body", "h1", "ul", "li", "p", "strong"}


@pytest.mark.parametrize("path", [MINIMAL, SONY], ids=["minimal", "sony"])
def test_markdown_has_the_structure_of_the_page(path: str) -> None:
    """A document has the same headings of the first two ranks in Markdown as in HTML, but for those of the frame."""
    for name, text in pages(path, ".md").items():
        shown = tree_of(pages(path, ".html")[name.removesuffix(".md") + ".html"])
        read = tree_of(MarkdownIt().render(text))
        assert len(read.xpath("//h1")) == 1, name
        of_page = [" ".join(item.text_content().split()) for item in shown.iter("h1", "h2")]
        of_text = [" ".join(item.text_content().split()) for item in read.iter("h1", "h2")]
        assert of_text == [words for words in of_page if words not in ("In full", "Selengkapnya")], name
        assert "\n\n\n\n" not in text, name


def test_every_field_of_the_law_is_on_the_page() -> None:
    """On the page, too, each purpose on consent is followed by each field that the law wants told."""
    compiled = desk(SONY).compiled
    tree = tree_of(pages(SONY, "notice.id.html")["notice.id.html"])
    for purpose in compiled.policy.purposes.values():
        part = tree.get_element_by_id(f"purpose-{purpose.id}")
        assert part.xpath(".//@data-field") == (list(compiled.law.notice_fields) if purpose.notice else [])
        assert purpose.title.get("id") in part.text_content()


def test_touchpoint_pages_tell_the_four_facts() -> None:
    """Identity, basis and purpose, fields, accountability: on every page of a touchpoint, in both languages."""
    policy = desk(SONY).policy
    for touchpoint in policy.touchpoints.values():
        for language in LANGUAGES:
            name = f"touchpoints/{touchpoint.id}.{language}.html"
            tree = tree_of(folder(SONY).documents[name].decode())
            assert {"identity", "grounds", "accountability", "fields"} <= set(tree.xpath("//@id")), name
            assert len(tree.xpath("//*[@data-basis]")) == len(touchpoint.purposes), name
            assert policy.controller.phone in tree.text_content()


@pytest.mark.parametrize("path", [MINIMAL, SONY], ids=["minimal", "sony"])
def test_no_page_mixes_languages(path: str) -> None:
    """An Indonesian document holds no English sentence of the program, and no English text of the policy."""
    catalogue = load_tongue("id").translate
    source = (ROOT / "src" / "janji" / "files" / "locale" / "id" / "LC_MESSAGES" / "janji.po").read_text("utf-8")
    ours = set(re.findall(r'^msgid "([A-Za-z][^"{`\\]{5,})"$', source, re.MULTILINE))
    foreign = {text for text in ours if catalogue(text) != text and len(text.split()) > 1}
    assert len(foreign) > 100
    policy = desk(path).policy
    texts = [value for _, entry in policy.entries() for value in vars_of(entry) if isinstance(value, Text)]
    foreign |= {text.get("en") for text in texts if len(text.get("en").split()) > 2 and text.get("en") != text.get("id")}
    spoken = "\n".join([*map(words, pages(path, ".id.html").values()), *pages(path, ".id.md").values()])
    found = [item for item in foreign if item in spoken]
    assert [item for item in found if re.search(rf"(?<!\w){re.escape(item)}(?!\w)", spoken)] == []


def vars_of(entry: Any) -> list[Any]:
    """The values of an entry's attributes."""
    return [getattr(entry, name) for name in entry.__dataclass_fields__]


@pytest.mark.parametrize("path", [MINIMAL, SONY], ids=["minimal", "sony"])
def test_what_is_for_the_staff_is_on_no_page(path: str) -> None:
    """Notes, open questions and clauses of a policy do not reach the public."""
    policy = desk(path).policy
    inside = [text.get("en") for _, entry in policy.entries() for text in (entry.note, entry.decide) if text]
    inside += [clause.says.get("en") for clause in policy.clauses.values()]
    spoken = " ".join(map(words, pages(path, ".en.html").values()))
    assert [text for text in inside if text in spoken] == []


FIELD = re.compile(r"([A-Za-z-]+): (.+)")


def security_fields(text: str) -> list[tuple[str, str]]:
    """The fields of a `security.txt` read by the grammar of RFC 9116 (comments and empty lines left out)."""
    assert text.endswith("\n")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = [FIELD.fullmatch(line) for line in lines]
    assert all(found), text
    return [(item[1].lower(), item[2]) for item in found if item]


def test_security_txt_is_as_the_rfc_wants_it() -> None:
    """Contacts are URIs, `Expires` stands once, in RFC 3339 and within the time asked for, languages are tags."""
    fields = security_fields(folder(MINIMAL).documents[".well-known/security.txt"].decode())
    names = [name for name, _ in fields]
    assert names == ["contact", "preferred-languages", "expires"]
    held = dict(fields)
    assert held["contact"] == "mailto:privacy@corner-shop.example"
    assert held["preferred-languages"] == "en, id"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", held["expires"])
    assert datetime.fromisoformat(held["expires"]) == datetime(2027, 6, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(("valid", "good"), [("P1D", True), ("P1Y", True), ("P12M", True), ("P1Y1D", False), ("P0D", False)])
def test_security_txt_is_good_for_a_year_at_most(valid: str, good: bool) -> None:
    """A longer period, or none, is refused with a help line."""
    run_ = run("render", MINIMAL, "--document", "security", "--valid", valid)
    assert run_.returncode == (0 if good else 3)
    if good:
        expires = datetime.fromisoformat(dict(security_fields(run_.stdout))["expires"])
        assert timedelta(0) < expires - datetime.now(UTC) < timedelta(days=367)
    else:
        assert "P6M" in run_.stderr


def test_gpc_json_is_as_published() -> None:
    """The Global Privacy Control's file is valid under the schema, and has a yes or no and a day."""
    schema = json.loads((ROOT / "schema" / "gpc.json").read_text(encoding="utf-8"))
    for path in (MINIMAL, SONY):
        written = json.loads(folder(path).documents[".well-known/gpc.json"])
        jsonschema.validate(written, schema)
        assert isinstance(written["gpc"], bool)
        assert date.fromisoformat(written["lastUpdate"]) <= datetime.now(UTC).date()


def test_a_document_is_the_same_every_time() -> None:
    """Two renderings at the same instant are the same bytes, so that a version can be kept and compared."""
    one = render_folder(desk(MINIMAL), load_tongue("en"), tuple(Kind)[:1], tuple(Form))
    assert one.documents == {name: folder(MINIMAL).documents[name] for name in one.documents}


def test_one_document_on_standard_output() -> None:
    """Without a folder the notice is printed, in the language of the user, in the form asked for."""
    plain = run("render", MINIMAL, "--format", "md", "--lang", "id")
    assert plain.returncode == 0
    assert plain.stdout.startswith("# Kebijakan privasi Toko Pojok\n")
    assert plain.stderr == ""
    page_ = run("render", SONY, "--touchpoint", "my-sony", "--lang", "en")
    assert page_.stdout.startswith("<!doctype html>")
    assert "<h1>My Sony account</h1>" in page_.stdout
    assert "draft" in page_.stderr


def test_a_folder_is_written_and_written_again(tmp_path: Path) -> None:
    """Everything in every language of the policy, under stable names; again without a word; not over other work."""
    out = str(tmp_path / "public")
    assert run("render", MINIMAL, "-o", out).returncode == 0
    names = {str(item.relative_to(out)) for item in Path(out).rglob("*") if item.is_file()}
    assert names == {
        *(f"{stem}.{language}.{form}" for stem in ("notice", "trackers") for language in LANGUAGES for form in ("html", "md")),
        ".well-known/security.txt", ".well-known/gpc.json", ".janji.json",
    }  # fmt: skip
    assert run("render", MINIMAL, "-o", out, "--format", "html", "--document", "notice").returncode == 0
    (tmp_path / "public" / "notice.en.html").write_text("by hand")
    refused = run("render", MINIMAL, "-o", out)
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    assert run("render", MINIMAL, "-o", out, "--replace").returncode == 0


def test_what_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A policy whose contacts fit no `security.txt` gets everything else, and is told what is missing."""
    made = run("render", SONY, "-o", str(tmp_path), "--format", "html", "--document", "all")
    assert made.returncode == 0
    assert "security.txt" in made.stderr
    assert not (tmp_path / ".well-known" / "security.txt").exists()
    assert (tmp_path / "touchpoints" / "my-sony.id.html").exists()


@pytest.mark.parametrize(("arguments", "said"), [
    ((MINIMAL, "--document", "all"), "--output"),
    ((MINIMAL, "--document", "touchpoint"), "touchpoints"),
    ((SONY, "--document", "touchpoint"), "`my-sony`"),
    ((SONY, "--touchpoint", "my-sonny"), "did you mean `my-sony`"),
    ((SONY, "--document", "notice", "--touchpoint", "my-sony"), "--document touchpoint"),
    ((SONY, "--document", "security"), "controller"),
    ((MINIMAL, "--valid", "soon"), "P6M"),
    ((MINIMAL, "--document", "poem"), "`notice`"),
], ids=lambda part: " ".join(part[1:]) if isinstance(part, tuple) else "")  # fmt: skip
def test_a_mistake_is_answered_with_help(arguments: tuple[str, ...], said: str) -> None:
    """What cannot be rendered is an error with a help line, and exit 3."""
    answered = run("render", *arguments)
    assert answered.returncode == 3
    assert said in answered.stderr
    assert answered.stdout == ""


def test_a_policy_with_mistakes_is_not_published(tmp_path: Path) -> None:
    """Nothing is rendered from a policy that has errors."""
    (tmp_path / "policy.yaml").write_text("policy: x\n", encoding="utf-8")
    answered = run("render", str(tmp_path), "-o", str(tmp_path / "out"))
    assert answered.returncode == 3
    assert not (tmp_path / "out").exists()


def test_an_unknown_touchpoint_is_invalid() -> None:
    """From Python, too, a touchpoint that the policy does not have is an error with a suggestion."""
    with pytest.raises(Invalid, match="my-sonny"):
        render(desk(SONY), Kind.TOUCHPOINT, load_tongue("en"), Form.HTML, "my-sonny")


@needs_browser
def test_pages_in_a_browser(tmp_path: Path) -> None:
    """No barrier that axe-core knows and no sideways scrolling, wide and narrow, light and dark, without JavaScript."""
    shown = [(SONY, "notice.id.html"), (MINIMAL, "notice.en.html"), (SONY, "touchpoints/my-sony.id.html"),
             (SONY, "trackers.en.html")]  # fmt: skip
    with browser() as chromium:
        for number, (path, name) in enumerate(shown):
            file = tmp_path / f"{number}.html"
            file.write_bytes(folder(path).documents[name])
            for width, dark in ((1280, False), (320, True))[number % 2 :]:
                with page(chromium, file, width, dark) as opened:
                    assert not overflows(opened), (name, width)
                    opened.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
                    assert not overflows(opened), (name, width)
                    assert barriers(opened) == [], (name, width)
            with page(chromium, file, 320, script=False) as opened:
                pressed_here(opened, "summary") if opened.locator("summary").count() else None
                assert opened.locator("h1").is_visible()


@needs_browser
def test_nothing_is_folded_away_on_paper(tmp_path: Path) -> None:
    """On paper what is folded on the screen is there; without the style sheet every chapter is still to be read."""
    file, paper = tmp_path / "notice.html", tmp_path / "notice.pdf"
    file.write_bytes(folder(SONY).documents["notice.en.html"])
    with browser() as chromium, page(chromium, file) as opened:
        assert not opened.locator("details.row dl").first.is_visible()
        opened.pdf(path=str(paper))
        opened.evaluate("document.querySelector('style').remove()")
        for name in ("who", "data", "purposes", "recipients", "retention", "rights", "complaint"):
            assert opened.locator(f"#{name}").is_visible()
    with pypdfium2.PdfDocument(paper) as printed:
        read = " ".join(sheet.get_textpage().get_text_range() for sheet in printed)
    told = [item for item in desk(SONY).policy.purposes.values() if item.basis is LegalBasis.CONSENT]
    assert read.count("What you are told before you consent") == len(told)


TEMPLATES = ("notice", "notice_parts", "touchpoint", "trackers", "tracker_lists")


def test_templates_hold_no_words_of_their_own() -> None:
    """Whatever a template says to people is a message, so that it has a translation."""
    for path in (ROOT / "src" / "janji" / "files" / "templates").iterdir():
        if path.stem in TEMPLATES and path.suffix in (".html", ".md"):
            text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
            bare = re.sub(r"<[^<>]*>", "", text)
            assert not re.findall(r"[A-Za-z]{2,}", bare), path.name
            assert not re.findall(r'(?:aria-label|title|alt|data-label)="[^"]*[A-Za-z]', text), path.name
