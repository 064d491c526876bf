"""Pictures of numbers: shares add up, nothing divides by nothing, what is hostile stays text."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from janji.web.charts import HIGH, Series, bars, gauge, parts

SERIES = (Series("a", "ok", "Kept"), Series("b", "bad", "<script>"))
SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: str) -> list[ET.Element]:
    """The rectangles of a drawing that is sound XML."""
    return ET.fromstring(picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)).findall(f"{SVG}rect")  # noqa: S314 - our own


def test_the_parts_of_a_bar_are_its_whole() -> None:
    """The widths are the shares, one beside the other; the table has the numbers."""
    made = parts("How it is", ("State", "Count"), SERIES, {"a": 3, "b": 1})
    assert [(one.get("x"), one.get("width")) for one in drawn(made.drawing)] == [("0.0", "75.0"), ("75.0", "25.0")]
    assert made.rows == (("Kept", "3"), ("<script>", "1"))
    assert "<script>" not in made.drawing
    assert drawn(parts("Nothing", ("State", "Count"), SERIES, {}).drawing) == []


def test_the_highest_bar_is_as_high_as_the_picture() -> None:
    """Bars stand one upon the other from the ground, the most of them up to the top."""
    made = bars("Days", ("Day", "Kept", "Broken"), SERIES, [("1", {"a": 2, "b": 2}), ("2", {"a": 1}), ("3", {})])
    boxes = [(float(one.get("y", 0)), float(one.get("height", 0))) for one in drawn(made.drawing)]
    assert boxes == [(HIGH / 2, HIGH / 2), (0, HIGH / 2), (HIGH * 0.75, HIGH / 4)]
    assert (made.most, made.ends, made.rows[2]) == (4, ("1", "3"), ("3", "0", "0"))
    assert bars("None", ("Day",), SERIES, []).ends == ("", "")


@pytest.mark.parametrize(("gone", "wide"), [(-1, "0.0"), (0.25, "25.0"), (9, "100.0")])
def test_a_gauge_is_never_more_than_full(gone: float, wide: str) -> None:
    """What is over is full."""
    assert drawn(gauge(gone, "warn", "3 hours & more"))[1].get("width") == wide
