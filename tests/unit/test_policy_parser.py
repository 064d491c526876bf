"""Policies of several files: what is asked for, in which order, what is refused, and how sections come together."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import GeneratorType

import pytest

import janji.policy.parser
from janji.errors import Diagnostic
from janji.policy.format import POLICY
from janji.policy.parser import MAX_FILES, Parsed, parse, parse_text
from janji.terms.places import Place

ROOT = Path(__file__).resolve().parents[2]
MINIMAL = (ROOT / "policies" / "minimal" / "policy.yaml").read_bytes()
FIRST = "policy.yaml"


def _drive(files: dict[str, bytes], root: str = FIRST) -> tuple[Parsed, list[str]]:
    """What is parsed from `files`, and the names asked for, in order."""
    steps = parse(root)
    asked = [next(steps)]
    while True:
        try:
            asked.append(steps.send(files.get(asked[-1])))
        except StopIteration as stop:
            parsed: Parsed = stop.value
            return parsed, asked


def _including(*names: str, before: bytes = MINIMAL) -> bytes:
    return before + f"\ninclude: [{', '.join(repr(name) for name in names)}]\n".encode()


def _codes(parsed: Parsed) -> list[str]:
    return [found.code for found in parsed.diagnostics]


def _only(parsed: Parsed) -> Diagnostic:
    assert len(parsed.diagnostics) == 1, _codes(parsed)
    found = parsed.diagnostics[0]
    assert str(found.message)
    assert found.help is not None
    assert str(found.help)
    return found


# Asking for files.


def test_parse_is_a_generator_that_asks() -> None:
    """Parsing must ask for each file by name and do no reading of its own."""
    steps = parse("no/such/file.yaml")
    assert isinstance(steps, GeneratorType)
    assert next(steps) == "no/such/file.yaml"
    with pytest.raises(StopIteration) as stop:
        steps.send(None)
    assert _codes(stop.value.value) == ["policy-missing"]


def test_parse_imports_nothing_that_reads() -> None:
    """The module must not know files: no import of anything that opens one, and no call of `open`."""
    source = inspect.getsource(janji.policy.parser)
    for word in ("import os", "pathlib", "import io", "open(", "urllib", "socket"):
        assert word not in source


def test_parse_can_be_left_at_any_step() -> None:
    """A reader that gives up must be able to close the generator."""
    steps = parse(FIRST)
    next(steps)
    assert steps.send(_including("a.yaml")) == "a.yaml"
    steps.close()


def test_two_parses_do_not_share_anything() -> None:
    """Parses that run side by side must not see each other's files."""
    one, two = parse(FIRST), parse(FIRST)
    next(one), next(two)
    assert one.send(_including("a.yaml")) == "a.yaml"
    assert two.send(_including("b.yaml")) == "b.yaml"
    for steps in (one, two):
        with pytest.raises(StopIteration) as stop:
            steps.send(b"measures: {locks: {title: Locks}}")
        assert _codes(stop.value.value) == []
        assert list(stop.value.value.policy.measures) == ["locks"]


def test_files_are_asked_for_once_and_breadth_first() -> None:
    """Files must be asked for in the order written, those of the first file before those that they include."""
    files = {
        FIRST: _including("b.yaml", "sub/a.yaml"), "b.yaml": b"include: [c.yaml]\n",
        "sub/a.yaml": b"include: [d.yaml, ../e.yaml]\n", "c.yaml": b"data: {}\n", "sub/d.yaml": b"data: {}\n",
        "e.yaml": b"data: {}\n",
    }  # fmt: skip
    parsed, asked = _drive(files)
    assert _codes(parsed) == []
    assert asked == [FIRST, "b.yaml", "sub/a.yaml", "c.yaml", "sub/d.yaml", "e.yaml"]


def test_the_first_file_may_have_any_name() -> None:
    """The first file must be asked for under the name given, and includes be relative to its folder."""
    parsed, asked = _drive({"x/start.yml": _including("more.yaml"), "x/more.yaml": b"data: {}\n"}, "x/start.yml")
    assert _codes(parsed) == []
    assert asked == ["x/start.yml", "x/more.yaml"]


def test_a_policy_of_one_file_is_parsed_from_its_bytes() -> None:
    """A policy in one text must be parsed without a reader, and its includes reported as missing."""
    assert _codes(parse_text(MINIMAL)) == []
    parsed = parse_text(_including("a.yaml"), "my.yaml")
    assert _only(parsed).code == "include-missing"
    assert _only(parsed).place.file == "my.yaml"


