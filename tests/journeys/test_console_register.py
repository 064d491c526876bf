"""Registers at the console: on screen with a search, and as the files that `janji register` writes."""

from __future__ import annotations

import html
import io
import json
import re

import pytest
from openpyxl import load_workbook
from tests.desk import at_desk
from tests.rights_house import Rights

from janji.registers.book import Register
from janji.staff.roles import Role


@pytest.mark.parametrize("which", [*map(str, Register), "recipients"])
def test_every_register_is_on_screen_and_searched(house: Rights, which: str) -> None:
    """All entries with all that is known of each; a word narrows them, one that nothing has is answered as such."""
    with at_desk(house.live, Role.AUDITOR) as auditor:
        page = auditor.get("/register", which=which)
        assert page.status_code == 200
        assert page.text.count("<details") > 0
        assert "Nothing here is like this" in auditor.get("/register", which=which, q="<zzz>").text
        assert "<zzz>" not in auditor.get("/register", which=which, q="<zzz>").text


def test_the_record_has_every_purpose(house: Rights) -> None:
    """Each purpose of the policy is an entry, and is found by its name."""
    purposes = house.house.policy_in_force.policy.purposes
    with at_desk(house.live, Role.ENGINEER) as engineer:
        assert f"{len(purposes)} of {len(purposes)} entries" in engineer.get("/register").text
        title = purposes["newsletters"].title.get("en")
        assert title in engineer.get("/register", q=title).text
        assert engineer.get("/register", which="none").status_code == 404


def test_recipients_are_told_with_their_purposes(house: Rights) -> None:
    """Each recipient of the policy is an entry, with what it may receive data for."""
    policy = house.house.policy_in_force.policy
    with at_desk(house.live, Role.AUDITOR) as auditor:
        page = auditor.get("/register", which="recipients").text
        for one in policy.recipients.values():
            assert one.title.get("en") in html.unescape(page)
            found = html.unescape(auditor.get("/register", which="recipients", q=one.title.get("en")).text)
            for name in one.purposes:
                assert policy.purposes[name].title.get("en") in found, (one.id, name)


@pytest.mark.parametrize(("which", "words"), [("transfers", ("Japan", "jp")), ("processors", ("Indonesia",)), ("recipients", ("Japan",))])
def test_countries_are_told_by_their_names(house: Rights, which: str, words: tuple[str, ...]) -> None:
    """On screen a country has its name, and is found by it as by its code; files keep the code."""
    with at_desk(house.live, Role.AUDITOR) as auditor:
        for word in words:
            page = auditor.get("/register", which=which, q=word).text
            assert words[0] in page, word
            assert re.search(r"> ?[A-Z]{2}<", page) is None
        assert "JP" in auditor.get("/register/file", which="transfers", form="csv").text


def test_files_are_those_of_the_verb(house: Rights) -> None:
    """Workbook, CSV and JSON open and have every entry; another form is told."""
    purposes = house.house.policy_in_force.policy.purposes
    with at_desk(house.live, Role.AUDITOR) as auditor:
        book = auditor.get("/register/file", which="all", form="xlsx")
        assert len(load_workbook(io.BytesIO(book.content)).sheetnames) >= len(Register)
        assert "attachment" in book.headers["Content-Disposition"]
        assert auditor.get("/register/file", which="processing", form="csv").text.count("\r\n") >= len(purposes)
        assert len(json.loads(auditor.get("/register/file", which="processing", form="json").content)["processing"]["items"]) == len(purposes)
        assert auditor.get("/register/file", which="processing", form="exe").status_code == 404
        assert auditor.get("/register/file", which="all", form="csv").status_code == 422
        assert auditor.get("/register/file", which="assessments", form="md").status_code == 200


def test_an_owner_has_no_register(house: Rights) -> None:
    """Without the duty neither screen nor file opens."""
    with at_desk(house.live, Role.OWNER) as owner:
        assert owner.get("/register").status_code == 403
        assert owner.get("/register/file", which="all", form="xlsx").status_code == 403
