"""The verbs about what people say: `consent grant`, `refuse`, `withdraw`, `renew`, `show`, `receipt`, `import` and others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from janji.cli.jobs import hand_over
from janji.cli.limits import add_limits
from janji.cli.naming import person, record
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import ANSWER, Verbs
from janji.errors import Invalid
from janji.ledger.words import event_words
from janji.terms.messages import N_, Message, Tongue, say
from janji.workflows.answers import rejection_json

if TYPE_CHECKING:
    from janji.workflows.consents import Result

REJECTED_CODE = 2
"""The exit code of a choice that does not count."""


def add(verbs: Verbs) -> None:
    """Add the group of verbs about consent."""
    group = typer.Typer(help=verbs.say(N_("What people say: consent given, refused and taken back, objections, receipts, lists.")),
                        no_args_is_help=True)  # fmt: skip
    verbs.app.add_typer(group, name="consent", rich_help_panel=verbs.say(ANSWER))
    _add_yes(verbs, group)
    _add_withdraw(verbs, group)
    _add_object(verbs, group)
    add_limits(verbs, group)
    _add_impact(verbs, group)
    _add_shown(verbs, group)
    _add_lists(verbs, group)


class _Options:
    """The options that several verbs share."""

    def __init__(self, verbs: Verbs) -> None:
        told = verbs.say
        self.subject: Any = typer.Argument(..., show_default=False, help=told(N_(
            "The person: `sub_` and a number, `email:` and an address, or `-` to give it on standard input.")))  # fmt: skip
        self.purpose: Any = typer.Argument(..., show_default=False, help=told(N_("The purpose, as the policy names it.")))
        self.channel: Any = typer.Option(None, "--channel", help=told(N_("The channel, where the purpose has channels.")))
        self.method: Any = typer.Option(None, "--method", help=told(N_("How the choice was made, such as `unticked-box`.")))
        self.actor: Any = typer.Option("person", "--actor", help=told(N_("Who acted: `person`, `guardian` or `staff`.")))
        self.evidence: Any = typer.Option(None, "--evidence", help=told(N_(
            "The reference of a signed form or a recording; it is sealed.")))  # fmt: skip


def _add_yes(verbs: Verbs, group: typer.Typer) -> None:
    options = _Options(verbs)
    helps = {
        "grant": N_("Record a consent, if it is valid: one purpose, one channel, under a notice that was shown."),
        "refuse": N_("Record that somebody was asked and said no."),
        "renew": N_("Record that a standing consent was given anew."),
    }
    for name, text in helps.items():

        @group.command(name, help=verbs.say(text))
        def choice_(
            context: typer.Context,
            subject: str = options.subject,
            purpose: str = options.purpose,
            channel: str | None = options.channel,
            language: str | None = typer.Option(None, "--language", help=verbs.say(N_("The language in which the notice was shown."))),
            digest: str | None = typer.Option(None, "--notice-digest", help=verbs.say(N_(
                "The digest of the text that was shown; without it you say that it was the one in force."))),
            method: str | None = options.method,
            until: str | None = typer.Option(None, "--until", help=verbs.say(N_("When it ends by itself, `2027-12-31T00:00:00Z`."))),
            actor: str = options.actor,
            evidence: str | None = options.evidence,
            format: Format = verbs.format(),
            data_dir: str | None = verbs.data_dir(),
            lang: str = verbs.lang(),
        ) -> None:
            from janji.workflows.consents import Asked, choose, reported

            with record(verbs) as house:
                made = reported(
                    house, context.command.name or "", purpose, channel=channel, language=language, digest=digest,
                    method=method, actor=actor, until=until,
                )  # fmt: skip
                kept = {"reference": evidence} if evidence else None
                result = choose(house, Asked(subject=person(house, subject), choice=made, evidence=kept))
            _answer(result, verbs.tongue, format)


def _add_withdraw(verbs: Verbs, group: typer.Typer) -> None:
    options = _Options(verbs)

    @group.command("withdraw", help=verbs.say(N_("Take a consent back: shows what stops, asks, and stops it at once.")))
    def withdraw_(
        subject: str = options.subject,
        purpose: str | None = typer.Argument(None, show_default=False, help=verbs.say(N_("The purpose, as the policy names it."))),
        channel: str | None = options.channel,
        marketing: bool = typer.Option(False, "--all-marketing", help=verbs.say(N_("Say no to all marketing, in every channel."))),
        method: str | None = options.method,
        actor: str = options.actor,
        yes: bool = typer.Option(False, "--yes", help=verbs.say(N_("Do not ask."))),
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.consents import Asked, cascade_of, choose, impact_of, opt_out, reported, withdrawals

        with record(verbs) as house:
            who = person(house, subject)
            asked = withdrawals(house, purpose, channel, marketing=marketing)
            told, after = impact_of(house, who, asked), cascade_of(house, who, asked)
            if not yes:
                _ask(verbs, (*told.stopped(), *after.deleted(), *told.going_on(), *after.kept()))
            if marketing:
                results = opt_out(house, who, reported(house, "withdraw", "", actor=actor).actor, method)
            else:
                made = reported(house, "withdraw", purpose or "", channel=channel, method=method, actor=actor)
                results = (choose(house, Asked(subject=who, choice=made)),)
        if format is Format.JSON:
            write_json({"impact": _impact_json(told, verbs.tongue), "results": [_result_json(one, verbs.tongue) for one in results]})
        else:
            if yes and any(one.recorded for one in results):
                _lines((*told.stopped(), *after.deleted()), verbs.tongue)
            for one in results:
                _print_result(one, verbs.tongue)
        if any(one.recorded is None for one in results):
            raise typer.Exit(REJECTED_CODE)


def _ask(verbs: Verbs, words: tuple[Message, ...]) -> None:
    """Show what a withdrawal comes to and ask; a no ends the verb, and so does silence where nobody can answer."""
    out = console(stderr=True)
    for word in words:
        out.print(escape(word.render(verbs.tongue)))
    try:
        sure = typer.confirm(verbs.say(N_("Withdraw?")), err=True)
    except typer.Abort:
        if sys.stdin.isatty():
            raise
        raise Invalid(say(N_("nobody is there to be asked, and nothing was withdrawn")), say(N_("add `--yes`"))) from None
    if not sure:
        raise typer.Abort


def _add_object(verbs: Verbs, group: typer.Typer) -> None:
    options = _Options(verbs)

    @group.command("object", help=verbs.say(N_("Record an objection to a purpose, or to a machine deciding alone in it.")))
    def object_(
        subject: str = options.subject,
        purpose: str = options.purpose,
        automated: bool = typer.Option(False, "--automated", help=verbs.say(N_("Only to being decided about by a machine alone."))),
        lift: bool = typer.Option(False, "--lift", help=verbs.say(N_("The person takes the objection back."))),
        actor: str = options.actor,
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.consents import Asked, Result, choose, lift_objection, objected

        with record(verbs) as house:
            if lift:
                who = person(house, subject)
                result = Result(lift_objection(house, who, purpose, objected(purpose, actor=actor).actor, automated=automated))
            else:
                made = objected(purpose, automated=automated, actor=actor)
                result = choose(house, Asked(subject=person(house, subject), choice=made))
        _answer(result, verbs.tongue, format)


def _add_impact(verbs: Verbs, group: typer.Typer) -> None:
    options = _Options(verbs)

    @group.command("impact", help=verbs.say(N_("Show what a withdrawal would stop and delete, before anybody decides.")))
    def impact_(
        subject: str = options.subject,
        purpose: str = options.purpose,
        channel: str | None = options.channel,
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.consents import cascade_of, impact_of, withdrawals

        with record(verbs) as house:
            who = person(house, subject)
            asked = withdrawals(house, purpose, channel)
            told, after = impact_of(house, who, asked), cascade_of(house, who, asked)
        if format is Format.JSON:
            write_json({"impact": _impact_json(told, verbs.tongue), "cascade": after.details()})
        else:
            _lines((*told.stopped(), *after.deleted(), *told.going_on(), *after.kept()), verbs.tongue)


def _add_shown(verbs: Verbs, group: typer.Typer) -> None:
    options = _Options(verbs)

    @group.command("show", help=verbs.say(N_("Show every choice of a person, the newest last.")))
    def show_(subject: str = options.subject, format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.consents import choices_of, stale

        with record(verbs) as house:
            who = person(house, subject)
            found, old = choices_of(house, who), stale(house, who)
        if format is Format.JSON:
            write_json({"choices": found, "stale": list(old)})
            return
        out = console()
        for one in found:
            about = {key: value for key, value in one.items() if key != "event"}
            out.print(f"{escape(event_words(one['at'], one['kind'], one['actor'], about, verbs.tongue))}  [dim]{one['event']}[/]")
        for purpose in old:
            out.print(escape(say(N_("to be asked anew: `{purpose}`"), purpose=purpose).render(verbs.tongue)))
        if not found:
            out.print(verbs.say(N_("this person chose nothing yet")), markup=False)

    @group.command("receipt", help=verbs.say(N_("Write the receipt of a choice (ISO/IEC TS 27560), of the last one if none is named.")))
    def receipt_(
        subject: str = options.subject,
        event: str | None = typer.Option(None, "--event", help=verbs.say(N_("The choice, by the id that `show` prints."))),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.receipts import event_named, receipt_of

        with record(verbs) as house:
            write_json(receipt_of(house, person(house, subject), event_named(event)))

    @group.command("export", help=verbs.say(N_("Write every consent record of a person (ISO/IEC TS 27560).")))
    def export_(subject: str = options.subject, data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.receipts import records_of

        with record(verbs) as house:
            write_json(list(records_of(house, person(house, subject))))

    @group.command("notices", help=verbs.say(N_("Print each published notice by version and language, with the digest that proves its text.")))
    def notices_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.consents import texts

        with record(verbs) as house:
            found = texts(house)
        if format is Format.JSON:
            write_json([{"notice": one.notice, "version": one.version, "language": one.language, "digest": one.digest} for one in found])
            return
        for one in found:
            console().print(escape(f"{one.notice}  {one.version}  {one.language}  {one.digest}"))


def _add_lists(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("import", help=verbs.say(N_("Take in a list from elsewhere (CSV or XLSX): every no first, and no message to anybody.")))
    def import_(
        file: Path = typer.Argument(..., show_default=False, help=verbs.say(N_("The list."))),
        map: Path = typer.Option(..., "--map", show_default=False, help=verbs.say(N_("What its columns and wordings mean (YAML)."))),
        dry_run: bool = typer.Option(False, "--dry-run", help=verbs.say(N_("Only say what would be recorded."))),
        background: bool = typer.Option(False, "--background", help=verbs.say(N_("Hand a long list to the workers; `janji job show` tells of it."))),
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.consent_lists import import_list, plan_list

        if background and not dry_run:
            hand_over(verbs, file, map, format)
            return
        with record(verbs) as house:
            found = plan_list(house, file, map)
            report = found.report() if dry_run else import_list(house, found).report()
        if format is Format.JSON:
            write_json(report)
            return
        out = console()
        for item in found.skipped:
            out.print(escape(say(N_("row {row}: {why}"), row=item.row, why=item.message).render(verbs.tongue)))
        for key, value in report.items():
            if isinstance(value, dict):
                for name, count in value.items():
                    out.print(escape(f"{verbs.tongue.translate(REPORT[key])} {verbs.tongue.translate(REPORT[name])}: {count}"))
            elif not isinstance(value, list):
                out.print(escape(f"{verbs.tongue.translate(REPORT[key])}: {value}"))

    @group.command("ask-again", help=verbs.say(N_("List those whose imported yes proves nothing and who have not answered since.")))
    def ask_again_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.consent_lists import to_ask_again

        with record(verbs) as house:
            found = to_ask_again(house)
        rows = [{"subject": f"sub_{one.subject}", "purpose": one.purpose, "channel": one.channel} for one in found]
        if format is Format.JSON:
            write_json(rows)
            return
        for row in rows:
            console().print(escape("  ".join(str(part) for part in row.values() if part)))
        if not rows:
            console().print(verbs.say(N_("nobody is to be asked again")), markup=False)


REPORT = {
    "source": N_("source"), "read": N_("rows read"), "mapped": N_("rows understood"), "duplicates": N_("said twice, merged"),
    "overruled": N_("yeses that a no of the list overrules"), "opt-out": N_("no"), "bounced": N_("dead address"),
    "grant": N_("yes with proof"), "legacy-unproven": N_("yes without proof, never counted"), "recorded": N_("new:"),
    "known-already": N_("recorded before"), "kept-out": N_("yeses that a no on record outweighs"),
    "suppressed": N_("about people who must not be imported"), "ages": N_("ages"), "ages-recorded": N_("new ages"),
    "children": N_("of whom children in quarantine"),
}  # fmt: skip


def _answer(result: Result, tongue: Tongue, format: Format) -> None:
    if format is Format.JSON:
        write_json(_result_json(result, tongue))
    else:
        _print_result(result, tongue)
    if result.recorded is None:
        raise typer.Exit(REJECTED_CODE)


def _print_result(result: Result, tongue: Tongue) -> None:
    if result.recorded is not None:
        told = say(N_("recorded: {event}, digest {digest}"), event=result.recorded.id, digest=result.recorded.digest)
        console().print(f"[bold green]{escape(told.render(tongue))}[/]")
        return
    out = console(stderr=True)
    for item in result.rejections:
        out.print(f"[bold red]{escape(item.code)}[/]: {escape(item.message.render(tongue))}")
        out.print(f"  [dim]{escape(', '.join((*item.clauses, tongue.cite(item.article))))}[/]")
        out.print(f"  [green]{tongue.translate(N_('help'))}[/]: {escape(item.help.render(tongue))}")


def _lines(words: tuple[Message, ...], tongue: Tongue) -> None:
    out = console()
    for word in words:
        out.print(escape(word.render(tongue)))


def _result_json(result: Result, tongue: Tongue) -> dict[str, Any]:
    found: dict[str, Any] = {"recorded": None, "rejections": [rejection_json(item, tongue) for item in result.rejections]}
    if result.recorded is not None:
        found["recorded"] = {"event": str(result.recorded.id), "version": result.recorded.version, "digest": result.recorded.digest}
    if result.cascade is not None:
        found["cascade"] = {**result.cascade.details(), "task": str(result.task)}
    return found


def _impact_json(told: Any, tongue: Tongue) -> dict[str, Any]:
    def row(one: Any) -> dict[str, Any]:
        return {"purpose": one.purpose, **({"channel": str(one.channel)} if one.channel else {}), "basis": str(one.basis)}

    return {"stops": [row(one) for one in told.stops], "continues": [row(one) for one in told.continues],
            "text": [word.render(tongue) for word in told.words()]}  # fmt: skip
