"""What a withdrawal stops and leaves behind: held against the engine, purpose by purpose, for people made up at random."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.consenting import AT, known, sony

from janji.consent.cascade import cascade
from janji.consent.impact import Withdrawal, impact, withdrawn
from janji.decision.engine import decide
from janji.decision.question import Facts, Question
from janji.decision.standing import Choice, ConsentState, Standing, pack
from janji.policy.model import Purpose
from janji.terms.processing import LegalBasis, Operation

POLICY = sony().policy
ON_CONSENT = [purpose for purpose in POLICY.purposes.values() if purpose.basis is LegalBasis.CONSENT]
CHOICES = [(purpose.id, channel) for purpose in ON_CONSENT for channel in purpose.channels or (None,)]
AGREEMENTS = sorted({kind for purpose in POLICY.purposes.values() for kind in purpose.agreements})

people = st.builds(
    lambda given, taken, held, objected, ended, born: pack(
        Standing(
            born=born, agreements=tuple(held), objections=tuple(objected), ended=tuple(ended),
            consents=tuple(Choice(purpose=name, channel=channel) for name, channel in given)
            + tuple(Choice(purpose=name, channel=channel, state=ConsentState.WITHDRAWN) for name, channel in taken),
        ),
        sony().layout,
    ),
    st.sets(st.sampled_from(CHOICES)), st.sets(st.sampled_from(CHOICES), max_size=3), st.sets(st.sampled_from(AGREEMENTS)),
    st.sets(st.sampled_from(sorted(POLICY.purposes)), max_size=3), st.sets(st.sampled_from(sorted(POLICY.retention)), max_size=3),
    st.none() | st.dates(),
)  # fmt: skip
withdrawals = st.builds(lambda pair, whole: Withdrawal(pair[0], None if whole else pair[1]), st.sampled_from(CHOICES), st.booleans())


def done(facts: Facts, purpose: Purpose, channel: str | None) -> bool:
    """Whether the engine lets anything be used for the purpose."""
    return any(
        decide(sony(), Question(purpose.id, (name,), AT, Operation.USE, channel=channel), facts).permit for name in purpose.data
    )


@settings(max_examples=60, deadline=None)
@given(facts=people, item=withdrawals)
def test_the_impact_is_what_the_engine_answers(facts: Facts, item: Withdrawal) -> None:
    """A service stops exactly when it is permitted before and not after, and only of the purpose that is withdrawn."""
    after = withdrawn(sony().layout, facts, item)
    found = impact(sony(), facts, [item], AT)
    stops: set[tuple[str, str | None]] = set()
    goes_on: set[tuple[str, str | None]] = set()
    for purpose in POLICY.purposes.values():
        for channel in purpose.channels or (None,):
            if done(facts, purpose, channel):
                (goes_on if done(after, purpose, channel) else stops).add((purpose.id, channel))
    assert {(one.purpose, one.channel) for one in found.stops} == stops
    assert {(one.purpose, one.channel) for one in found.continues} == goes_on
    assert {name for name, _ in stops} <= {item.purpose}
    purpose = POLICY.purposes[item.purpose]
    for channel in (item.channel,) if item.channel else purpose.channels or (None,):
        assert not done(after, purpose, channel)


@settings(max_examples=60, deadline=None)
@given(facts=people, item=withdrawals)
def test_the_cascade_deletes_what_nothing_may_have(facts: Facts, item: Withdrawal) -> None:
    """A category goes exactly when no purpose may keep it of this person any more; the two lists part the purpose's data."""
    after = withdrawn(sony().layout, facts, item)
    found = cascade(sony(), after, [item], AT)
    assert sorted(fate.data for fate in (*found.goes, *found.stays)) == sorted(POLICY.purposes[item.purpose].data)
    for fate in (*found.goes, *found.stays):
        keeping = {
            purpose.id for purpose in POLICY.purposes.values() if fate.data in purpose.data
            and decide(sony(), Question(purpose.id, (fate.data,), AT, Operation.RETAIN), after).permit
        }  # fmt: skip
        assert {keep.purpose for keep in fate.keeps} == keeping
    assert any("40" in article for article in found.articles)
    assert {"UU 27/2022 Art 43(1)", "UU 27/2022 Art 45"} <= set(found.articles)


