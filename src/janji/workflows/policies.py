"""A policy opened: read from its folder, held against its law pack, compiled; and its layout published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from janji.decision.compiler import CompiledPolicy, compile_policy
from janji.decision.layout import Layout, layout_keys
from janji.errors import Diagnostic, Invalid
from janji.files.laws import law_names, load_law
from janji.files.policies import LAYOUT, publish_layout, read_folder
from janji.law.model import LawPack
from janji.policy.checker import Checked, check
from janji.policy.model import Policy
from janji.policy.parser import Parsed
from janji.terms.messages import N_, say
from janji.terms.places import Place
from janji.terms.processing import Severity


@dataclass(frozen=True)
class Opened:
    """A policy as found: what was parsed, what the check said, its law, and the layout published beside it."""

    folder: Path
    parsed: Parsed
    checked: Checked
    law: LawPack | None
    published: Layout | None

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that was found, the state of the layout included, with files as seen from the working folder."""
        found = self.checked.diagnostics + self._layout_behind()
        return tuple(replace(item, place=self._seen(item.place)) for item in found)

    @property
    def errors(self) -> int:
        """How many of the diagnostics are errors."""
        return sum(1 for item in self.diagnostics if item.severity is Severity.ERROR)

    @property
    def warnings(self) -> int:
        """How many of the diagnostics are warnings."""
        return sum(1 for item in self.diagnostics if item.severity is Severity.WARNING)

    def _seen(self, place: Place) -> Place:
        return replace(place, file=str(self.folder / place.file)) if place.file else place

    def _layout_behind(self) -> tuple[Diagnostic, ...]:
        policy, law = self.checked.policy, self.law
        if policy is None or law is None or self.published is None:
            return ()
        missing = {key for key in layout_keys(policy, law) if key not in self.published}
        if not missing:
            return ()
        return (
            Diagnostic(
                "layout-behind", Severity.WARNING,
                say(N_("the published layout lacks what this policy needs, entries: {count}"), count=len(missing)),
                Place(LAYOUT), say(N_("`janji layout --write` adds them at its end")),
            ),
        )  # fmt: skip

    @cached_property
    def compiled(self) -> CompiledPolicy:
        """The policy ready to decide; raises `Invalid` with the diagnostics when it has errors."""
        policy, law = self.whole
        compiled, _ = compile_policy(policy, law, self.published)
        return compiled

    @property
    def whole(self) -> tuple[Policy, LawPack]:
        """Policy and law; raises `Invalid` with the diagnostics when the policy has errors."""
        if self.checked.policy is None or self.law is None:
            raise Invalid(
                say(N_("the policy has mistakes: {count}"), count=self.errors),
                say(N_("`janji check` shows each with its place and help")),
                self.diagnostics,
            )
        return self.checked.policy, self.law


_WRITTEN = (".yaml", ".yml")
"""How the names of policy files end."""


def open_policy(path: Path) -> Opened:
    """Read and check the policy at `path`, a folder or first file. Mistakes in it are diagnostics, not exceptions."""
    folder = read_folder(path)
    law = load_law(folder.parsed.policy.law) if folder.parsed.policy is not None else None
    parsed = folder.parsed if law is not None or path.is_dir() or path.suffix.lower() in _WRITTEN else _taken_for_text(path, folder.parsed)
    return Opened(folder.path, parsed, check(parsed, law), law, folder.layout)


def _taken_for_text(path: Path, parsed: Parsed) -> Parsed:
    """What was found in a file that nothing was understood of, as long as it is there: it may be the text that people read."""
    if parsed.policy is not None or not path.is_file():
        return parsed
    help = say(N_("for the text that people read, ask `janji lint {file}`; `janji import {file} -o my-policy` begins a policy file from it"), file=path)
    return replace(parsed, diagnostics=tuple(replace(one, help=help) for one in parsed.diagnostics))


def write_published_layout(opened: Opened) -> Path:
    """Publish the layout of an opened policy beside it and give its path; see `files.policies.publish_layout`."""
    return publish_layout(opened.folder, opened.compiled.layout)


def laws() -> tuple[LawPack, ...]:
    """Every law pack there is, by name."""
    return tuple(pack for pack in map(load_law, law_names()) if pack is not None)


def named_law(name: str) -> LawPack:
    """The law pack called `name`; raises `Invalid` with the names there are when there is none."""
    pack = load_law(name)
    if pack is None:
        words = ", ".join(f"`{item}`" for item in law_names())
        raise Invalid(say(N_("there is no law pack `{law}`"), law=name), say(N_("known here: {words}"), words=words))
    return pack
