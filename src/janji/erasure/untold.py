"""Rows that are found by somebody's identifier and belong to rows of a table in which nobody finds them: whose those are nothing says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from janji.erasure.steps import Gather, Problem, Reach, StorePlan
from janji.people.identifiers import PSEUDONYMOUS
from janji.terms.messages import N_, say


class Untold(NamedTuple):
    """A table, the identifier by which its rows are found, and the link to rows that are found by nothing."""

    gather: Gather
    found: Reach
    link: Reach


def untold(plan: StorePlan, kinds: frozenset[str]) -> Iterator[Untold]:
    """The pairs of an identifier of these kinds and a link that leads where nobody who is known by them alone is found."""
    told = _told(plan, kinds)
    for gather in plan.gathers:
        finding = [reach for reach in gather.reaches if reach.source is None and reach.owner and not reach.seat and reach.kind in kinds - PSEUDONYMOUS]
        for link in gather.reaches:
            if link.source is not None and link.owner and link.source != gather.table and link.source not in told:
                yield from (Untold(gather, found, link) for found in finding)


def _told(plan: StorePlan, kinds: frozenset[str]) -> set[str]:
    """The tables whose rows people of these kinds own, by an identifier of their own or over others."""
    told: set[str] = set()
    while True:
        new = {
            gather.table for gather in plan.gathers if gather.table not in told
            and any(reach.owner and (reach.kind in kinds if reach.source is None else reach.source in told) for reach in gather.reaches)
        }  # fmt: skip
        if not new:
            return told
        told |= new


def unclear(one: Untold, rows: int) -> Problem:
    """That rows are there of which nothing says whose the ones are that they belong to."""
    return Problem(
        one.gather.table,
        say(
            N_("rows of `{table}`: {rows} have the `{kind}` of these people and belong to rows of `{to}`, and nothing says whether those are theirs too"),
            rows=rows, table=one.gather.table, kind=one.found.kind, to=one.link.source,
        ),
        say(
            N_("if they are, add to `{to}` a link back to `{table}` in the map; if they are nobody's, as a queue is, say `owner: false` at the link from `{table}` to `{to}`; if `{column}` is somebody else's, say `of: [{column}]` of it"),
            to=one.link.source, table=one.gather.table, column=one.found.columns[0],
        ),
    )  # fmt: skip
