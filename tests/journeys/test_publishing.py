"""Versions of a policy published into a real database: checked, whole, immutable, and only after people were told."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.publishing import (
    MORE_CHANNELS,
    OLDER_CHILDREN,
    REWORDED,
    SHOP,
    UNTOLD,
    WIDER,
    again,
    customer,
    empty_house,
    newsletter,
    shop_house,
    variant,
    withdrawn,
)

from janji.decision.enforcement import Enforcement, Mode
from janji.decision.history import Row, check
from janji.errors import Conflict, Invalid, JanjiError, Refusal
from janji.ledger.events import Kind, decode
from janji.store import database, records, standings, vault
from janji.workflows.house import House
from janji.workflows.publishing import (
    compare_published,
    finish_notice,
    open_notice,
    publish,
    version,
    versions,
    write_version,
)
from janji.workflows.recording import history_of, record
from janji.workflows.standings import permits_for


@pytest.fixture
def house(database_url: str) -> House:
    """A house with the policy of the shop in force."""
    return shop_house(database_url)


def agrees(house: House, subject: UUID) -> bool:
    """Whether the stored row is what the history adds up to."""
    words = range(house.policy_in_force.layout.words)
    pseudonym = vault.pseudonym(house.secrets.pseudonym, subject)
    row = standings.read([pseudonym], words)[pseudonym]
    held = Row(row.bits, row.born, row.due, row.layout)
    return check(held, history_of(house, subject), house.runtime.now(), house.policy_in_force.layout) == ()


def test_a_version_has_what_the_settings_enforce(house: House, tmp_path: Path) -> None:
    """A version without a purpose that the settings of enforcement name is not published: under it every question would be turned away."""
    named = replace(house.runtime.settings, enforcement=Enforcement(purposes={"newsletters": Mode.ENFORCE}))
    strict = replace(house, runtime=replace(house.runtime, settings=named))
    with pytest.raises(Invalid) as caught:
        publish(strict, variant(tmp_path / "next", REWORDED))
    assert "enforcement.purposes.newsletters" in str(caught.value)
    assert len(versions()) == 1
    assert publish(house, tmp_path / "next").row.number == 2


def test_a_version_is_kept_whole_and_recorded(house: House, tmp_path: Path) -> None:
    """What was published comes back byte for byte, with its layout; the ledger says its digest."""
    (row,) = versions()
    assert (row.number, row.policy) == (1, "corner-shop")
    event = records.event(row.event)
    assert event is not None
    assert event.kind == Kind.POLICY_PUBLISHED
    assert decode(event.body).details["digest"] == row.digest
    write_version(1, tmp_path / "out")
    assert (tmp_path / "out" / "policy.yaml").read_bytes() == SHOP.read_bytes()
    assert version(1).layout == house.policy_in_force.layout


def test_a_policy_with_errors_is_not_published(database_url: str, tmp_path: Path) -> None:
    """Mistakes refuse, and nothing is stored."""
    house = empty_house(database_url)
    broken = variant(tmp_path, {"basis: contract": "basis: hope"})
    with pytest.raises(Invalid):
        publish(house, broken)
    assert versions() == ()


def test_the_same_version_is_not_published_twice(house: House) -> None:
    """What is in force already is a conflict."""
    with pytest.raises(Conflict):
        publish(house, SHOP)


def test_a_version_of_a_later_day_is_not_published_before(house: House, tmp_path: Path) -> None:
    """A policy that does not bind yet would stop everything."""
    with pytest.raises(Refusal):
        publish(house, variant(tmp_path, {**REWORDED, "effective: 2026-01-01": "effective: 2030-01-01"}))


def test_a_change_of_words_needs_no_notice(house: House, tmp_path: Path) -> None:
    """Nobody need be told: it is published at once, and no job is opened for it."""
    path = variant(tmp_path, REWORDED)
    with pytest.raises(Invalid):
        open_notice(house, path)
    done = publish(house, path)
    assert done.row.number == 2
    assert done.change is not None
    assert not done.change.material
    assert compare_published(1, 2)[1].material is False


def test_a_material_change_waits_for_the_notice(house: House, tmp_path: Path) -> None:
    """Without a job, with an open one, or with one about another change it is refused; with the right one it is published."""
    asked, refused = customer(house, "ani@example.org"), customer(house, "budi@example.org")
    record(house, [withdrawn(refused)])
    path, other = variant(tmp_path / "wider", WIDER), variant(tmp_path / "other", {**WIDER, "Send the newsletter": "Send news"})
    with pytest.raises(Refusal):
        publish(house, path)
    notice = open_notice(house, path)
    assert notice.job.people == 1
    assert open_notice(house, path).job == notice.job
    with pytest.raises(Refusal):
        publish(house, path, notice.job.id)
    finish_notice(house, notice.job.id, b"mailing of 1 December, list in the cupboard")
    with pytest.raises(Conflict):
        finish_notice(house, notice.job.id, b"again")
    with pytest.raises(Refusal):
        publish(house, other, notice.job.id)
    with pytest.raises(Refusal):
        publish(house, path, uuid4())
    done = publish(house, path, notice.job.id)
    assert done.row.number == 2
    house = again(house)
    assert [reason.code for reason in permits_for(house, asked, newsletter(house)).reasons] == ["consent-outdated"]
    assert not permits_for(house, refused, newsletter(house)).permit


def test_a_consent_never_counts_for_more_than_was_agreed_to(house: House, tmp_path: Path) -> None:
    """What widens a purpose is refused while consents to the old text would still count, told or not."""
    customer(house, "ani@example.org")
    path = variant(tmp_path, UNTOLD)
    notice = open_notice(house, path)
    finish_notice(house, notice.job.id, b"mailing of 1 December")
    with pytest.raises(Refusal, match="newsletter"):
        publish(house, path, notice.job.id)
    assert again(house).policy_in_force.number == 1


def test_evidence_is_kept_as_a_digest_only(house: House, tmp_path: Path) -> None:
    """Neither the job nor the event holds a word of it."""
    notice = open_notice(house, variant(tmp_path, WIDER))
    with pytest.raises(Invalid):
        finish_notice(house, notice.job.id, b"  ")
    row = finish_notice(house, notice.job.id, b"sent to ani@example.org")
    assert len(row.evidence) == 64
    with database.connection().cursor() as cursor:
        bodies = [bytes(item[0]) for item in cursor.execute("SELECT body FROM event WHERE kind = 'policy.noticed'")]
    assert len(bodies) == 1
    assert b"ani@" not in bodies[0]


def test_a_longer_layout_widens_the_standing_and_changes_no_row(house: House, tmp_path: Path) -> None:
    """Thirty channels more need another word; rows written before mean what they meant."""
    subject = customer(house, "ani@example.org")
    assert standings.words() == 1
    path = variant(tmp_path, MORE_CHANNELS)
    job = open_notice(house, path).job
    finish_notice(house, job.id, b"told")
    publish(house, path, job.id)
    house = again(house)
    assert standings.words() == house.policy_in_force.layout.words > 1
    assert house.policy_in_force.layout.is_extension_of(version(1).layout)
    assert agrees(house, subject)
    assert permits_for(house, subject, newsletter(house)).permit
    record(house, [withdrawn(subject)])
    assert agrees(house, subject)
    assert not permits_for(house, subject, newsletter(house)).permit


def test_a_foreign_layout_is_refused(house: House, tmp_path: Path) -> None:
    """A layout beside the policy that is not the record's would give every stored bit another meaning."""
    path = variant(tmp_path, REWORDED)
    (path / "layout.json").write_text('{"word_bits": 62, "keys": ["guardian", "quarantined"]}', "utf-8")
    with pytest.raises(Refusal):
        publish(house, path)


