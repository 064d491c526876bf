"""The verbs about people and keys: `subject add`, `find`, `show`, `join`, `merge`, `forget` and the rest, `keys`."""

from __future__ import annotations

import sys

import typer

from janji.cli.guardians import add_guardians
from janji.cli.naming import IDENTIFIERS, PERSON, actor_option, day, name, number, pairs, period, person, record, tell
from janji.cli.output import Format, write_json
from janji.cli.persons import forgotten_json, person_json, print_forgotten, print_person
from janji.cli.verbs import ANSWER, KEEP, Verbs
from janji.decision.standing import KnownAge
from janji.errors import Invalid
from janji.ledger.events import Actor
from janji.people.guardians import Communication
from janji.people.identifiers import Suppressed
from janji.terms.messages import N_, say, series


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    subject = typer.Typer(help=verbs.say(N_("People: who is meant, what is known of them, what they are to one another.")),
                          no_args_is_help=True, context_settings={"help_option_names": ["--help", "-h"]})  # fmt: skip
    _add_found(verbs, subject)
    _add_identifiers(verbs, subject)
    _add_joins(verbs, subject)
    _add_merges(verbs, subject)
    _add_forget(verbs, subject)
    _add_ages(verbs, subject)
    _add_third_persons(verbs, subject)
    add_guardians(verbs, subject)
    verbs.app.add_typer(subject, name="subject", rich_help_panel=verbs.say(ANSWER))
    keys = typer.Typer(help=verbs.say(N_("The keys of the record: a new one in place of the old, and what time ends.")),
                       no_args_is_help=True, context_settings={"help_option_names": ["--help", "-h"]})  # fmt: skip
    _add_keys(verbs, keys)
    verbs.app.add_typer(keys, name="keys", rich_help_panel=verbs.say(KEEP))


# ----------------------------------------------------------------------------------------------------- found and shown


