"""The verbs about published versions of the policy: `policy publish`, `notice`, `list`, `show`, `diff`, `files`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import typer
from rich.markup import escape

from janji.cli.naming import record
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import KEEP, Verbs
from janji.errors import Invalid
from janji.ledger.events import stamp
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.words import on_day
from janji.versions.changes import audience_words

if TYPE_CHECKING:
    from janji.workflows.publishing import Notice, NoticeRow, PolicyRow


def add(verbs: Verbs) -> None:
    """Add the group of verbs about published versions."""
    group = typer.Typer(help=verbs.say(N_("The versions of the policy: put one in force, tell people before, look at them.")),
                        no_args_is_help=True)  # fmt: skip
    verbs.app.add_typer(group, name="policy", rich_help_panel=verbs.say(KEEP))
    _add_publish(verbs, group)
    _add_notice(verbs, group)
    _add_list(verbs, group)
    _add_files(verbs, group)


def _add_publish(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("publish", help=verbs.say(N_("Put a policy in force: it is checked, kept whole, and never changed again.")))
    def publish_(
        policy: Path = verbs.folder(),
        notice_job: str | None = typer.Option(None, "--notice-job", show_default=False, help=verbs.say(N_(
            "The job by which people were told of a material change; `janji policy notice` opens it."))),
        ask_ages_again: bool = typer.Option(False, "--ask-ages-again", help=verbs.say(N_(
            "Where children are older people from now on, take nobody for an adult until the age is recorded anew."))),
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.publishing import publish

        with record(verbs) as house:
            done = publish(house, policy, job_id(notice_job) if notice_job else None, ask_ages_again)
        if format is Format.JSON:
            write_json({**_version_json(done.row), "ages_asked_again": done.asked_again})
            return
        out, row = console(), done.row
        text = say(N_("`{policy}` {version} is in force: number {number}, digest {digest}"), policy=row.policy, version=row.version,
                   number=row.number, digest=row.digest[:16])  # fmt: skip
        out.print(f"[bold green]{escape(text.render(verbs.tongue))}[/]")
        if done.asked_again:
            _say(say(N_("people whose age must be asked again: {people}"), people=done.asked_again), verbs.tongue)


def _add_notice(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("notice", help=verbs.say(N_(
        "Open the job of telling people of a material change before it is published, or close it with evidence.")))
    def notice_(
        policy: Path = verbs.folder(),
        done: str | None = typer.Option(None, "--done", metavar="JOB", show_default=False, help=verbs.say(N_("Close this job."))),
        evidence: str | None = typer.Option(None, "--evidence", show_default=False, help=verbs.say(N_(
            "What shows that people were told: a file, or a sentence. Its SHA-256 is kept; keep the file."))),
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.publishing import finish_notice, open_notice, read_evidence

        if (done is None) is not (evidence is None):
            raise Invalid(say(N_("a job is closed by `--done` with `--evidence`")), say(N_("give both, or neither to open one")))
        with record(verbs) as house:
            if done is not None and evidence is not None:
                row = finish_notice(house, job_id(done), read_evidence(evidence))
            else:
                opened = open_notice(house, policy)
                row = opened.job
                if format is Format.TEXT:
                    _print_notice(opened, verbs.tongue)
                    return
        if format is Format.JSON:
            write_json(_job_json(row))
        else:
            _say(say(N_("the notice job `{job}` is done; publish with `--notice-job {job}`"), job=f"job_{row.id}"), verbs.tongue)


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("Show every version that was published, the newest first.")))
    def list_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.publishing import versions

        with record(verbs):
            rows = versions()
        if format is Format.JSON:
            write_json({"items": [_version_json(row) for row in rows]})
            return
        for row in rows:
            _say(_version_line(row), verbs.tongue)
        if not rows:
            _say(say(N_("no policy is published yet")), verbs.tongue)

    @group.command("show", help=verbs.say(N_("Show one published version and its files.")))
    def show_(
        number: int = typer.Argument(..., show_default=False, help=verbs.say(N_("The number of the version."))),
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.publishing import published_row

        with record(verbs):
            row = published_row(number)
        if format is Format.JSON:
            write_json({**_version_json(row), "files": row.files})
            return
        _say(_version_line(row), verbs.tongue)
        for name in row.files:
            _say(say(N_("file: {name}"), name=name), verbs.tongue)

    @group.command("diff", help=verbs.say(N_("Compare two published versions, as `janji diff` does.")))
    def diff_(
        old: int = typer.Argument(..., show_default=False, help=verbs.say(N_("The number of the older version."))),
        new: int = typer.Argument(..., show_default=False, help=verbs.say(N_("The number of the newer version."))),
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.cli.versions import diff_text
        from janji.workflows.publishing import compare_published
        from janji.workflows.versions import diff_json

        with record(verbs):
            published, found = compare_published(old, new)
        if format is Format.JSON:
            write_json(diff_json(published.policy, found, verbs.tongue))
        else:
            sys.stdout.write(diff_text(published.policy, found, verbs.tongue))


def _add_files(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("files", help=verbs.say(N_("Write a published version into a folder as it was, with the layout of the record.")))
    def files_(
        number: int = typer.Argument(..., show_default=False, help=verbs.say(N_("The number of the version."))),
        output: Path = typer.Option(..., "-o", "--output", show_default=False, help=verbs.say(N_("Write into this folder."))),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.publishing import write_version

        with record(verbs):
            written = write_version(number, output)
        for path in written:
            _say(say(N_("written: `{path}`"), path=path), verbs.tongue)


def job_id(text: str) -> UUID:
    """The id of a notice job, with or without its prefix; raises `Invalid` for anything else."""
    try:
        return UUID(text.removeprefix("job_"))
    except ValueError:
        raise Invalid(
            say(N_("`{word}` is not the id of a notice job"), word=text), say(N_("`janji policy notice` says it when it opens one"))
        ) from None


def _print_notice(notice: Notice, tongue: Tongue) -> None:
    change, job = notice.change, notice.job
    _say(say(N_("notice job `{job}`: people to tell before {day}: {people}"), job=f"job_{job.id}", day=on_day(change.effective),
             people=job.people), tongue)  # fmt: skip
    for owed in change.owed:
        _say(audience_words(change, owed), tongue)
    for stale in notice.stale:
        _say(say(N_("consents to ask for anew: `{purpose}`, of people: {people}"), purpose=stale.purpose, people=stale.people), tongue)
    then = N_("tell them, then `janji policy notice --done {job} --evidence FILE`")
    _say(say(N_("done already, publish with `--notice-job {job}`") if job.done else then, job=f"job_{job.id}"), tongue)


def _version_line(row: PolicyRow) -> Message:
    return say(N_("{number}: `{policy}` {version}, published {at}, digest {digest}"), number=row.number, policy=row.policy,
               version=row.version, at=stamp(row.published), digest=row.digest)  # fmt: skip


def _version_json(row: PolicyRow) -> dict[str, Any]:
    return {
        "number": row.number, "policy": row.policy, "version": row.version, "digest": row.digest, "layout": len(row.layout),
        "effective": str(row.effective), "published": stamp(row.published), "event": str(row.event),
    }  # fmt: skip


def _job_json(row: NoticeRow) -> dict[str, Any]:
    held = {
        "job": f"job_{row.id}", "old": row.old, "new": row.new, "opened": stamp(row.opened), "people": row.people,
        "done": stamp(row.done) if row.done else None, "evidence_digest": row.evidence or None,
    }  # fmt: skip
    return {name: part for name, part in held.items() if part is not None}


def _say(message: Message, tongue: Tongue) -> None:
    console().print(escape(message.render(tongue)))
