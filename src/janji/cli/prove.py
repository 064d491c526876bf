"""The verb `prove`: which promises are kept, what shows it, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape

from janji.assurance.board import Line, State
from janji.assurance.words import STATES, checks
from janji.cli.naming import record, tell
from janji.cli.output import HELP, Format, console, write_json
from janji.cli.verbs import PROVE, Verbs
from janji.documents.shapes import nearest
from janji.errors import Invalid, Refusal
from janji.ledger.events import stamp
from janji.terms.messages import N_, Tongue, printable, say

if TYPE_CHECKING:
    from janji.workflows.promises import Proven

BROKEN = 1
COLOURS = {State.KEPT: "green", State.BROKEN: "bold red", State.UNPROVEN: "yellow", State.NOT_A_PROMISE: "dim"}
SHORT = 100
"""How much of a clause is shown beside its number."""
DIFFER, MISSING, EVIDENCE = N_("Law and promise differ:"), N_("missing:"), N_("newest evidence: {event}, {at}")
MOST = 3
"""How much of what is wrong is shown of one clause; JSON and report have all of it."""


def add(verbs: Verbs) -> None:
    """Add the verb."""

    @verbs.app.command("prove", rich_help_panel=verbs.say(PROVE), help=verbs.say(N_(
        "Say of every promise whether it is kept, what shows it and what is missing; exits 1 when one is broken.")))  # fmt: skip
    def prove(
        policy: Path | None = typer.Option(None, "--policy", show_default=False, help=verbs.say(N_("A policy to look at by itself; the one in force when it is not given."))),
        state: list[State] = typer.Option([], "--state", show_default=False, help=verbs.say(N_("Only promises in this state; can be given again."))),
        clause: list[str] = typer.Option([], "--clause", metavar="ID", show_default=False, help=verbs.say(N_("Only this clause; can be given again."))),
        output: Path | None = typer.Option(None, "--out", "-o", show_default=False, help=verbs.say(N_("The folder to write the signed report into: page, JSON and proofs."))),
        check: Path | None = typer.Option(None, "--check", show_default=False, help=verbs.say(N_("A folder with a report: say whether it is as it was signed. Needs no record."))),
        key: str | None = typer.Option(None, "--key", show_default=False, help=verbs.say(N_("The ledger's verifier key to check with, or a file with it."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        if check is not None:
            _check(verbs, check, key, format)
            return
        from janji.workflows.policies import open_policy
        from janji.workflows.promises import prove as prove_house
        from janji.workflows.promises import prove_policy, write_report

        written: tuple[Path, ...] = ()
        if policy is not None:
            if output is not None:
                raise Refusal(say(N_("a policy by itself has no key to sign a report with")), say(N_("publish it with `janji policy publish`, and leave out `--policy`")))
            proven = prove_policy(open_policy(policy), verbs.runtime.now())
            _known(proven, clause)
        else:
            with record(verbs) as house:
                proven = prove_house(house)
                _known(proven, clause)
                if output is not None:
                    written = write_report(house, proven, output, verbs.tongue).files
        shown = [line for line in proven.board.lines if (not state or line.state in state) and (not clause or line.id in clause)]
        _tell(proven, shown, written, format, verbs.tongue)
        if proven.board.broken:
            raise typer.Exit(BROKEN)


def _known(proven: Proven, clauses: list[str]) -> None:
    """Raises `Invalid` for a clause that the board does not have."""
    known = [line.id for line in proven.board.lines]
    for name in clauses:
        if name not in known:
            raise Invalid(say(N_("there is no clause `{clause}` in the policy"), clause=name), nearest(name, known))


def _check(verbs: Verbs, folder: Path, key: str | None, format: Format) -> None:
    from janji.workflows.audits import verify_report

    if key is None:
        raise Invalid(say(N_("`{option}` is missing"), option="--key"), say(N_("give the ledger's verifier key; `janji ledger show` prints it")))
    event = verify_report(folder, key)
    held = {"signed": True, "proven": event is not None, **({"event": event.id} if event is not None else {})}
    whole = say(N_("the report is as it was signed, and stands in the ledger"))
    tell(verbs, format, held, whole if event is not None else say(N_("the report is as it was signed; no proof lies beside it: the ledger was not whole, or the proof was taken out")))


def _tell(proven: Proven, shown: list[Line], written: tuple[Path, ...], format: Format, tongue: Tongue) -> None:
    from janji.workflows.promises import summary

    if format is Format.JSON:
        held = proven.json(tongue)
        names = {line.id for line in shown}
        write_json({**held, "items": [one for one in held["items"] if one["id"] in names], **({"files": list(map(str, written))} if written else {})})
        return
    out = console()
    for line in shown:
        _line(line, tongue, out)
    if not shown:
        out.print(escape(tongue.translate(N_("There is no such promise."))))
    out.print(f"[bold]{escape(summary(proven.board).render(tongue))}[/]")
    for path in written:
        out.print(escape(say(N_("written: `{path}`"), path=path).render(tongue)))


def _line(line: Line, tongue: Tongue, out: Console) -> None:
    says = printable(line.says.get(tongue.language))
    short = says if len(says) <= SHORT else f"{says[: SHORT - 1]}…"
    out.print(f"[{COLOURS[line.state]}]{escape(tongue.translate(STATES[line.state]))}[/]  [bold]{escape(line.id)}[/]  {escape(short)}")
    for message, help_ in [*dict.fromkeys((one.says, one.help) for one in line.wrong)][:MOST]:
        out.print(f"  {escape(message.render(tongue))}")
        if help_ is not None:
            out.print(f"  [green]{escape(tongue.translate(HELP))}[/]: {escape(help_.render(tongue))}")
    for message in line.differs[:MOST]:
        out.print(f"  [yellow]{escape(tongue.translate(DIFFER))}[/] {escape(message.render(tongue))}")
    for lacking in line.missing[:MOST]:
        out.print(f"  [yellow]{escape(tongue.translate(MISSING))}[/] {escape(lacking.says.render(tongue))}")
    latest = line.latest
    evidence = () if latest is None or latest.at is None else (say(EVIDENCE, event=latest.event, at=stamp(latest.at)).render(tongue),)
    out.print(f"  [dim]{escape(' · '.join((', '.join(checks(line)), *evidence)))}[/]")
