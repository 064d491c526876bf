"""A text that a policy or a law pack carries in one or more languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Pairs of language (`en`, `id`, or empty when none was named) and text, in the order written."""

    versions: tuple[tuple[str, str], ...] = ()

    def get(self, language: str) -> str:
        """The text in `language`, else the first one written, else nothing."""
        for lang, text in self.versions:
            if lang == language:
                return text
        return self.versions[0][1] if self.versions else ""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages named, without the unnamed one."""
        return tuple(lang for lang, _ in self.versions if lang)

    def __bool__(self) -> bool:
        return bool(self.versions)