@given(facts=people, item=withdrawals)
@settings(max_examples=60, deadline=None)
def test_withdrawing_in_bits_is_withdrawing_by_name(facts: Facts, item: Withdrawal) -> None:
    """The facts after a withdrawal are those of a standing to which the withdrawal was added."""
    names = sony().layout.names(facts.bits)
    gone = Choice(purpose=item.purpose, channel=item.channel, state=ConsentState.WITHDRAWN)
    kept = [name.split("/") for name in names if name.startswith("consent/")]
    taken = [name.split("/") for name in names if name.startswith("withdrawn/")]
    named = pack(
        Standing(consents=(
            *(Choice(purpose=part[1], channel=None if part[2] == "-" else part[2], version=int(part[3])) for part in kept),
            *(Choice(purpose=part[1], channel=None if part[2] == "-" else part[2], state=ConsentState.WITHDRAWN) for part in taken),
            gone,
        )), sony().layout,
    )  # fmt: skip
    mask = sony().layout.mask(name for name in sony().layout.keys if name.startswith(("consent/", "withdrawn/")))
    whole = sony().layout.mask(name for name in names if name.startswith("withdrawn/") and name.endswith("/-"))
    if not whole:
        assert withdrawn(sony().layout, facts, item).bits & mask == named.bits & mask


def test_the_person_reads_it_in_plain_words() -> None:
    """What stops comes first, then what goes on and why; where nothing stops, that is said."""
    facts = known({"born": "1990-01-01", "agreements": ["order"], "consents": [
        {"purpose": "newsletters", "channel": "email"}, {"purpose": "newsletters", "channel": "sms"}, {"purpose": "recruitment"}]})  # fmt: skip
    words = [str(one) for one in impact(sony(), facts, [Withdrawal("newsletters", "email")], AT).words()]
    assert words[0] == "This stops: Newsletters and marketing messages, by E-mail."
    assert sum(one.startswith("This stops") for one in words) == 1
    assert words[1] == (
        "This goes on, because you agreed to it apart (2): Newsletters and marketing messages, by Text message (SMS); Recruitment."
    )
    assert len(words) == 1 + len({one.basis for one in impact(sony(), facts, [Withdrawal("newsletters", "email")], AT).continues})
    assert "because it is part of an agreement with you" in words[2]
    assert "Deliver purchases and repaired products" in words[2]
    nothing = impact(sony(), facts, [Withdrawal("market-research")], AT)
    assert str(nothing.words()[0]) == "Nothing that is done now stops by this."


def test_what_stays_says_by_what_right() -> None:
    """Recruitment data go when nothing else needs them; the address that an order needs stays, with the law that asks for it."""
    facts = known({"born": "1990-01-01", "agreements": ["order"], "consents": [{"purpose": "recruitment"}]})
    item = Withdrawal("recruitment")
    found = cascade(sony(), withdrawn(sony().layout, facts, item), [item], AT)
    assert {"education", "employment-history"} == {fate.data for fate in found.goes}
    (name,) = (fate for fate in found.stays if fate.data == "name")
    kept = {keep.purpose: keep for keep in name.keeps}
    assert kept["delivery"].code == "law"
    assert kept["delivery"].laws
    assert kept["enquiry"].code == "contract"
    details = found.details()
    assert details["purposes"] == ["recruitment"]
    assert "name:delivery:law" in details["keep"]
    words = [str(one) for one in found.words()]
    assert words[0] == "This is deleted, because nothing else needs it: Education; Employment history."
    assert len(words) == 1 + len(found.stays)
    assert words[1].startswith("This stays: Name, for ")
    assert "; Deliver purchases and repaired products; " in words[1]
