"""Where the data of a person are: by the map, by the policy as it holds for them, and by the last package that was gathered for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tests.erasing_house import World

from janji.ledger.events import Actor
from janji.rights.requests import Intake, Proof
from janji.store import requests as store
from janji.workflows import gathering
from janji.workflows.identity import merge
from janji.workflows.people import current
from janji.workflows.person_places import places
from janji.workflows.requests import Opening, open_request

PEOPLE = 6


@pytest.fixture
def named(world: World) -> Iterator[World]:
    """The map of the shop names two kinds of data as the policy does, and others as it does not."""
    path = world.house.runtime.settings.maps / "shop.yaml"
    before = path.read_text()
    spoken = before
    for column, category in (("email", "email"), ("born", "date-of-birth")):
        spoken, count = re.subn(rf"(?m)^(\s+{column}:) \S+$", rf"\1 {category}", spoken)
        assert count == 1
    path.write_text(spoken)
    yield world
    path.write_text(before)


def test_systems_of_the_map_are_named(named: World) -> None:
    """Of the kinds of data that the policy names; of other kinds it is said that they lie there. Nobody says what was not looked for."""
    told = places(named.house, named.person(1), "en")
    found = {one.data: {item.system: item for item in one.systems} for one in told.items}
    assert [name for name, systems in found.items() if "shop" in systems] == ["date-of-birth", "email"]
    shop = found["email"]["shop"]
    assert (shop.title, shop.country and shop.country.get("en"), shop.found) == ("The shop", "Indonesia", None)
    assert told.searched is None
    assert told.others == ("The care desk", "The shop")


def test_what_the_last_package_found_is_told(named: World) -> None:
    """After a search each system says whether such data were found there; the package of somebody else says nothing."""
    mine = named.person(2)
    package = gathering.search(named.house, [mine])
    request = open_request(named.house, Opening(right="access", intake=Intake.PHONE, subject=mine, proof=Proof.STAFF, by="Petugas"))
    store.note([request.id], {"package": str(package.id)})
    told = places(named.house, mine, "en")
    assert told.searched == package.made
    assert {(one.data, item.found) for one in told.items for item in one.systems if item.system == "shop"} == {("email", True), ("date-of-birth", True)}
    assert places(named.house, named.person(3), "en").searched is None


def test_a_package_of_who_was_merged_into_them_is_theirs(named: World) -> None:
    """What was gathered before two records became one is told of the one that is left."""
    mine, other = named.person(4), named.person(5)
    package = gathering.search(named.house, [other])
    request = open_request(named.house, Opening(right="access", intake=Intake.PHONE, subject=other, proof=Proof.STAFF, by="Petugas"))
    store.note([request.id], {"package": str(package.id)})
    merge(named.house, mine, other, Actor.STAFF)
    assert places(named.house, current(mine), "en").searched == package.made
