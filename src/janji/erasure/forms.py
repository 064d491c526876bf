"""Whether a search finds the values of an identifier as they stand, told from counts; for a plan that nobody would be found by."""

from __future__ import annotations

from janji.datamap.meaning import Form, Identifier
from janji.datamap.spelling import FormCount, form_of, missed
from janji.erasure.steps import Problem, Reach
from janji.people.identifiers import KINDS, IdentifierKind
from janji.terms.messages import N_, say

WIDEST = {IdentifierKind.EMAIL: Form.TRIMMED_LOWER, IdentifierKind.PHONE: Form.DIGITS, IdentifierKind.NATIONAL_ID: Form.DIGITS}
"""Kinds whose values are nothing else by chance, as the name of an account may be; and the form that passes by the fewest."""


def may_miss(reach: Reach) -> bool:
    """Whether there can be values that a search in the form of a reach passes by, where they stand as text."""
    return reach.source is None and reach.kind in KINDS and (reach.kind == IdentifierKind.EMAIL or missed(_identifier(reach), FormCount(1, 1, 1, 1)) > 0)


def misfit(table: str, reach: Reach, counts: FormCount) -> Problem | None:
    """That a reach passes by some of its values, and the wider form by which it would not, if one would."""
    if reach.kind == IdentifierKind.EMAIL and counts.wrapped:
        return Problem(
            table,
            say(N_("{count} of {values} values drawn from `{table}.{column}` hold more than an address, and nobody is found by them"), count=counts.wrapped,
                values=counts.values, table=table, column=_identifier(reach).name),
            say(N_("take `{column}` out of the identifiers in the map of the system and leave its category: addresses are looked for inside of its values then; or put the values right"),
                column=_identifier(reach).name),
        )  # fmt: skip
    identifier, form = _identifier(reach), form_of(f"{reach.kind}", counts, reach.form)
    if form is reach.form:
        return None
    return Problem(
        table,
        say(N_("{count} of {values} values drawn from `{table}.{column}` are not found in the form `{form}`"), count=missed(identifier, counts),
            values=counts.values, table=table, column=identifier.name, form=reach.form),
        say(N_("say `form: {form}` of the identifier in the map of the system"), form=form),
    )  # fmt: skip


def unfound(table: str, reach: Reach, rows: int) -> Problem:
    """That rows hold a value of the people which the reach does not find."""
    return Problem(
        table,
        say(N_("rows of `{table}`: {rows} hold the `{kind}` of these people in `{column}` in another form than `{form}`, or more than that, and it would stay there"),
            rows=rows, table=table, kind=reach.kind, column=reach.columns[0], form=reach.form),
        say(N_("say `form: {form}` of the identifier in the map of the system; where values of `{column}` hold more than one of these, or words beside it, put them right"),
            form=WIDEST[IdentifierKind(f"{reach.kind}")], column=reach.columns[0]),
    )  # fmt: skip


def _identifier(reach: Reach) -> Identifier:
    return Identifier(reach.columns[0], f"{reach.kind}", reach.form, path=reach.path)
