"""The verbs `subject guardian`: named, verified, consenting, withdrawing, revoked."""

from __future__ import annotations

import typer

from janji.cli.naming import PERSON, actor_option, number, person, record, tell
from janji.cli.output import Format
from janji.cli.verbs import Verbs
from janji.ledger.events import Actor
from janji.people.guardians import Proof, Relation
from janji.terms.messages import N_, say

LINK = N_("The link to the guardian, as `name` gave it.")


def add_guardians(verbs: Verbs, subject: typer.Typer) -> None:
    """Add the group to the verbs about people."""
    group = typer.Typer(help=verbs.say(N_("Guardians of children, and who helps persons with disabilities.")), no_args_is_help=True,
                        context_settings={"help_option_names": ["--help", "-h"]})  # fmt: skip
    _add_named(verbs, group)
    _add_consent(verbs, group)
    subject.add_typer(group, name="guardian")


def _add_named(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("name", help=verbs.say(N_("Note who is said to be somebody's parent, guardian or companion.")))
    def name_(
        ward: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        guardian: str = typer.Argument(show_default=False, help=verbs.say(PERSON)),
        relation: Relation = typer.Option(..., "--relation", show_default=False, help=verbs.say(N_("What they are to the person."))),
        actor: Actor = actor_option(verbs),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.guardians import name_guardian

        with record(verbs) as house:
            tell(verbs, format, {"link": str(name_guardian(house, person(house, ward), person(house, guardian), relation, actor))})

    @group.command("verify", help=verbs.say(N_("Note that a guardian was verified, and by what.")))
    def verify(
        link: str = typer.Argument(show_default=False, help=verbs.say(LINK)),
        proofs: list[Proof] = typer.Option(..., "--proof", show_default=False, help=verbs.say(N_("What was shown; give it once for each."))),
        reference: str | None = typer.Option(None, "--reference", help=verbs.say(N_("Where it is filed; kept under seal."))),
        actor: Actor = actor_option(verbs),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.guardians import verify_guardian

        with record(verbs) as house:
            verify_guardian(house, number(link), proofs, actor, {"reference": reference} if reference else None)
        tell(verbs, format, {"state": "verified"}, say(N_("verified; the guardian's consent is another step")))


def _add_consent(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("consent", help=verbs.say(N_("Record the consent of a verified guardian; a quarantine for want of it is lifted.")))
    def consent(
        link: str = typer.Argument(show_default=False, help=verbs.say(LINK)),
        reference: str | None = typer.Option(None, "--reference", help=verbs.say(N_("Where it is filed; kept under seal."))),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.guardians import guardian_consents

        with record(verbs) as house:
            guardian_consents(house, number(link), {"reference": reference} if reference else None)
        tell(verbs, format, {"recorded": True}, say(N_("recorded")))

    @group.command("withdraw", help=verbs.say(N_("Record that a guardian withdraws consent; a child is quarantined at once.")))
    def withdraw(
        link: str = typer.Argument(show_default=False, help=verbs.say(LINK)),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.guardians import guardian_withdraws

        with record(verbs) as house:
            erasure = guardian_withdraws(house, number(link))
        tell(verbs, format, {"recorded": True, **({"erasure": str(erasure)} if erasure else {})}, say(N_("recorded")))

    @group.command("revoke", help=verbs.say(N_("End the link to a guardian for good; a child is quarantined at once.")))
    def revoke(
        link: str = typer.Argument(show_default=False, help=verbs.say(LINK)),
        actor: Actor = actor_option(verbs),
        data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.guardians import revoke_guardian

        with record(verbs) as house:
            erasure = revoke_guardian(house, number(link), actor)
        tell(verbs, format, {"recorded": True, **({"erasure": str(erasure)} if erasure else {})}, say(N_("recorded")))
