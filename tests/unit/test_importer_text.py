"""Texts imported: what stands in the model was said in so many words, and what was not said is a question."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import import_score, import_texts

from janji.errors import Invalid
from janji.files.dictionaries import load_vocabulary
from janji.files.laws import law_names, load_law
from janji.files.published import publish
from janji.files.translations import load_tongue
from janji.importer import yaml_text
from janji.importer.evidence import decisions_text, evidence_json
from janji.importer.mentions import Reading, read_text
from janji.importer.text import Occasion, TextDraft, assemble_text
from janji.importer.vocabulary import NOTHING, read_vocabulary
from janji.law.model import LawPack
from janji.policy.checker import check
from janji.policy.parser import Parsed, parse
from janji.prose.segments import segment
from janji.terms.messages import ENGLISH
from janji.terms.places import Place
from janji.terms.processing import ClauseKind, LegalBasis, Severity

TEXTS = Path(__file__).parents[1] / "cases" / "lint" / "texts"
SAMPLES = Path(__file__).parents[2] / "policies" / "sample"
CORPUS = sorted(path for folder in (TEXTS, SAMPLES) for path in folder.iterdir() if path.suffix in (".txt", ".md", ".html"))
SHOP = """Privacy policy

1. Who we are

1.1 PT Toko Contoh runs this shop. Our Data Protection Officer is reachable at dpo@toko.example.

2. What we use data for

2.1 To send you our newsletter we use your e-mail address, with your consent.
2.2 To deliver your order we use your postal address.
2.3 To prevent fraud we use your IP address, on our legitimate interest or on your consent.

3. How long we keep data

3.1 We keep your personal data for 2 years after the last purchase, then we delete them.

4. Your rights

4.1 You have the right to access your data. We answer requests within 3 \u00d7 24 hours.

5. Contact