def test_a_missing_first_file_is_reported_as_a_whole() -> None:
    """When there is no first file, there must be no policy and one diagnostic about the file."""
    parsed, asked = _drive({})
    assert parsed.policy is None
    assert asked == [FIRST]
    assert (_only(parsed).code, _only(parsed).place) == ("policy-missing", Place(FIRST))


# What is refused.


def test_a_missing_include_is_placed_at_its_name() -> None:
    """A file that is not there must be reported where it was included, and the rest parsed all the same."""
    parsed, asked = _drive({FIRST: _including("a.yaml", "b.yaml"), "b.yaml": b"measures: {locks: {title: Locks}}"})
    line = MINIMAL.count(b"\n") + 2
    assert (_only(parsed).code, _only(parsed).place) == ("include-missing", Place(FIRST, line, 11))
    assert asked == [FIRST, "a.yaml", "b.yaml"]
    assert parsed.policy is not None
    assert list(parsed.policy.measures) == ["locks"]


CYCLES = {
    "self": ({FIRST: [FIRST]}, FIRST),
    "two": ({FIRST: ["a.yaml"], "a.yaml": [FIRST]}, "a.yaml"),
    "three": ({FIRST: ["a.yaml"], "a.yaml": ["b.yaml"], "b.yaml": [FIRST]}, "b.yaml"),
    "three without the first": ({FIRST: ["a.yaml"], "a.yaml": ["b.yaml"], "b.yaml": ["a.yaml"]}, "b.yaml"),
    "self by another name": ({FIRST: ["x/../policy.yaml"]}, FIRST),
    "in a folder": ({FIRST: ["x/a.yaml"], "x/a.yaml": ["../policy.yaml"]}, "x/a.yaml"),
    "an included one itself": ({FIRST: ["a.yaml"], "a.yaml": ["./a.yaml"]}, "a.yaml"),
}


@pytest.mark.parametrize("name", CYCLES)
def test_cycles_are_cut_where_they_close(name: str) -> None:
    """A ring of includes must be reported once, in the file that closes it, and each file read once."""
    written, closing = CYCLES[name]
    files = {file: _including(*names, before=MINIMAL if file == FIRST else b"") for file, names in written.items()}
    parsed, asked = _drive(files)
    assert (_only(parsed).code, _only(parsed).place.file) == ("include-cycle", closing)
    assert sorted(asked) == sorted(written)


def test_a_cycle_is_seen_however_the_first_file_is_named() -> None:
    """A first file called `./policy.yaml` must be known again when it is included as `policy.yaml`."""
    parsed, asked = _drive({"./policy.yaml": _including(FIRST), FIRST: _including(FIRST)}, "./policy.yaml")
    assert asked == [FIRST]
    assert (_only(parsed).code, _only(parsed).place.file) == ("include-cycle", FIRST)


@pytest.mark.parametrize("root", ["./policy.yaml", ".//policy.yaml", "x/../policy.yaml", "policy.yaml"])
def test_the_first_file_has_one_name(root: str) -> None:
    """However the first file is named, it must be asked for and placed under its plain name."""
    parsed, asked = _drive({FIRST: MINIMAL + b"\nx: 1\n"}, root)
    assert asked == [FIRST]
    assert (_only(parsed).code, _only(parsed).place.file) == ("unknown-key", FIRST)
    parsed = parse_text(MINIMAL, FIRST)
    assert _codes(parsed) == []


@pytest.mark.parametrize(
    "files",
    [
        {FIRST: ["a.yaml", "a.yaml"], "a.yaml": []}, {FIRST: ["a.yaml", "./a.yaml"], "a.yaml": []},
        {FIRST: ["a.yaml", "b.yaml"], "a.yaml": ["b.yaml"], "b.yaml": []},
        {FIRST: ["a.yaml", "b.yaml"], "a.yaml": [], "b.yaml": ["a.yaml"]},
        {FIRST: ["a.yaml", "x//../a.yaml"], "a.yaml": []},
        {FIRST: ["a.yaml", "b.yaml"], "a.yaml": ["c.yaml"], "b.yaml": ["c.yaml"], "c.yaml": []},
    ],
)  # fmt: skip
def test_a_file_is_included_once(files: dict[str, list[str]]) -> None:
    """A file that is included from two places must be reported at the second, and read once."""
    texts = {file: _including(*names, before=MINIMAL if file == FIRST else b"") for file, names in files.items()}
    parsed, asked = _drive(texts)
    assert _only(parsed).code == "include-twice"
    assert sorted(asked) == sorted(files)