def _add_found(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("find", help=verbs.say(N_("Find a person by what identifies them.")))
    def find(
        who: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        with record(verbs) as house:
            tell(verbs, format, {"subject": name(person(house, who))})

    @group.command("show", help=verbs.say(N_("Show what is known of a person. Identifiers are masked.")))
    def show(
        who: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        reveal: str | None = typer.Option(
            None, "--reveal", metavar="PURPOSE",
            help=verbs.say(N_("Show identifiers in clear, for this purpose: the policy decides, and the use is recorded.")),
        ),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows import identity, people

        with record(verbs) as house:
            subject = person(house, who)
            found = people.show(house, subject) if reveal is None else identity.reveal(house, subject, reveal)
        if format is Format.JSON:
            write_json(person_json(found))
        else:
            print_person(found, verbs.tongue)


def _add_identifiers(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("add", help=verbs.say(N_("The person with these identifiers, made when nobody has them yet.")))
    def add_(
        identifiers: list[str] = typer.Argument(show_default=False, help=verbs.say(IDENTIFIERS)),
        actor: Actor = actor_option(verbs),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.people import subject_with

        with record(verbs) as house:
            tell(verbs, format, {"subject": name(subject_with(house, pairs(identifiers), actor))})

    @group.command("remove", help=verbs.say(N_("Take an identifier from a person; it is deleted.")))
    def remove(
        who: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        identifier: str = typer.Argument(show_default=False, help=verbs.say(IDENTIFIERS)),
        actor: Actor = actor_option(verbs),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.people import remove_identifier

        with record(verbs) as house:
            subject = person(house, who)
            kind, value = pairs([identifier])[0]
            done = remove_identifier(house, subject, kind, value, actor)
        tell(verbs, format, {"removed": done}, say(N_("removed")) if done else say(N_("the person does not have it")))


# ---------------------------------------------------------------------------------------------------- the identity graph


def _add_joins(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("join", help=verbs.say(N_("Let a cookie or a device stand for a person, for a purpose that the policy allows.")))
    def join(
        who: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        pseudonym: str = typer.Argument(show_default=False, help=verbs.say(N_("The browser or device: `cookie:` or `device:` and its value, or `-`."))),
        purpose: str = typer.Option(..., "--purpose", show_default=False, help=verbs.say(N_("The purpose that it is for."))),
        data: list[str] = typer.Option([], "--data", show_default=False, help=verbs.say(N_("Categories of data; all of the purpose's by default."))),
        actor: Actor = actor_option(verbs),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows import identity
        from janji.workflows.people import subjects_for

        with record(verbs) as house:
            target = person(house, who)
            source = subjects_for(house, pairs([pseudonym]))[0]
            found = identity.join(house, source, target, purpose, actor, data)
        tell(verbs, format, {"join": str(found.id), "purpose": found.purpose, "basis": found.basis},
             say(N_("joined for `{purpose}`, on the basis `{basis}`: {id}"), purpose=found.purpose, basis=found.basis, id=found.id))  # fmt: skip

    @group.command("unjoin", help=verbs.say(N_("Undo joins to a person: each cookie and device stands for itself again.")))
    def unjoin(
        who: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        purpose: str | None = typer.Option(None, "--purpose", help=verbs.say(N_("Only those for this purpose."))),
        actor: Actor = actor_option(verbs),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows import identity

        with record(verbs) as house:
            done = identity.unjoin_for(house, person(house, who), purpose, actor)
        tell(verbs, format, {"undone": [str(id) for id in done]}, say(N_("joins undone: {count}"), count=len(done)))


def _add_merges(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("merge", help=verbs.say(N_("Make two people one. Where the two differ, the no wins; `split` takes it back.")))
    def merge(
        survivor: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        other: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        actor: Actor = actor_option(verbs),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows import identity

        with record(verbs) as house:
            kept, gone = person(house, survivor), person(house, other)
            event = identity.merge(house, kept, gone, actor)
        tell(verbs, format, {"subject": name(kept), "merged": name(gone), "event": str(event)},
             say(N_("`{gone}` is `{kept}` from now on; take it back with `janji subject split {kept}`"), gone=name(gone), kept=name(kept)))  # fmt: skip

    @group.command("split", help=verbs.say(N_("Take a merge back. What was forbidden meanwhile is forbidden to both.")))
    def split(
        survivor: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        event: str | None = typer.Option(None, "--merge", metavar="EVENT", help=verbs.say(N_("Which merge, by its event; the last by default."))),
        actor: Actor = actor_option(verbs),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows import identity

        with record(verbs) as house:
            kept = person(house, survivor)
            back = identity.split(house, kept, actor, number(event) if event else None)
        tell(verbs, format, {"subject": name(kept), "revived": name(back)},
             say(N_("`{back}` is a person of their own again"), back=name(back)))  # fmt: skip


# ----------------------------------------------------------------------------------------------------------- forgotten


def _add_forget(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("forget", help=verbs.say(N_("Forget a person: destroy the content key, delete identifiers and standing. Final.")))
    def forget(
        who: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        told: list[Suppressed] = typer.Option(
            [], "--told", show_default=False,
            help=verbs.say(N_("What the person was told stays: that nobody contacts or imports them again.")),
        ),
        keep_evidence: str = typer.Option("P5Y", "--keep-evidence", metavar="PERIOD", help=verbs.say(N_("How long proof is kept under seal."))),
        keep_suppressed: str = typer.Option("P5Y", "--keep-suppressed", metavar="PERIOD", help=verbs.say(N_("How long what was told holds."))),
        yes: bool = typer.Option(False, "--yes", help=verbs.say(N_("Do not ask again."))),
        actor: Actor = actor_option(verbs),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows import forgetting

        with record(verbs) as house:
            subject = person(house, who)
            if not yes:
                _be_sure(verbs)
            found = forgetting.forget(house, subject, actor, told=told, keep_evidence=period(keep_evidence),
                                      keep_suppressed=period(keep_suppressed))  # fmt: skip
        if format is Format.JSON:
            write_json(forgotten_json(found))
        else:
            print_forgotten(found, verbs.tongue)


    @group.command("suppressed", help=verbs.say(N_("Whether somebody was told that an identifier is never contacted or imported again.")))
    def suppressed_(
        identifier: str = typer.Argument(show_default=False, help=verbs.say(IDENTIFIERS)),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.forgetting import suppressed

        with record(verbs) as house:
            named = pairs([identifier])
            found = {str(purpose): suppressed(house, purpose, named)[0] for purpose in Suppressed}
        words = [say(SUPPRESSED[name]) for name, held in found.items() if held]
        tell(verbs, format, found, series(words) if words else say(N_("nothing was promised of this identifier")))


SUPPRESSED = {"contact": N_("must not be contacted"), "import": N_("must not be imported")}
"""What somebody who was forgotten was told, in words."""


def _be_sure(verbs: Verbs) -> None:
    """Ask on the terminal; raises `Invalid` where nobody can answer."""
    if not sys.stdin.isatty():
        raise Invalid(say(N_("forgetting is final, and nobody is there to be asked")), say(N_("add `--yes`")))
    typer.confirm(verbs.say(N_("Forgetting is final. Go on?")), abort=True)


# -------------------------------------------------------------------------------------------------- ages, third persons


def _add_ages(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("age", help=verbs.say(N_("Record an age. A child without a guardian is quarantined at once.")))
    def age(
        who: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        born: str | None = typer.Option(None, "--born", metavar="DATE", help=verbs.say(N_("The date of birth, or `-`; kept under seal."))),
        attested: KnownAge | None = typer.Option(None, "--attested", help=verbs.say(N_("Adult or child, where no date is asked."))),
        actor: Actor = actor_option(verbs),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows import guardians

        if (born is None) == (attested is None):
            raise Invalid(say(N_("an age is a date of birth, or adult or child")), say(N_("give one of `--born` and `--attested`")))
        with record(verbs) as house:
            subject = person(house, who)
            if born is not None:
                found = guardians.record_age(house, subject, day(born), actor)
            else:
                found = guardians.attest_age(house, subject, attested or KnownAge.CHILD, actor)
        held = {"age": str(found.state), **({"group": found.band} if found.band else {}),
                **({"erasure": str(found.erasure)} if found.erasure else {})}  # fmt: skip
        quarantined = say(N_("a child without a guardian: in quarantine, and to be erased unless a guardian consents in time"))
        tell(verbs, format, held, quarantined if found.erasure else say(N_("recorded")))


def _add_third_persons(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("assert", help=verbs.say(N_("Record somebody of whom a person speaks: unverified, no marketing, a notice is owed.")))
    def assert_(
        speaker: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        identifiers: list[str] = typer.Argument(show_default=False, help=verbs.say(IDENTIFIERS)),
        born: str | None = typer.Option(None, "--born", metavar="DATE", help=verbs.say(N_("The date of birth, or `-`; kept under seal."))),
        actor: Actor = actor_option(verbs),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows import guardians

        with record(verbs) as house:
            by = person(house, speaker)
            named = pairs(identifiers)
            found = guardians.assert_person(house, by, named, actor, day(born) if born else None)
            tell(verbs, format, {"subject": name(found)})

    @group.command("verify", help=verbs.say(N_("Record that a person of whom somebody else spoke has spoken themselves.")))
    def verify(
        who: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows import guardians

        with record(verbs) as house:
            done = guardians.verify_person(house, person(house, who))
        tell(verbs, format, {"verified": done}, say(N_("recorded")) if done else say(N_("nobody had spoken of this person")))

    @group.command("communication", help=verbs.say(N_("Record the form of communication that a person asks for; none takes it back.")))
    def communication(
        who: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        form: Communication | None = typer.Argument(None, show_default=False, help=verbs.say(N_("The form asked for."))),
        actor: Actor = typer.Option(Actor.PERSON, "--actor", help=verbs.say(N_("Who acts, as it is recorded."))),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.people import choose_communication

        with record(verbs) as house:
            choose_communication(house, person(house, who), form, actor)
        tell(verbs, format, {"recorded": True}, say(N_("recorded")))


# ---------------------------------------------------------------------------------------------------------------- keys


def _add_keys(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("rotate", help=verbs.say(N_("Put a new key-encryption key in place of the old: keys are wrapped again, data stay.")))
    def rotate(
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang()
    ) -> None:
        from janji.workflows.forgetting import rotate_record

        done = rotate_record(verbs.runtime)
        tell(verbs, format, {"former": done.former, "keeper": done.keeper, "secrets": done.secrets, "keys": done.keys},
             say(N_("keys wrapped again by `{keeper}`: {secrets} of the house, {keys} of people"), keeper=done.keeper,
                 secrets=done.secrets, keys=done.keys))  # fmt: skip

    @group.command("sweep", help=verbs.say(N_("Do what time brings: evidence at its end destroyed, suppressions over, keys gone further.")))
    def sweep(
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang()
    ) -> None:
        from janji.workflows.forgetting import sweep_record

        with record(verbs) as house:
            done = sweep_record(house)
        held = {"finished": done.finished, "of_age": done.of_age, "evidence": done.evidence, "expired": done.expired,
                "rewritten": done.rewritten, "recycled": done.recycled}  # fmt: skip
        tell(verbs, format, held, say(
            N_("come of age: {of_age}; evidence keys destroyed: {evidence}; suppressions over: {expired}; keys rewritten: {rewritten}, recycled: {recycled}"),
            **held,
        ))  # fmt: skip
