"""What a check found, gathered as diagnostics."""

from __future__ import annotations

from dataclasses import dataclass, field

from janji.errors import Diagnostic
from janji.terms.messages import Message
from janji.terms.places import Place
from janji.terms.processing import Severity


@dataclass(slots=True)
class Report:
    """Diagnostics in the order found."""

    found: list[Diagnostic] = field(default_factory=list)

    def error(self, code: str, place: Place, message: Message, help: Message) -> None:
        """Report what makes the policy invalid."""
        self.found.append(Diagnostic(code, Severity.ERROR, message, place, help))

    def warn(self, code: str, place: Place, message: Message, help: Message) -> None:
        """Report what a person must decide."""
        self.found.append(Diagnostic(code, Severity.WARNING, message, place, help))

    def info(self, code: str, place: Place, message: Message, help: Message) -> None:
        """Report what may be meant."""
        self.found.append(Diagnostic(code, Severity.INFO, message, place, help))