def test_older_children_make_ages_unknown(house: House, tmp_path: Path) -> None:
    """Who was an adult at 18 may be a child under 21: refused, or everybody's age is asked again; rows follow the history."""
    subject = customer(house, "ani@example.org")
    path = variant(tmp_path, OLDER_CHILDREN)
    job = open_notice(house, path).job
    finish_notice(house, job.id, b"told")
    with pytest.raises(Refusal):
        publish(house, path, job.id)
    assert permits_for(house, subject, newsletter(house)).permit
    assert publish(house, path, job.id, ask_ages_again=True).asked_again == 1
    house = again(house)
    decision = permits_for(house, subject, newsletter(house))
    assert [reason.code for reason in decision.reasons] == ["age-unknown"]
    assert agrees(house, subject)


def test_of_two_publishers_one_is_told(house: House, tmp_path: Path, database_url: str) -> None:
    """Two who publish at once: one version is stored, the other gets a conflict and nothing of it stays."""
    paths = [variant(tmp_path / name, {**REWORDED, "Deliver what you ordered": f"Deliver {name}"}) for name in ("one", "two")]
    found: list[object] = []
    start = threading.Barrier(2)

    def work(path: Path) -> None:
        start.wait()
        try:
            found.append(publish(house, path))
        except JanjiError as error:
            found.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=work, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(item).__name__ for item in found) == ["Conflict", "Publication"]
    assert any("published meanwhile" in str(item) for item in found)
    assert [row.number for row in versions()] == [2, 1]
    with database.connection().cursor() as cursor:
        (count,) = next(iter(cursor.execute("SELECT count(*) FROM event WHERE kind = 'policy.published'")))
    assert count == 2


def test_who_opened_the_record_before_another_published_is_told(house: House, tmp_path: Path) -> None:
    """What was compared with a version that is no longer in force is not published, and opens no job."""
    publish(house, variant(tmp_path / "one", REWORDED))
    other = variant(tmp_path / "two", WIDER)
    with pytest.raises(Conflict, match="published meanwhile"):
        publish(house, other)
    with pytest.raises(Conflict, match="published meanwhile"):
        open_notice(house, other)
