"""The verbs `decisions register`, `list`, `show`, `log`, `review`: what machines decide about people, and who looks anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from janji.cli.naming import PERSON, given, name, person, record
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import ANSWER, Verbs
from janji.terms.messages import N_, Message, say

if TYPE_CHECKING:
    from uuid import UUID

    from janji.workflows.machine_decisions import Decided

PAGE = 50
STATES = {
    "taken": N_("as the machine decided"), "review": N_("a person must look anew"), "upheld": N_("looked at anew: it stands"),
    "overruled": N_("looked at anew: overruled"),
}  # fmt: skip
ID = N_("The decision, by its id.")
REASON = N_("A reason, as a code; give it once for each.")


def add(verbs: Verbs) -> None:
    """Add the group of verbs."""
    group = typer.Typer(help=verbs.say(N_("What machines decide about people alone, and who looks anew.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="decisions", rich_help_panel=verbs.say(ANSWER))
    _add_register(verbs, group)
    _add_list(verbs, group)
    _add_show(verbs, group)
    _add_log(verbs, group)
    _add_review(verbs, group)


def _add_register(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("register", help=verbs.say(N_("Show in which purposes the policy lets a machine decide or profile, how, with which effect, and how people review it.")))
    def register_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.machine_decisions import register, register_json

        with record(verbs) as house:
            found = register(house)
        if format is Format.JSON:
            write_json({"items": [register_json(one, verbs.tongue) for one in found]})
            return
        if not found:
            _print(verbs, say(N_("the policy lets no machine decide")))
        for one in found:
            _print(verbs, say(N_("{purpose}: {title}; decisions: {taken}, waiting for a person: {waiting}, overruled: {overruled}"),
                              purpose=one.purpose, title=one.title, taken=one.taken, waiting=one.waiting, overruled=one.overruled))  # fmt: skip
            for text, said in ((N_("  how: {text}"), one.logic), (N_("  effect: {text}"), one.effect), (N_("  review: {text}"), one.review)):
                if said is not None:
                    _print(verbs, say(text, text=said))


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the decisions that a person must look at anew, what is due first; or all, the newest first.")))
    def list_(
        every: bool = typer.Option(False, "--all", help=verbs.say(N_("All of them, the newest first."))),
        subject: str | None = typer.Option(None, "--subject", show_default=False, help=verbs.say(PERSON)),
        after: str | None = typer.Option(None, "--after", show_default=False, help=verbs.say(N_("Go on after this id, as the page before says."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.machine_decisions import PREFIX, decision_json, decisions_of

        with record(verbs) as house:
            found = decisions_of(person(house, subject)) if subject is not None else _page(every, after)
        more = subject is None and len(found) == PAGE
        if format is Format.JSON:
            write_json({"items": [decision_json(one) for one in found], **({"next": f"{PREFIX}{found[-1].id}"} if more else {})})
            return
        if not found:
            _print(verbs, say(N_("no decision is here")))
        for one in found:
            _print(verbs, _line(one))
        if more:
            _print(verbs, say(N_("go on with `--after {id}`"), id=f"{PREFIX}{found[-1].id}"))


def _page(every: bool, after: str | None) -> tuple[Decided, ...]:
    from janji.workflows.machine_decisions import decision, decision_number, decisions, reviews

    last = None if after is None else decision(decision_number(after))
    if every:
        return decisions(PAGE, None if last is None else last.id)
    return reviews(PAGE, None if last is None or last.due is None else (last.due, last.id))


def _add_show(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("show", help=verbs.say(N_("Show one decision with its reasons and what was kept under seal.")))
    def show(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.machine_decisions import decision, decision_json, explained

        with record(verbs) as house:
            found = decision(_number(id))
            machine, human = explained(house, found)
        held: dict[str, Any] = {**({"explanation": dict(machine)} if machine else {}), **({"looked": dict(human)} if human else {})}
        if format is Format.JSON:
            write_json({**decision_json(found), **held})
            return
        _print(verbs, _line(found))
        for part in held.values():
            for key, value in part.items():
                console().print(f"  {key}: {value}", markup=False)


def _add_log(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("log", help=verbs.say(N_("Record what a machine decided about a person; where they had objected, somebody must look anew at once.")))
    def log(
        purpose: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The purpose, as the policy names it."))),
        outcome: str = typer.Argument(..., show_default=False, help=verbs.say(N_("What came out, as a code."))),
        subject: str = typer.Option(..., "--subject", show_default=False, help=verbs.say(PERSON)),
        reason: list[str] = typer.Option(..., "--reason", show_default=False, help=verbs.say(REASON)),
        application: str = typer.Option("", "--application", show_default=False, help=verbs.say(N_("Which application it was."))),
        words: str = typer.Option("", "--words", show_default=False, help=verbs.say(N_("Why, in words, or `-` to read a line; kept under seal."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.machine_decisions import take

        with record(verbs) as house:
            text = given(words)
            found = take(house, person(house, subject), purpose, outcome, reason, application=application, explanation={"words": text} if text else None)
        _tell(verbs, format, found)


def _add_review(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("review", help=verbs.say(N_("Say what came of looking anew; the objection that asked for it goes on. A machine cannot review a machine.")))
    def review_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        ruling: str = typer.Argument(..., show_default=False, metavar="upheld|overruled", help=verbs.say(N_("`upheld`: it stands; `overruled`: it does not."))),
        reason: list[str] = typer.Option(..., "--reason", show_default=False, help=verbs.say(REASON)),
        by: str = typer.Option(..., "--by", show_default=False, help=verbs.say(N_("The name of the person who looked anew; kept under seal."))),
        words: str = typer.Option("", "--words", show_default=False, help=verbs.say(N_("Why, in words, or `-` to read a line; kept under seal."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.errors import Invalid
        from janji.workflows.machine_decisions import Ruling, review

        if ruling not in list(Ruling):
            raise Invalid(say(N_("`{word}` is no outcome of looking anew"), word=ruling), say(N_("known here: {words}"), words=", ".join(f"`{one}`" for one in Ruling)))
        with record(verbs) as house:
            found = review(house, _number(id), Ruling(ruling), reason, by, given(words))
        _tell(verbs, format, found)


def _number(text: str) -> UUID:
    from janji.workflows.machine_decisions import decision_number

    return decision_number(text)


def _tell(verbs: Verbs, format: Format, found: Decided) -> None:
    from janji.workflows.machine_decisions import decision_json

    if format is Format.JSON:
        write_json(decision_json(found))
    else:
        _print(verbs, _line(found))


def _line(one: Decided) -> Message:
    known = {
        "id": f"mde_{one.id}", "at": f"{one.at:%Y-%m-%d %H:%M}Z", "purpose": one.purpose, "outcome": one.outcome, "reasons": ", ".join(one.reasons),
        "who": name(one.subject), "state": say(STATES[one.ruling or one.state]),
    }  # fmt: skip
    return say(N_("{id}: {at}, {who}, {purpose}: {outcome} ({reasons}); {state}"), **known)


def _print(verbs: Verbs, text: Message) -> None:
    console().print(text.render(verbs.tongue), markup=False)