OUTSIDE = (
    "../a.yaml", "..", "../", "../../etc/passwd", "/etc/passwd", "//host/share", "a/../../b.yaml", "./../a.yaml",
    "a\\b.yaml", "..\\a.yaml", "\\\\host\\share", "C:a.yaml", "C:\\a.yaml", "C:/a.yaml", "file:///etc/passwd",
    "http://example.com/a.yaml", "a.yaml:stream", ".", "./", "a/..", "a/b/../../..", "...//../../../a.yaml",
    "/./a.yaml", "a/../..",
)  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_outside_the_folder_is_asked_for(name: str) -> None:
    """A name that leads out of the folder, or is one on another system, must be refused and never asked for."""
    parsed, asked = _drive({FIRST: _including(name)})
    assert _only(parsed).code == "include-outside"
    assert asked == [FIRST]


@pytest.mark.parametrize("name", ["../a.yaml", "..", "../x/../../a.yaml", "../../a.yaml"])
def test_a_folder_below_does_not_lead_out(name: str) -> None:
    """A file in a folder below may include beside itself and above, but never above the policy's folder."""
    parsed, asked = _drive({FIRST: _including("x/b.yaml"), "x/b.yaml": _including(name, before=b"")})
    if name == "../a.yaml":
        assert (_only(parsed).code, asked) == ("include-missing", [FIRST, "x/b.yaml", "a.yaml"])
    else:
        assert (_only(parsed).code, asked) == ("include-outside", [FIRST, "x/b.yaml"])


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("..a.yaml", "..a.yaml"), ("a..yaml", "a..yaml"), ("...", "..."), ("x/", "x"), ("x", "x"), ("x//a", "x/a"),
        ("./x/./a", "x/a"), ("x/../a", "a"), ("~", "~"), ("~root", "~root"), ("$HOME", "$HOME"), ("a b", "a b"),
        ("é.yaml", "é.yaml"), ("NO", "NO"), ("%2e%2e/a", "%2e%2e/a"), ("x/y/../../a", "a"), ("*.yaml", "*.yaml"),
    ],
)  # fmt: skip
def test_odd_names_inside_the_folder_are_asked_for_as_files(name: str, asked: str) -> None:
    """A name inside the folder must be asked for as it is written, made plain: nothing in it is expanded."""
    parsed, names = _drive({FIRST: _including(name)})
    assert names == [FIRST, asked]
    assert _only(parsed).code == "include-missing"


@pytest.mark.parametrize("escape", ["\\0", "a\\0.yaml", "\\e[31m", "\\x9b"])
def test_names_with_control_characters_are_not_asked_for(escape: str) -> None:
    """No name with a control character may be handed to whoever opens files."""
    parsed, asked = _drive({FIRST: MINIMAL + f'\ninclude: ["{escape}"]\n'.encode()})
    assert asked == [FIRST]
    assert _only(parsed).code == "control-character"


def test_names_of_files_are_lines() -> None:
    """What is included must be a name on one line, like every other line."""
    names = {
        "several-lines": ('"a\\n.yaml"', '"a\\r.yaml"', '"a\\u2028.yaml"'),
        "empty-value": ("~", "null", "''", "' '"),
    }
    for code, written in names.items():
        for name in written:
            parsed, asked = _drive({FIRST: MINIMAL + f"\ninclude: [{name}]\n".encode()})
            assert _codes(parsed) == [code]
            assert asked == [FIRST]


@pytest.mark.parametrize(
    "value", ["a.yaml", "{a: b}", "", "~", "[[a.yaml]]", "[{a: b.yaml}]", "[a.yaml, [b.yaml]]", "''"]
)
def test_includes_are_a_list_of_names(value: str) -> None:
    """What is included must be a list of single names; nothing of another form may be asked for."""
    parsed, asked = _drive({FIRST: MINIMAL + f"\ninclude: {value}\n".encode()})
    assert _only(parsed).code == "wrong-type"
    assert asked == [FIRST]


