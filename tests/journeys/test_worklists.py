"""Worklists: owners asked, what they answer, what is kept of it, and what is gone once they are closed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.choosing import Clock
from tests.manual import BATCH, OWNED, SIGNED, asked, cells, filled, given, owned_house, two_people

from janji.erasure.steps import Known, Level
from janji.errors import Conflict, Invalid, Refusal
from janji.ledger.events import Kind
from janji.store import worklists as store
from janji.store.database import connection
from janji.workflows.forgetting import forget
from janji.workflows.house import House
from janji.workflows.owners import Owner, owners_of, put_owners
from janji.workflows.planning import known_people
from janji.workflows.recording import evidence_of, history_of
from janji.workflows.worklist_answers import (
    Attested,
    Evidence,
    answer,
    hand_in,
    nothing_found,
    proofs,
    read_answers,
    table_of,
)
from janji.workflows.worklist_sheets import Answer, Form
from janji.workflows.worklists import (
    PATH,
    Ended,
    Right,
    ask,
    close,
    finish,
    hand_over,
    lines_of,
    link_of,
    look_after,
    outcomes,
    read_link,
    revoke,
    worklist,
)


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def house(database_url: str, clock: Clock, tmp_path: Path) -> House:
    """A house with systems that people look after."""
    return owned_house(database_url, clock, tmp_path)


def token_of(house: House, row: store.WorklistRow) -> str:
    """The token in the link of a list."""
    return link_of(house, row).rpartition(PATH)[2]


def everything() -> bytes:
    """Every table of ours, as text."""
    names = [row[0] for row in connection().execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    found = [connection().execute(f"SELECT t::text FROM \"{name}\" t".encode()).fetchall() for name in names]  # noqa: S608 - names of our own tables
    return "\n".join(row[0] for rows in found for row in rows).encode()


def test_each_owner_gets_one_list_about_all_of_their_systems_and_people(house: House) -> None:
    """Two owners, three systems, two people: two lists, of four lines and of two."""
    lists = asked(house)
    assert {name: (one.systems, one.count()) for name, one in lists.items()} == {"Dewi": (("kasir", "loyalty"), 4), "Rudi": (("gudang",), 2)}
    lines = lines_of(house, lists["Dewi"].id)
    assert [(line.row.number, line.row.system, line.row.person) for line in lines] == [(1, "kasir", 0), (2, "kasir", 1), (3, "loyalty", 0), (4, "loyalty", 1)]
    assert lines[0].known == (("email", "ani@example.org"), ("phone", "+6281234567890"), ("phone", "081234567890"))
    assert lines[0].row.person == lines[2].row.person == 0


def test_asking_again_for_the_same_batch_changes_nothing(house: House) -> None:
    """What a crash repeats makes no second list, no second event and no new link."""
    people = two_people(house)
    lists, before = asked(house, subjects=people), len(everything())
    again = asked(house, subjects=people)
    assert lists == again
    assert len(everything()) == before
    assert len(asked(house, batch=uuid4(), subjects=people)) == 2


def test_nobody_can_be_asked_about_a_system_without_an_owner(house: House) -> None:
    """And nothing is asked about people who are found by nothing."""
    known = known_people(house, two_people(house))
    with pytest.raises(Invalid, match="`arsip`"):
        ask(house, BATCH, Right.ACCESS, ["kasir", "arsip"], [None], known)
    with pytest.raises(Invalid):
        ask(house, BATCH, Right.ACCESS, ["kasir"], [None], ())
    assert store.of_batch(BATCH) == ()


def test_an_owner_is_told_by_the_address(house: House) -> None:
    """Another name, the same owner; another address, another owner, and the one before is known no more once nothing asks."""
    put_owners(house, {"kasir": Owner("DEWI@toko.example", "Dewi L.", "en")})
    assert owners_of(house)["loyalty"] == Owner("dewi@toko.example", "Dewi L.", "en")
    put_owners(house, {"gudang": Owner("baru@gudang.example", "Sari")})
    assert owners_of(house, ["gudang"]) == {"gudang": Owner("baru@gudang.example", "Sari")}
    assert connection().execute("SELECT count(*) FROM owner").fetchone() == (2,)
    with pytest.raises(Invalid) as caught:
        put_owners(house, {"kasir": Owner("not an address")})
    assert "not an address" not in str(caught.value)


# ------------------------------------------------------------------------------------------------------------- answers


def test_what_is_found_reaches_the_person_and_says_that_it_is_attested(house: House) -> None:
    """Fields of a table in several rows, nothing for the rest; the outcome of each system is an attested effect."""
    lists = asked(house)
    taken = given(house, lists["Dewi"], (1, "found", "Membership", "Gold"), (1, "found", "Since", "2019-04-01"), (2, "nothing found"), (4, "found", "Points", 120))
    assert (taken.lines, taken.open) == (3, 1)
    assert [(one.system, one.open, one.effect is None) for one in outcomes(house, BATCH)] == [("gudang", 2, True), ("kasir", 0, False), ("loyalty", 1, True)]
    nothing_found(house, lists["Dewi"].row, SIGNED)
    nothing_found(house, lists["Rudi"].row, Attested("Rudi"))
    found = {one.system: one.effect for one in outcomes(house, BATCH)}
    assert all(effect is not None and effect.attested and effect.level is Level.ATTESTED and effect.complete for effect in found.values())
    assert [effect.people for effect in found.values() if effect is not None] == [(), ((0, "answers", 2),), ((1, "answers", 1),)]
    rows: list[tuple[int, str, dict[str, str]]] = []
    assert hand_over(house, BATCH, lambda person, table, row: rows.append((person, table, dict(row)))) == 3
    assert rows == [
        (0, "kasir", {"field": "Membership", "value": "Gold"}), (0, "kasir", {"field": "Since", "value": "2019-04-01"}),
        (1, "loyalty", {"field": "Points", "value": "120"}),
    ]  # fmt: skip
    assert worklist(house, lists["Dewi"].id).row.state == "answered"


def test_an_erasure_says_what_went_and_what_stays(house: House) -> None:
    """Erased with a number of records, kept with a reason, nothing found: each as rows of the effect."""
    one = asked(house, Right.ERASE)["Dewi"]
    given(house, one, (1, "erased", 7), (2, "must stay", 2, "a warranty case is open"), (3, "erased"), (4, "nothing found"))
    found = {item.system: item.effect for item in outcomes(house, BATCH)}
    assert found["gudang"] is None
    assert found["kasir"] is not None
    assert (found["kasir"].tables[0].deleted, found["kasir"].tables[0].found, found["kasir"].tables[0].stay) == (7, 9, (("kept:attested", 2),))
    assert found["loyalty"] is not None
    assert (found["loyalty"].tables[0].deleted, found["loyalty"].people) == (1, ((0, "answers", 1),))
    assert [line.reason for line in lines_of(house, one.id)] == ["", "a warranty case is open", "", ""]


def test_the_newest_answer_counts_until_the_list_is_closed(house: House) -> None:
    """What was handed in by mistake is handed in anew; both are on record."""
    people = two_people(house)
    one = asked(house, subjects=people)["Rudi"]
    nothing_found(house, one.row, SIGNED)
    given(house, one, (1, "found", "Rack", "B7"))
    (effect,) = [item.effect for item in outcomes(house, BATCH) if item.system == "gudang"]
    assert effect is not None
    assert effect.people == ((0, "answers", 1),)
    outcomes_ = [event.details["outcome"] for event in history_of(house, people[0]) if event.kind is Kind.SYSTEM_ATTESTED]
    assert outcomes_ == ["nothing", "found"]
    with pytest.raises(Conflict):
        nothing_found(house, one.row, SIGNED)


def test_who_reads_answers_has_it_on_record(house: House, tmp_path: Path) -> None:
    """Each person of whom an answer is shown, before it is shown; nobody where nothing was answered. Evidence alone too."""
    people = two_people(house)
    one = asked(house, subjects=people)["Rudi"]

    def looks() -> list[list[dict[str, Any]]]:
        return [[dict(event.details) for event in history_of(house, person) if event.kind is Kind.WORKLIST_READ] for person in people]

    assert len(read_answers(house, one.id).lines) == 2
    assert looks() == [[], []]
    given(house, one, (1, "found", "Rack", "B7"))
    assert read_answers(house, one.id).lines[0].found == (("Rack", "B7"),)
    first = {"worklist": str(one.id), "systems": ["gudang"]}
    assert looks() == [[first], []]
    read_answers(house, one.id, tmp_path / "proof")
    assert looks() == [[first, {**first, "with_evidence": True}], []]
    close(house, one.id)
    assert read_answers(house, one.id).lines == ()
    assert looks() == [[first, {**first, "with_evidence": True}], []]


def test_it_is_recorded_who_attested_what_about_whom(house: House) -> None:
    """An event a person and system, by pseudonym, with the name under seal; the evidence by its digest."""
    people = two_people(house)
    one = asked(house, Right.ERASE, subjects=people)["Rudi"]
    pdf = b"%PDF-1.7 terhapus-9317 seen"
    taken = answer(house, one.row, {1: Answer("erased", 3), 2: Answer("nothing")}, Attested("Rudi  Hartono", Evidence("layar-9317.pdf", pdf)))
    (event,) = [event for event in history_of(house, people[0]) if event.kind is Kind.SYSTEM_ATTESTED]
    assert event.details == {"worklist": str(one.id), "line": 1, "system": "gudang", "asked": "erase", "outcome": "erased", "rows": 3, "evidence": taken.digest}
    assert evidence_of(house, people[0], UUID(event.id)) == {"attested_by": "Rudi Hartono"}
    (proof,) = proofs(house, one.id)
    assert (proof.name, proof.evidence) == ("Rudi Hartono", Evidence("layar-9317.pdf", pdf))
    for word in (b"Hartono", b"layar-9317", b"terhapus-9317"):
        assert word not in everything()


UNSIGNED = [Attested(""), Attested("  "), Attested("x" * 300), Attested("Dewi", Evidence("a.exe", b"MZ\x00\x01")), Attested("Dewi", Evidence("a.pdf", b"\x00"))]


def test_an_attestation_needs_a_name_and_evidence_that_is_some(house: House) -> None:
    """Without one nothing is taken; what evidence is, is told by its bytes."""
    one = asked(house)["Dewi"]
    for by in UNSIGNED:
        with pytest.raises(Invalid):
            nothing_found(house, one.row, by)
    assert worklist(house, one.id).count("open") == 4
    assert store.attestations(one.id) == ()


MISTAKES: list[tuple[list[tuple[Any, ...]], str]] = [
    ([(9, "nothing found")], "its number"), ([(1, "perhaps")], "none of the words"), ([(1, "found")], "a field and its value"),
    ([(1, "found", "Name", "")], "a field and its value"), ([(1, "nothing found", "Name", "Ani")], "nothing was found, and yet"),
    ([(1, "nothing found"), (1, "found", "Name", "Ani")], "two answers"), ([(1, "erased")], "none of the words"),
    ([(1, None, "Name", "Ani")], "no answer"), ([(1, "nothing found"), (1, "nothing found")], "answered twice"),
]  # fmt: skip


def test_a_table_with_a_mistake_is_not_taken(house: House) -> None:
    """Each is named with its row; none repeats what was written; the right lines are not taken either."""
    one = asked(house)["Dewi"]
    for rows, said in MISTAKES:
        with pytest.raises(Invalid) as caught:
            given(house, one, (4, "found", "Points", "31"), *rows)
        (found,) = caught.value.diagnostics
        assert said in str(found.message)
        assert "Ani" not in str(found.message)
        assert found.place.line > 1
    assert worklist(house, one.id).count("open") == 4


MISTAKES_OF_ERASURES: list[tuple[list[tuple[Any, ...]], str]] = [
    ([(1, "must stay", 2)], "a reason"), ([(1, "erased", 0)], "number of records"), ([(1, "erased", "many")], "number of records"),
    ([(1, "erased", "9" * 9)], "number of records"), ([(1, "nothing found", 3)], "number of records"), ([(1, "found")], "none of the words"),
]  # fmt: skip


def test_an_erasure_with_a_mistake_is_not_taken(house: House) -> None:
    """What stays needs a reason; numbers must fit."""
    one = asked(house, Right.ERASE)["Dewi"]
    for rows, said in MISTAKES_OF_ERASURES:
        with pytest.raises(Invalid) as caught:
            given(house, one, *rows)
        assert said in str(caught.value.diagnostics[0].message)


NO_TABLES = [b"", b"x", b"Line,Look for\r\n1,x\r\n", b"PK\x03\x04broken", b"\x00" * 40, "Baris;Jawaban\n".encode("utf-16"), b"Line,Answer\r\n"]


def test_what_is_no_table_of_ours_is_refused(house: House) -> None:
    """Empty, foreign, broken, or without an answer."""
    one = asked(house)["Dewi"]
    for data in NO_TABLES:
        with pytest.raises(Invalid):
            hand_in(house, one.row, data, SIGNED)


def test_a_table_says_everything_in_both_languages_and_comes_back_in_either(house: House) -> None:
    """XLSX and CSV, Indonesian and English; columns moved, more columns, a line above: still read."""
    one = asked(house)["Dewi"]
    for language, heads in (("en", ["Line", "System", "Look for", "Answer", "Field", "Value"]), ("id", None)):
        rows = cells(table_of(house, one.row, Form.XLSX, language))
        assert heads is None or list(rows[0]) == heads
        assert len(rows) == 5
        assert rows[1][0] == "1"
        assert "ani@example.org" in rows[1][2]
        assert "+6281234567890" in rows[1][2]
        text = table_of(house, one.row, Form.CSV, language).decode("utf-8-sig")
        assert text.splitlines()[0] == ",".join(rows[0])
    moved = "Seen by me;;\nNote;Answer;Line\nx;NOTHING  found;1\n;nothing;'2\n"
    assert hand_in(house, one.row, moved.encode("cp1252"), SIGNED).lines == 2


def test_a_formula_in_a_table_is_refused_and_nothing_runs_where_it_is_opened(house: House) -> None:
    """Cells that begin like one are texts in what we write; a real one in what we read is named by its cell."""
    people = two_people(house)
    known = [Known(0, "account", "=HYPERLINK(1)")]
    (one,) = ask(house, uuid4(), Right.ACCESS, ["gudang"], people, known)
    rows = cells(table_of(house, one.row, Form.XLSX, "en"))
    assert rows[1][2] == "account: =HYPERLINK(1)"
    with pytest.raises(Invalid, match="formula"):
        given(house, one, (1, "found", "Total", "=1+1"))
    given(house, one, (1, "found", "Phone", "'+62812"))
    assert lines_of(house, one.id)[0].found == (("Phone", "+62812"),)


# --------------------------------------------------------------------------------------------------------------- links


def test_a_link_ends_is_revoked_and_tells_nothing(house: House, clock: Clock) -> None:
    """By its time, by a newer one, by the end of the list; whatever is not ours is refused alike."""
    one = asked(house)["Dewi"]
    token = token_of(house, one.row)
    assert read_link(house, token) == one.row
    assert str(one.id) not in token
    assert len(token) < 80
    for bad in ("", "x", token[:-1], token + "A", token.swapcase(), "A" * 300, token[:9] + ("A" if token[9] != "A" else "B") + token[10:]):
        with pytest.raises(Invalid):
            read_link(house, bad)
    newer = revoke(house, one.id)
    with pytest.raises(Ended, match="newer"):
        read_link(house, token)
    fresh = token_of(house, newer.row)
    assert read_link(house, fresh).id == one.id
    clock.put_on(days=17, seconds=-1)
    assert read_link(house, fresh).id == one.id
    clock.put_on(seconds=1)
    with pytest.raises(Ended, match="time"):
        read_link(house, fresh)
    close(house, one.id)
    with pytest.raises(Ended, match="closed"):
        read_link(house, fresh)
    with pytest.raises(Conflict):  # somebody who had the page open before it was revoked
        answer(house, one.row, {1: Answer("nothing")}, SIGNED)


def test_another_house_has_other_links(house: House) -> None:
    """A token is of the house whose key made it."""
    one = asked(house)["Dewi"]
    other = replace(house, secrets=replace(house.secrets, pseudonym=b"o" * 32))
    with pytest.raises(Invalid):
        read_link(other, token_of(house, one.row))


# ----------------------------------------------------------------------------------------------------------- the end


def test_nothing_personal_of_a_list_lies_in_clear_and_nothing_at_all_once_it_is_closed(house: House) -> None:
    """Identifiers, answers, owners: sealed as long as the list is open; the key is destroyed with its end."""
    one = asked(house)["Dewi"]
    given(house, one, (1, "found", "Kenari", "Jalan Kepodang 9317"), (3, "found", "Kenari", "emas"))
    held = everything()
    for word in (b"ani@example", b"81234567890", b"Kenari", b"Kepodang", b"dewi@toko", b"Lestari"):
        assert word not in held, word
        assert word.hex().encode() not in held, word
    assert finish(house, BATCH) == 2
    assert finish(house, BATCH) == 0
    with pytest.raises(Refusal):
        lines_of(house, one.id)
    rows = connection().execute("SELECT sealed, answer, state FROM worklist_line").fetchall()
    assert {(bytes(sealed), answer_) for sealed, answer_, _ in rows} == {(b"", None)}
    assert sorted({state for *_, state in rows}) == ["dropped", "found"]
    assert [item.effect is None for item in outcomes(house, BATCH)] == [True, True, True]
    (proof,) = proofs(house, one.id)
    assert proof.name == "Dewi Lestari"
    destroyed = (house.runtime.settings.data_dir / "keys" / "destroyed").read_text()
    assert destroyed.count(str(one.id)) == 1


def test_who_is_forgotten_is_asked_about_no_more(house: House) -> None:
    """Lines that ask what is held go; those that ask to erase stay, for they carry the forgetting out."""
    people = two_people(house)
    lists, erasing = asked(house, subjects=people), asked(house, Right.ERASE, uuid4(), people)
    given(house, lists["Rudi"], (2, "nothing found"))
    forget(house, people[0])
    look_after(house)
    assert worklist(house, lists["Dewi"].id).count("dropped") == 2
    assert worklist(house, lists["Rudi"].id).row.state == "answered"
    assert [line.known for line in lines_of(house, lists["Rudi"].id)] == [(), (("email", "budi@example.org"),)]
    assert len(cells(table_of(house, lists["Rudi"].row, Form.XLSX, "en"))) == 2
    assert worklist(house, erasing["Rudi"].id).count("open") == 2
    given(house, erasing["Rudi"], (1, "erased", 2), (2, "erased", 1))
    with pytest.raises(Invalid):
        answer(house, lists["Rudi"].row, {1: Answer("nothing")}, SIGNED)


def test_staff_hear_of_an_owner_who_does_not_answer(house: House, clock: Clock) -> None:
    """A task once the time is over, closed by the answer; a link that has ended closes the list."""
    one = asked(house)["Rudi"]
    clock.put_on(hours=71)
    assert look_after(house) == 0
    clock.put_on(hours=1)
    assert look_after(house) == 2
    assert look_after(house) == 0
    tasks = connection().execute("SELECT details::text FROM task WHERE kind = 'worklist-open' AND closed IS NULL").fetchall()
    assert len(tasks) == 2
    nothing_found(house, one.row, SIGNED)
    assert connection().execute("SELECT count(*) FROM task WHERE kind = 'worklist-open' AND closed IS NULL").fetchone() == (1,)
    clock.put_on(days=14)
    assert look_after(house) == 2
    assert connection().execute("SELECT count(*) FROM task WHERE kind = 'worklist-open' AND closed IS NULL").fetchone() == (0,)
    assert {row.state for row in store.of_batch(BATCH)} == {"closed"}


def test_evidence_ends_when_proof_of_erasure_does(house: House, clock: Clock) -> None:
    """The evidence key of an answered list is destroyed after five years, of one without an answer at once."""
    from janji.workflows.forgetting import end_evidence

    lists = asked(house)
    nothing_found(house, lists["Dewi"].row, SIGNED)
    finish(house, BATCH)
    assert proofs(house, lists["Rudi"].id) == ()
    clock.put_on(days=5 * 366)
    assert end_evidence(house) == 1
    assert proofs(house, lists["Dewi"].id) == ()


def test_somebody_outside_the_record_can_be_asked_about(house: House) -> None:
    """People without a record of ours, and keys that another system handed on."""
    (one,) = ask(house, BATCH, Right.ERASE, ["kasir"], [None], [Known(0, "mycontoh/accounts.id", "4711")])
    assert lines_of(house, one.id)[0].known == (("mycontoh/accounts.id", "4711"),)
    nothing_found(house, one.row, SIGNED)
    assert [item.effect is not None for item in outcomes(house, BATCH)] == [True]
    assert filled(house, one)
    assert set(OWNED) == {"kasir", "loyalty", "gudang"}