5.1 Write to hello@toko.example or to Jalan Melati 5, Bandung, telephone 022-555-0100.
"""


@cache
def law(name: str = "id-pdp") -> LawPack:
    """A law pack that there is."""
    found = load_law(name)
    assert found is not None
    return found


def made(text: str, pack: str = "id-pdp") -> tuple[TextDraft, Reading]:
    """The draft of a text, and its reading."""
    reading = read_text(segment(text), load_vocabulary())
    occasion = Occasion("text", law(pack), date(2026, 1, 1), "text.txt", lambda start: Place("text.txt", 1, start + 1))
    return assemble_text(reading, occasion), reading


def parsed(draft: TextDraft) -> Parsed:
    """The model as the parser reads what was written."""
    tongues = [load_tongue("en"), load_tongue("id")]
    files = {"policy.yaml": yaml_text.write(draft.draft, tongues).encode(),
             "clauses.yaml": yaml_text.write(draft.clauses, tongues).encode()}  # fmt: skip
    steps = parse("policy.yaml")
    wanted = next(steps)
    while True:
        try:
            wanted = steps.send(files.get(wanted))
        except StopIteration as stop:
            found: Parsed = stop.value
            return found


def asked(draft: TextDraft, entry: str) -> str:
    """The questions about an entry, as one text."""
    return " ".join(item.what.render(ENGLISH) + " " + item.why.render(ENGLISH) for item in draft.draft.decisions if item.entry == entry)


def test_a_purpose_with_one_basis_its_data_and_a_period_stands() -> None:
    """It has the basis that its clause names, cites that clause, and asks for the notice that no text is."""
    draft, _ = made(SHOP)
    policy = parsed(draft).policy
    assert policy is not None
    assert set(policy.purposes) == {"newsletter"}
    purpose = policy.purposes["newsletter"]
    assert (purpose.basis, purpose.data, purpose.clauses, purpose.notice) == (
        LegalBasis.CONSENT, ("contact.email",), ("2.1",), "newsletter"
    )  # fmt: skip
    assert "told before they consent" in asked(draft, "notices.newsletter")


def test_a_basis_is_never_guessed() -> None:
    """Where no basis is named, or more than one, the purpose stays out, with a question that says which."""
    draft, _ = made(SHOP)
    assert draft.draft.sections["purposes"]["deliver"].missing
    assert "names no legal basis" in asked(draft, "purposes.deliver")
    assert draft.draft.sections["purposes"]["fraud"].missing
    assert "more than one" in asked(draft, "purposes.fraud")
    assert draft.draft.sections["purposes"]["deliver"].values["basis"] == "undecided"


def test_a_basis_named_for_several_purposes_is_a_question() -> None:
    """A basis beside two purposes, or above a list, is written down and asked about."""
    text = SHOP.replace("2.2 To deliver your order we use your postal address.",
                        "2.2 To deliver your order and to answer your questions we use your postal address. The basis is the "
                        "contract with you.")  # fmt: skip
    draft, _ = made(text)
    held = draft.draft.sections["purposes"]["deliver"]
    assert held.values["basis"] == "contract"
    assert "not for this purpose alone" in asked(draft, "purposes.deliver")
    assert held.missing


def test_what_is_denied_is_not_found() -> None:
    """Data that the text says it does not collect are no data of the model."""
    draft, _ = made("Policy\n\n1. What we collect\n\n1.1 We collect your name. We do not collect health data.\n")
    assert "name" in draft.draft.sections["data"]
    assert "health" not in draft.draft.sections["data"]


def test_periods_go_with_what_stands_before_them() -> None:
    """Of several periods in a sentence each has its own data; the clock of an answer is no period of keeping."""
    draft, _ = made("Policy\n\n3. Retention\n\n3.1 Invoices are kept for 10 years and photographs for 30 days.\n\n4. Your rights\n\n"
                    "4.1 You have the right to access. We answer requests within 3 \u00d7 24 hours and delete what you ask.\n")  # fmt: skip
    rules = {name: held.values for name, held in draft.draft.sections["retention"].items()}
    assert {(held["period"], held.get("data")) for held in rules.values()} == {("P10Y", ("invoices",)), ("P30D", ("photo",))}
    assert draft.draft.sections["rights"]["access"].values["within"] == "PT72H"


def test_a_deadline_is_no_period_of_keeping() -> None:
    """`We delete backups within 30 days` says how fast something is done, and not how long data are kept."""
    draft, _ = made("Policy\n\n3. Retention\n\n3.1 We delete the copies of your personal data within 30 days.\n")
    assert draft.draft.sections["retention"] == {}


def test_what_steers_a_terminal_does_not_reach_the_model() -> None:
    """A character that steers a terminal in a title or a clause is shown as one that cannot be shown."""
    draft, _ = made("Policy\n\n3. Purposes\n\n- Sorting\x1b[31m widgets\n- Counting widgets\n")
    found = parsed(draft)
    assert [item for item in found.diagnostics if item.severity is Severity.ERROR] == []
    written = yaml_text.write(draft.draft, [ENGLISH])
    assert "\x1b" not in written
    assert "u001b" not in written
    assert any("Sorting" in str(held.values["title"]) for held in draft.draft.sections["purposes"].values())


def test_a_period_for_nothing_in_particular_stays_out() -> None:
    """A length of time beside words that nobody knows does not become a period for everything."""
    draft, _ = made("Policy\n\n3. Retention\n\n3.1 Widgets are kept for 7 years.\n")
    (held,) = draft.draft.sections["retention"].values()
    assert held.missing


def test_the_company_is_read() -> None:
    """Name, officer, address, telephone and e-mail address, each only as it stands."""
    draft, _ = made(SHOP)
    head = draft.draft.head["controller"]
    assert isinstance(head, dict)
    assert {key: head[key] for key in ("name", "address", "phone", "email", "officer")} == {
        "name": "PT Toko Contoh", "address": "Jalan Melati 5, Bandung", "phone": "022-555-0100",
        "email": "hello@toko.example", "officer": {"email": "dpo@toko.example"},
    }  # fmt: skip
    assert "home country" in str(head["decide"])


def test_a_table_is_read_by_its_columns() -> None:
    """A purpose is what stands in the column of purposes, in the text's own words where nobody knows them."""
    draft, _ = made("# Policy\n\n## What we process\n\n| Data | Purpose | Legal basis | Kept for |\n|---|---|---|---|\n"
                    "| Voice of calls | prove what was ordered | your explicit consent, on the booking form | 90 days |\n")  # fmt: skip
    policy = parsed(draft).policy
    assert policy is not None
    assert list(policy.purposes) == ["prove-what-was-ordered"]
    assert policy.purposes["prove-what-was-ordered"].data == ("voice",)


def test_blanks_and_notes_of_drafters_are_decisions() -> None:
    """`[country]` is asked about, and a clause that is nothing but a note is a defect."""
    draft, reading = made("Policy\n\n1. Transfers\n\n1.1 We send data outside of [country].\n\n1.2 Add something about robots.\n")
    assert "[country]" in asked(draft, "clauses.1.1")
    assert reading.kinds[next(at for at, name in reading.names.items() if name == "1.2")] is ClauseKind.DEFECT