def test_at_most_two_hundred_files_are_read() -> None:
    """Of three hundred files only as many as the limit must be asked for, and the others be reported one by one."""
    names = [f"part-{number:03}.yaml" for number in range(300)]
    files = {FIRST: _including(*names)} | {
        name: f"measures: {{m{number}: {{title: M}}}}\n".encode() for number, name in enumerate(names)
    }
    parsed, asked = _drive(files)
    assert len(asked) == MAX_FILES
    assert _codes(parsed) == ["too-many-files"] * (301 - MAX_FILES)
    assert parsed.policy is not None
    assert len(parsed.policy.measures) == MAX_FILES - 1


def test_a_chain_of_three_hundred_files_ends_at_the_limit() -> None:
    """Files that each include the next must stop at the limit with one diagnostic."""
    files = {f"p{number}.yaml": _including(f"p{number + 1}.yaml", before=b"") for number in range(300)}
    files[FIRST] = _including("p0.yaml")
    parsed, asked = _drive(files)
    assert len(asked) == MAX_FILES
    assert _only(parsed).code == "too-many-files"


def test_each_unreadable_file_is_reported_in_its_own_name() -> None:
    """Files that are empty, not YAML, not UTF-8 or not a block must each give one diagnostic in their name."""
    files = {
        FIRST: _including("empty.yaml", "syntax.yaml", "bytes.yaml", "list.yaml", "word.yaml"), "empty.yaml": b"#\n",
        "syntax.yaml": b"a: b: c", "bytes.yaml": b"\xff", "list.yaml": b"- a\n", "word.yaml": b"a\n",
    }  # fmt: skip
    parsed, _ = _drive(files)
    assert [(found.place.file, found.code) for found in parsed.diagnostics] == [
        ("empty.yaml", "empty-file"), ("syntax.yaml", "yaml-syntax"), ("bytes.yaml", "not-utf8"),
        ("list.yaml", "wrong-type"), ("word.yaml", "wrong-type"),
    ]  # fmt: skip


# How sections come together.


def test_sections_are_merged_across_files() -> None:
    """A section in several files must hold the entries of all, in the order of the files."""
    files = {
        FIRST: _including("a.yaml", "b.yaml"),
        "a.yaml": b"channels: {letter: {title: Letter}}\nmeasures: {a: {title: A}}\n",
        "b.yaml": b"measures: {c: {title: C}, b: {title: B}}\nchannels: {phone: {title: Phone}}\n",
    }  # fmt: skip
    parsed, _ = _drive(files)
    assert _codes(parsed) == []
    assert parsed.policy is not None
    assert list(parsed.policy.channels) == ["email", "letter", "phone"]
    assert list(parsed.policy.measures) == ["a", "c", "b"]
    assert parsed.policy.measures["b"].place == Place("b.yaml", 1, 27)


def test_the_first_file_need_not_hold_everything() -> None:
    """What every policy must have may stand in any of its files."""
    parsed, _ = _drive({FIRST: b"include: [rest.yaml]\n", "rest.yaml": MINIMAL})
    whole, _ = _drive({FIRST: MINIMAL})
    assert _codes(parsed) == []
    assert parsed.policy == whole.policy


def test_references_across_files_keep_their_file() -> None:
    """A reference must be gathered from whichever file it stands in."""
    text = b"touchpoints: {t: {title: T, source: person, purposes: [order], fields: {}}}\n"
    parsed, _ = _drive({FIRST: _including("a.yaml"), "a.yaml": text})
    found = {(item.section, str(item.word)) for item in parsed.references if item.word.place.file == "a.yaml"}
    assert found == {("sources", "person"), ("purposes", "order")}


@pytest.mark.parametrize(
    ("text", "second", "first"),
    [
        (b"channels:\n  email: {title: E}\n", "a.yaml:2:3", "policy.yaml:23:3"),
        (b"version: '2'\n", "a.yaml:1:1", "policy.yaml:3:1"),
        (b"controller: {name: X, country: ID}\n", "a.yaml:1:1", "policy.yaml:9:1"),
        (b"law: eu-gdpr\n", "a.yaml:1:1", "policy.yaml:5:1"),
        (b"measures: {}\n\nchannels: []\n", "a.yaml:3:1", "policy.yaml:22:1"),
    ],
)  # fmt: skip
def test_what_stands_in_two_files_names_both_places(text: bytes, second: str, first: str) -> None:
    """An entry or key written in two files must be placed at the second and name the first in its help."""
    parsed, _ = _drive({FIRST: _including("a.yaml"), "a.yaml": text})
    found = _only(parsed)
    assert (found.code, str(found.place)) == ("duplicate", second)
    assert first in str(found.help)


