"""The order of the sequencer: whatever part of the queue it takes, a person's events get their numbers by version."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from janji.ledger.ordering import Waiting, complete, in_order, lowest


@st.composite
def queues(draw: st.DrawFn) -> list[Waiting]:
    """Events of a few people, each with all versions from a first one on, in any order; some of nobody."""
    people = [(subject, version) for subject in range(4) for version in range(draw(st.integers(1, 4)), draw(st.integers(1, 9)))]
    found = draw(st.permutations([*people, *[(None, 0)] * draw(st.integers(0, 4))]))
    return [Waiting(f"(0,{place})", bytes([place]), b"", None if subject is None else bytes([subject]), version)
            for place, (subject, version) in enumerate(found)]  # fmt: skip


def versions(events: list[Waiting]) -> dict[bytes, list[int]]:
    found: dict[bytes, list[int]] = {}
    for item in events:
        if item.subject is not None:
            found.setdefault(item.subject, []).append(item.version)
    return found


@given(queue=queues())
def test_the_whole_queue(queue: list[Waiting]) -> None:
    """All events, each once, each person's by version, everybody in the places that they had."""
    ordered = in_order(queue)
    assert sorted(ordered, key=lambda item: item.event) == sorted(queue, key=lambda item: item.event)
    assert [item.subject for item in ordered] == [item.subject for item in queue]
    assert all(held == sorted(held) for held in versions(ordered).values())


@given(queue=queues(), data=st.data())
def test_a_part_of_the_queue(queue: list[Waiting], data: st.DataObject) -> None:
    """Part after part gives every person's versions in order, without a gap, until nothing is left."""
    expected = versions(in_order(queue))
    following = lowest(queue)
    done: list[Waiting] = []
    left = queue
    while left:
        count = data.draw(st.integers(1, len(left)))
        ready: list[Waiting] = []
        while not ready:
            part = in_order(left[:count])
            ready = complete(part, [subject for subject, version in lowest(part).items() if version == following[subject]])
            count = min(2 * count, len(left))
        for item in ready:
            if item.subject is not None:
                following[item.subject] = item.version + 1
        done += ready
        left = [item for item in left if item not in ready]
    assert versions(done) == expected
    assert len(done) == len(queue)
