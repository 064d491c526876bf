"""Pictures of numbers for every screen: a gauge of a deadline, one bar in parts, bars side by side; each is said in words too, and has its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HIGH, GAP, FEW = 60, 0.2, 14
"""Height of a picture of bars in units of its own, the share of each bar's place that is left free, and the least places, so that few bars are no walls."""


@dataclass(frozen=True, slots=True)
class Series:
    """What is counted in one colour: the name of its numbers, the tone (`ok`, `warn`, `bad`, `muted`, `accent`), what it is called."""

    name: str
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture for `chart.html`: the drawing, what it is of, its colours, the ends of its axis, and the same as a table."""

    drawing: SafeString
    title: str
    series: tuple[Series, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    most: int = 0

    @property
    def ends(self) -> tuple[str, str]:
        """The first and the last place of the axis."""
        return (self.rows[0][0], self.rows[-1][0]) if self.rows else ("", "")


def gauge(gone: float, tone: str, says: str) -> SafeString:
    """How much of a time is gone (0 to 1, more is all of it), as a bar that `says` it to whoever does not see it."""
    return format_html(
        '<svg class="gauge {}" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}"><rect class="all" width="100" height="8" rx="2"/>'
        '<rect class="gone" width="{}" height="8" rx="2"/></svg>', tone, says, round(100 * min(max(gone, 0.0), 1.0), 1),
    )  # fmt: skip


def parts(title: str, head: Sequence[str], series: Sequence[Series], counts: Mapping[str, int]) -> Chart:
    """One bar in as many parts as there are series, each as wide as its share; `head` names the two columns of the table."""
    total, at, drawn = sum(counts.get(one.name, 0) for one in series), 0.0, []
    for one in series:
        wide = 100 * counts.get(one.name, 0) / total if total else 0.0
        if wide:
            drawn.append((one.tone, round(at, 2), round(wide, 2), one.title, counts[one.name]))
        at += wide
    bar = format_html_join("", '<rect class="fill-{}" x="{}" width="{}" height="10"><title>{}: {}</title></rect>', drawn)
    return Chart(_whole("parts", title, 100, 10, bar), title, tuple(series), tuple(head), tuple((one.title, str(counts.get(one.name, 0))) for one in series))


def bars(title: str, head: Sequence[str], series: Sequence[Series], rows: Sequence[tuple[str, Mapping[str, int]]]) -> Chart:
    """Bars side by side, one for each row (such as a day), its series one upon the other; `head` names the first column of the table and the others."""
    most = max((sum(held.get(one.name, 0) for one in series) for _, held in rows), default=0)
    drawn = []
    for place, (label, held) in enumerate(rows):
        top = float(HIGH)
        for one in series:
            high = HIGH * held.get(one.name, 0) / most if most else 0.0
            top -= high
            if high:
                drawn.append((one.tone, round(place + GAP / 2, 2), round(top, 2), 1 - GAP, round(high, 2), label, one.title, held[one.name]))
    made = format_html_join("", '<rect class="fill-{}" x="{}" y="{}" width="{}" height="{}"><title>{}: {} {}</title></rect>', drawn)
    table = tuple((label, *(str(held.get(one.name, 0)) for one in series)) for label, held in rows)
    return Chart(_whole("bars", title, max(len(rows), FEW), HIGH, made), title, tuple(series), tuple(head), table, most)


def _whole(kind: str, title: str, wide: int, high: int, drawn: SafeString) -> SafeString:
    return format_html('<svg class="plot {}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}"><title>{}</title>{}</svg>', kind, wide, high, title, title, drawn)