def test_a_child_is_never_older_than_the_law_says() -> None:
    """An age below that of the law becomes the law's age and a question."""
    draft, _ = made("Policy\n\n10. Children\n\n10.1 A child is a person under 16.\n")
    children = draft.draft.head["children"]
    assert isinstance(children, dict)
    assert children["under"] == law().child_under(date(2026, 1, 1))
    assert "16" in asked(draft, "children")


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_models_of_all_texts_are_sound(path: Path) -> None:
    """Whatever the text, the model is read and checked without an error, under each law; all that stands has evidence."""
    for pack in law_names():
        draft, reading = made(publish(path.name, path.read_bytes()).text, pack)
        found = parsed(draft)
        wrong = [item for item in check(found, law(pack)).diagnostics if item.severity is Severity.ERROR]
        assert wrong == []
        assert found.policy is not None
        for name, purpose in found.policy.purposes.items():
            named = {reading.term("bases", item.name).basis for item in draft.evidence[f"purposes.{name}"]
                     if item.name in reading.vocabulary.terms["bases"]}  # fmt: skip
            assert named == {purpose.basis}
            assert purpose.clauses


@given(st.text(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_text_is_imported(text: str) -> None:
    """No text ends it, and every piece of evidence is words of the text."""
    draft, reading = made("1. Data\n\nWe collect your name.\n\n" + text)
    assert not [item for item in parsed(draft).diagnostics if item.severity is Severity.ERROR]
    held = evidence_json(draft, reading, "text", "id-pdp")
    for entry in held["entries"]:
        for item in entry["evidence"]:
            assert " ".join(reading.document.text[item["start"] : item["end"]].split()) == item["words"]
    assert decisions_text(draft, "text", load_tongue("id")).startswith("# Keputusan")


def test_the_vocabulary_is_whole() -> None:
    """Every term has a name in both languages, and what it refers to exists in the law packs."""
    vocabulary = load_vocabulary()
    for section, terms in vocabulary.terms.items():
        for name, term in terms.items():
            assert name == NOTHING or set(term.title.languages) == {"en", "id"}, (section, name)
    for term in vocabulary.terms["data"].values():
        assert all(term.classes[pack] in law(pack).data_classes for pack in term.classes)
    rights = {name for pack in law_names() for name in law(pack).rights}
    assert {term.right for term in vocabulary.terms["rights"].values()} - {""} <= rights
    known = set(vocabulary.topics)
    assert all({*gate.topics, *gate.never} <= known for gate in vocabulary.gates.values())


def test_a_damaged_vocabulary_is_told() -> None:
    """A phrase that is none is named with its place."""
    found, diagnostics = read_vocabulary([("x.yaml", b"signals:\n  odd: ['(never closed']\n")])
    assert found is None
    assert diagnostics[0].code == "bad-phrase"
    assert diagnostics[0].place.line == 2


def test_no_word_of_a_company_is_in_the_vocabulary() -> None:
    """The vocabulary knows no company, so that it serves every company alike."""
    folder = Path(__file__).parents[2] / "src" / "janji" / "importer" / "vocabulary"
    for path in folder.glob("*.yaml"):
        assert "sony" not in path.read_text(encoding="utf-8").lower()


def test_marked_texts_are_read_well_enough() -> None:
    """A floor a little under what was measured: texts that the vocabulary was tuned on, and texts that it was not."""
    for held_out, recall, precision in ((False, 0.9, 0.78), (True, 0.7, 0.7)):
        total = import_score.Score()
        for held in import_texts.score(held_out).values():
            total.add(held)
        assert total.recall >= recall, total.missed
        assert total.precision >= precision, total.extra


@pytest.mark.skipif(not import_score.there(), reason="the registers are no part of the project")
def test_registers_read_by_a_person_are_found_again() -> None:
    """A floor a little under what was measured on the long policy whose registers a person wrote."""
    total = import_score.Score()
    for held in import_score.score().values():
        total.add(held)
    assert total.recall >= 0.93
    assert total.precision >= 0.68


def test_a_text_without_words_is_refused_before() -> None:
    """An empty file is refused by the reader with a help line."""
    with pytest.raises(Invalid):
        publish("empty.txt", b"  \n")


def test_a_basis_with_another_way_beside_it_is_a_question() -> None:
    """`With your consent, or as the law otherwise allows` names more than consent."""
    draft, _ = made(SHOP.replace("with your consent.", "with your consent, or as otherwise permitted by law."))
    assert draft.draft.sections["purposes"]["newsletter"].missing
    assert "another way" in asked(draft, "purposes.newsletter")