def test_a_section_twice_in_the_first_file_is_reported() -> None:
    """One file must not write one section twice."""
    parsed, _ = _drive({FIRST: MINIMAL + b"\nchannels: {letter: {title: Letter}}\n"})
    assert _only(parsed).code == "duplicate"


def test_a_section_twice_in_an_included_file_is_reported() -> None:
    """One included file must not write one section twice either."""
    text = b"channels: {letter: {title: Letter}}\nchannels: {phone: {title: Phone}}\n"
    parsed, _ = _drive({FIRST: _including("a.yaml"), "a.yaml": text})
    assert (_only(parsed).code, str(_only(parsed).place)) == ("duplicate", "a.yaml:2:1")
    assert "a.yaml:1:1" in str(_only(parsed).help)


def test_include_twice_in_one_file_is_reported() -> None:
    """The key `include` must not stand twice in one file, like every other key, and the second is not followed."""
    parsed, asked = _drive({FIRST: MINIMAL + b"\ninclude: []\ninclude: [a.yaml]\n"})
    assert _only(parsed).code == "duplicate"
    assert asked == [FIRST]
    parsed, _ = _drive({FIRST: _including("a.yaml"), "a.yaml": b"include: []\ninclude: []\n"})
    assert (_only(parsed).code, str(_only(parsed).place)) == ("duplicate", "a.yaml:2:1")


@pytest.mark.parametrize("text", [b"{}", b"include: []\n", b"include: [a.yaml]\n"])
def test_a_policy_without_any_section_is_a_mistake(text: bytes) -> None:
    """A policy of nothing must lack every key that a policy must have, at its beginning."""
    parsed, _ = _drive({FIRST: text, "a.yaml": b"{}"})
    wanted = [f"`{key}` is missing in `Policy`" for key, known in POLICY.fields.items() if known.required]
    assert parsed.policy is None
    assert [(found.code, found.place, str(found.message)) for found in parsed.diagnostics] == [
        ("missing-key", Place(FIRST, 1, 1), message) for message in wanted
    ]


def test_a_policy_that_cannot_be_read_lacks_nothing() -> None:
    """When no file could be read, the keys that stand in it must not be reported as missing."""
    for data in (b"a: [", b"", b"\xff", b"- a\n"):
        parsed, _ = _drive({FIRST: data})
        assert parsed.policy is None
        assert _only(parsed).code != "missing-key"


@pytest.mark.parametrize("name", ["../" + "x" * 5_000, "../\u202e" + "y" * 100, "x" * 5_000])
def test_what_is_said_of_an_include_is_short(name: str) -> None:
    """However long the name of a file is, its message must be short and printable."""
    parsed, _ = _drive({FIRST: _including(name)})
    message = str(_only(parsed).message)
    assert len(message) < 120
    assert message.isprintable()


def test_mistakes_in_all_files_are_reported_together() -> None:
    """One parse must report the mistakes of every file, not only of the first that has one."""
    files = {FIRST: _including("a.yaml", "b.yaml", before=MINIMAL.replace(b"version: 1", b"version: one")),
             "a.yaml": b"puposes: {}\n", "b.yaml": b"measures: {x: {}}\n"}  # fmt: skip
    parsed, _ = _drive(files)
    assert [(found.place.file, found.code) for found in parsed.diagnostics] == [
        (FIRST, "bad-number"), ("a.yaml", "unknown-key"), ("b.yaml", "missing-key"),
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["_include", "id", "place", "third_persons", "__class__", "policy "])
def test_only_the_keys_of_the_format_are_keys(key: str) -> None:
    """No attribute of the model that is not a key of the format may be written."""
    parsed, _ = _drive({FIRST: MINIMAL + f"\n'{key}': x\n".encode()})
    assert _only(parsed).code == "unknown-key"


def test_parsing_leaves_its_input_and_itself_as_they_were() -> None:
    """Parsing the same files twice must give equal results."""
    files = {FIRST: _including("a.yaml"), "a.yaml": b"channels: {letter: {title: Letter}}\n"}
    one, two = _drive(files)[0], _drive(files)[0]
    assert one == two
    assert one.references == two.references
