"""The verbs `collect`, `review` and `rollout`: what may be kept, what a person must look at, what is safe to enforce."""

from __future__ import annotations

import json
import sys
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from janji.cli.naming import given, record
from janji.cli.output import WORDS, Format, console, write_json
from janji.cli.verbs import ANSWER, ASK, Verbs
from janji.errors import Invalid
from janji.terms.messages import N_, Message, Tongue, printable, say

if TYPE_CHECKING:
    from uuid import UUID

    from janji.workflows.reviews import Review, Shown
    from janji.workflows.rollout import Line, Rollout

DENIED_CODE = 2
LARGEST = 16 << 20
"""Bytes of a file of fields."""


def add(verbs: Verbs) -> None:
    """Add the verb `collect` and the groups `review` and `rollout`."""
    _add_collect(verbs)
    group = typer.Typer(help=verbs.say(N_("What was written freely and must be looked at before it is kept.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="review", rich_help_panel=verbs.say(ANSWER))
    _add_list(verbs, group)
    _add_show(verbs, group)
    _add_discard(verbs, group)
    rollout = typer.Typer(help=verbs.say(N_("From observing to enforcing: what is safe to switch.")), no_args_is_help=True)
    verbs.app.add_typer(rollout, name="rollout", rich_help_panel=verbs.say(ASK))
    _add_report(verbs, rollout)


def _add_collect(verbs: Verbs) -> None:
    option = typer.Option

    @verbs.app.command("collect", rich_help_panel=verbs.say(ASK), help=verbs.say(N_(
        "Hold what was given at a touchpoint against the policy: what may be kept, what not and why.")))  # fmt: skip
    def collect_(
        touchpoint: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The touchpoint, as the policy names it."))),
        fields: str = option(..., "--fields", help=verbs.say(N_("A JSON file with the fields by name, or `-` for standard input."))),
        context: str | None = option(None, "--context", help=verbs.say(N_(
            "A JSON file with the circumstances: subject, language, announcement, scopes and so on."))),
        application: str | None = option(None, "--application", help=verbs.say(N_("Which program asks, for enforcement."))),
        policy: Path | None = option(None, "--policy", show_default=False, help=verbs.say(N_(
            "A policy to try it with: nothing is recorded, and nothing is known of the person."))),
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        held = {**_json("--context", context), **({"application": application} if application else {})}
        values = _json("--fields", fields)
        plain = _tried(verbs, policy, touchpoint, values, held) if policy else _collected(verbs, touchpoint, values, held)
        if format is Format.JSON:
            write_json(plain)
        else:
            _print_collected(plain, verbs.tongue)
        if not plain["allowed"]:
            raise typer.Exit(DENIED_CODE)


def _collected(verbs: Verbs, touchpoint: str, values: dict[str, Any], held: dict[str, Any]) -> dict[str, Any]:
    from janji.workflows.collection import collect, read_asked, taken_json
    from janji.workflows.rollout import flush

    with record(verbs) as house:
        taken = collect(house, read_asked(house, touchpoint, values, held))
        flush(house)
    return taken_json(taken, verbs.tongue)


def _tried(verbs: Verbs, policy: Path, touchpoint: str, values: dict[str, Any], held: dict[str, Any]) -> dict[str, Any]:
    from janji.workflows.collection import Taken, preview, read_asked, taken_json
    from janji.workflows.policies import open_policy

    compiled = open_policy(policy).compiled
    return taken_json(Taken(preview(verbs.runtime, compiled, read_asked(None, touchpoint, values, held))), verbs.tongue)


def _json(option: str, name: str | None) -> dict[str, Any]:
    """A JSON object from a file or standard input."""
    from janji.workflows.collection import read_object

    if name is None:
        return {}
    return read_object(option, sys.stdin.buffer.read(LARGEST + 1) if name == "-" else Path(name))


def _print_collected(held: dict[str, Any], tongue: Tongue) -> None:
    """The gate's answer for people: yes or no, then field by field. Values are shown in JSON alone."""
    out, told = console(), tongue.translate
    word = f"[bold green]{told(N_('may go on'))}[/]" if held["allowed"] else f"[bold red]{told(N_('must stop'))}[/]"
    out.print(f"{word}  {escape(printable(held['touchpoint']))} · {told(WORDS[held['mode']])}")
    for name in held["kept"]:
        where = held["provenance"].get(name, {})
        out.print(f"  [green]{told(N_('kept'))}[/] {escape(printable(name))}: {escape(', '.join(where.get('purposes', ())) or '-')}")
    for key, label in (("dropped", N_("dropped")), ("observed", N_("kept against the policy")), ("refused", N_("refused"))):
        for item in held[key]:
            out.print(f"  [red]{told(label)}[/] {escape(printable(item['field']))}")
            _reasons(item["reasons"], out, tongue)
    for item in held["quarantined"]:
        out.print(f"  [yellow]{told(N_('to be looked at'))}[/] {escape(printable(item['field']))} {item.get('review', '')}")
        _reasons([item["reason"]], out, tongue)
    for item in held["missing"]:
        label = told(N_("missing")) if item["required"] else told(N_("not given"))
        out.print(f"  {label} {escape(item['field'])}: {escape(item.get('consequence', '-'))}")
    _print_said(held, out, tongue)


def _print_said(held: dict[str, Any], out: Any, tongue: Tongue) -> None:
    told = tongue.translate
    for item in held["choices"]:
        answer = told(N_("yes")) if item["yes"] else told(N_("no"))
        where = f" · {item['channel']}" if "channel" in item else ""
        out.print(f"  {told(N_('choice'))} {escape(item['purpose'] + where)}: {answer}")
        _reasons(item.get("rejections", ()), out, tongue)
    if held.get("age", {}).get("quarantined"):
        out.print(f"  [yellow]{told(N_('a child without a guardian who consents: nothing else is kept; ask the guardian'))}[/]")


def _reasons(reasons: Any, out: Any, tongue: Tongue) -> None:
    for one in reasons:
        out.print(f"    [bold]{one['code']}[/]: {escape(one['text'])}")
        clauses = f"{tongue.translate(N_('clause'))} {', '.join(one['clauses'])} · " if one["clauses"] else ""
        out.print(f"      [dim]{escape(clauses + tongue.cite(one['article']))}[/]")


# ------------------------------------------------------------------------------------------------------------ reviews


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List what waits to be looked at, the most urgent first; nothing of what was written.")))
    def list_(
        limit: int | None = typer.Option(None, "--limit", min=1, show_default=False, help=verbs.say(N_("At most so many lines."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.reviews import review_json, waiting

        with record(verbs):
            found = list(islice(waiting(), limit))
        if format is Format.JSON:
            write_json({"items": [review_json(item, verbs.tongue) for item in found]})
            return
        if not found:
            console().print(verbs.say(N_("nothing waits to be looked at")))
        for item in found:
            _print_review(item, verbs.tongue)


def _print_review(item: Review, tongue: Tongue) -> None:
    from janji.workflows.reviews import PREFIX

    out = console()
    line = say(N_("{touchpoint}, field {field}, due {due}"), touchpoint=item.touchpoint, field=item.field, due=f"{item.due:%Y-%m-%d}")
    out.print(f"[bold]{PREFIX}{item.id}[/]  {escape(line.render(tongue))}")
    for seen in item.found:
        out.print(f"  {escape(seen.kind)}: {escape(seen.why.render(tongue))}")


def _add_show(verbs: Verbs, group: typer.Typer) -> None:
    which = typer.Argument(..., show_default=False, help=verbs.say(N_("The review, as `rev_` and a number.")))
    what_for = typer.Option(..., "--purpose", help=verbs.say(N_("What it is looked at for; the policy decides, and it is recorded.")))

    @group.command("show", help=verbs.say(N_("Show what was written: a use of personal data, decided and recorded first.")))
    def show_(
        review: str = which, purpose: str = what_for,
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.reviews import show_review

        with record(verbs) as house:
            _write_shown(show_review(house, _number(review), purpose), format, verbs.tongue)

    @group.command("keep", help=verbs.say(N_("Close a review and hand out what was written, to be kept where it belongs.")))
    def keep_(
        review: str = which, purpose: str = what_for,
        masked: bool = typer.Option(False, "--masked", help=verbs.say(N_("Cover what was found with stars."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.reviews import keep

        with record(verbs) as house:
            _write_shown(keep(house, _number(review), purpose, masked=masked), format, verbs.tongue)


def _add_discard(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("discard", help=verbs.say(N_("Close a review and destroy what was written, unseen.")))
    def discard_(
        review: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The review, as `rev_` and a number."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.reviews import discard, review_json

        with record(verbs) as house:
            item = discard(house, _number(review))
        if format is Format.JSON:
            write_json(review_json(item, verbs.tongue))
        else:
            console().print(verbs.say(N_("discarded")))


def _write_shown(shown: Shown, format: Format, tongue: Tongue) -> None:
    from janji.workflows.reviews import handed_out, review_json

    value = handed_out(shown.value)
    if format is Format.JSON:
        write_json({**review_json(shown.review, tongue), "value": value})
        return
    _print_review(shown.review, tongue)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    console().print(escape(printable(text)))


def _number(text: str) -> UUID:
    from uuid import UUID

    from janji.workflows.reviews import PREFIX

    try:
        return UUID(given(text).removeprefix(PREFIX))
    except ValueError:
        raise Invalid(say(N_("`{word}` is not a review"), word=text), say(N_("`janji review list` shows those that wait"))) from None


# ------------------------------------------------------------------------------------------------------------ rollout


def _add_report(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("report", help=verbs.say(N_(
        "Show what would be denied if it were enforced, by purpose and application, and what is safe to switch now.")))  # fmt: skip
    def report_(
        since: str | None = typer.Option(None, "--since", metavar="DAY", show_default=False, help=verbs.say(N_(
            "The first day that counts, such as `2026-11-01`; all that is kept by default."))),
        quiet: int = typer.Option(14, "--quiet-days", min=1, help=verbs.say(N_(
            "For how many days nothing may have been denied before a switch is called safe."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.rollout import report, rollout_json

        with record(verbs) as house:
            found = report(house, None if since is None else _day(since), quiet)
        if format is Format.JSON:
            write_json(rollout_json(found, verbs.tongue))
        else:
            _print_rollout(found, verbs.tongue)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(say(N_("`{word}` is not a day"), word=text), say(N_("write it as `2026-11-01`"))) from None


def _print_rollout(found: Rollout, tongue: Tongue) -> None:
    out, told = console(), tongue.translate
    if not found.lines:
        out.print(told(N_("nothing was asked yet; let programs ask, and name them with `--application`")))
    for line in found.lines:
        _print_line(line, out, tongue)
    safe = [f"enforcement.purposes.{name}" for name in found.purposes]
    safe += [f"enforcement.applications.{name}" for name in found.applications]
    if safe:
        out.print(f"[bold green]{told(N_('safe to set to `enforce` now'))}[/]: {escape(', '.join(safe))}")
    elif any(line.steps for line in found.lines):
        out.print(told(N_("nothing is safe to switch yet")))


def _print_line(line: Line, out: Any, tongue: Tongue) -> None:
    told = tongue.translate

    def tell(message: Message, indent: str = "  ") -> None:
        out.print(f"{indent}{escape(message.render(tongue))}")

    names = " · ".join((line.purpose, line.application or "-"))
    out.print(f"[bold]{escape(names)}[/]  {told(WORDS[line.mode])}")
    tell(say(N_("asked: {asked}, would be denied: {denied}, people: {people}, since {since}"), asked=line.asked, denied=line.denied,
             people=line.people, since=line.since))  # fmt: skip
    tell(say(N_("owner: {owner}"), owner=line.owner))
    if line.touchpoints:
        tell(say(N_("touchpoints: {names}"), names=", ".join(line.touchpoints)))
    for why in line.reasons:
        out.print(f"  [bold]{escape(why.code)}[/] ({why.times}): {escape(why.text.render(tongue))}")
        clauses = f"{told(N_('clause'))} {', '.join(why.clauses)} · " if why.clauses else ""
        out.print(f"    [dim]{escape(clauses + tongue.cite(why.article))}[/]")
    for step in line.steps:
        tell(say(N_("to do: {step}"), step=step))
    if line.ready:
        out.print(f"  [green]{told(N_('safe to enforce'))}[/]")
