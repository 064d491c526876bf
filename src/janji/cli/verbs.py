"""What every verb shares: the application, the runtime, the groups of verbs and the options they have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import typer

from janji.cli.output import Format
from janji.terms.messages import N_, Tongue
from janji.workflows.runtime import Runtime

READ = N_("Read: what is promised, and is it sound?")
ASK = N_("Ask: may this be done?")
TELL = N_("Tell: what people and machines are told")
ANSWER = N_("Answer: what people ask of us")
PROVE = N_("Prove: what was done")
KEEP = N_("Keep: the record and its care")


@dataclass(frozen=True, slots=True)
class Verbs:
    """The application being built and the runtime its verbs work in."""

    app: typer.Typer
    runtime: Runtime

    @property
    def tongue(self) -> Tongue:
        """The language of the user."""
        return self.runtime.tongue

    def say(self, message: str) -> str:
        """A message in the user's language."""
        return self.tongue.translate(message)

    def lang(self) -> Any:
        """The option `--lang`; it is acted on before the command line is parsed."""
        return typer.Option(
            self.tongue.language,
            "--lang",
            metavar="en|id",
            show_default=False,
            help=self.say(N_("Language of everything shown.")),
        )

    def data_dir(self) -> Any:
        """The option `--data-dir`; it is acted on before the command line is parsed."""
        return typer.Option(
            None, "--data-dir", metavar="FOLDER", show_default=False,
            help=self.say(N_("Where keys and database are; by default `JANJI_DATA_DIR`, or `janji` in the user's data.")),
        )  # fmt: skip

    def format(self) -> Any:
        """The option `--format`."""
        return typer.Option(Format.TEXT, "--format", help=self.say(N_("How the answer is written.")))

    def policy(self) -> Any:
        """The option `--policy`."""
        return typer.Option(
            self.runtime.settings.policy,
            "--policy",
            show_default=True,
            help=self.say(N_("The policy: its folder or first file.")),
        )

    def folder(self) -> Any:
        """The policy as an argument."""
        return typer.Argument(
            self.runtime.settings.policy, show_default=True, help=self.say(N_("The policy: its folder or first file."))
        )
