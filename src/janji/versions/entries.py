"""Entries of two versions held side by side: what was added, what was dropped, and every field that differs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from janji.policy.model import ChildAccess, Clause, Entry, Policy, Purpose, RetentionRule, TouchpointField, Transfer
from janji.terms.messages import N_, Message, say
from janji.terms.periods import Period
from janji.terms.texts import Text
from janji.versions.changes import Aspect, Change, Effect, Material
from janji.versions.fields import EVERY, FIELDS, KINDS, Said
from janji.versions.words import Names, called, listed, plain, row, word

Weigh = Callable[[Aspect, bool, Effect, tuple[str, ...]], Material | None]
"""Whether a change is material: its aspect, whether caution counts, its effect, and the purposes it is about."""

ADDED, DROPPED = N_("{what} is new"), N_("{what} is dropped")
MORE, LESS = N_("{what}: {field} now also {names}"), N_("{what}: {field} no longer {names}")
CHANGED = N_("{what}: {field}: now {new}, before {old}")
GIVEN, GONE = N_("{what}: {field}: now {new}, before none"), N_("{what}: {field}: none now, before {old}")
REWORDED, REORDERED = N_("{what}: {field} is worded otherwise"), N_("{what}: {field} stands in another order")
ANOTHER = N_("{what}: {field} is another one now")

_REACH = (ChildAccess.NEVER, ChildAccess.GUARDIAN, ChildAccess.OPEN)
_SCHEDULE = frozenset({"period", "trigger", "then", "data", "purposes"})


@dataclass(frozen=True, slots=True)
class _At:
    """Where the walk stands: the path, what people call it, the clauses of it, and the purposes it is about."""

    path: str
    what: Message
    clauses: tuple[str, ...]
    purposes: tuple[str, ...]


class Entries:
    """Walks two policies. `settled` are retention rules whose effect is told purpose by purpose elsewhere."""

    def __init__(self, names: Names, weigh: Weigh, old: Policy, settled: Collection[str]) -> None:
        self.names, self.weigh, self.old, self.settled = names, weigh, old, settled

    def changes(self, one: Policy, two: Policy) -> Iterator[Change]:
        """Every difference of two policies, each with what it is about; places in files are none."""
        yield from self._inside(_At("policy", say(KINDS[Policy].label), (), ()), one, two)

    def _inside(self, at: _At, one: Any, two: Any) -> Iterator[Change]:
        for part in fields(one):
            before, after = getattr(one, part.name), getattr(two, part.name)
            if not part.compare or before == after:
                continue
            path = part.name if at.path == "policy" else f"{at.path}.{part.name}"
            if isinstance(before, Mapping):
                for key in dict.fromkeys((*before, *after)):
                    yield from self._pair(f"{path}.{key}", at, before.get(key), after.get(key))
            elif isinstance(before or after, Entry) or type(before) in KINDS:
                yield from self._pair(path, at, before, after)
            else:
                yield from self._field(at, path, type(one), part.name, before, after)

    def _pair(self, path: str, at: _At, one: Any, two: Any) -> Iterator[Change]:
        """Two of a kind; where they are not entries they are texts under a name."""
        held = one if two is None else two
        if one == two:
            return
        if isinstance(held, Text):
            yield self._change("reworded" if one and two else "more" if two else "less", at, path,
                               say(REWORDED, what=at.what, field=plain(path.rsplit(".", 1)[-1])), FIELDS_OF_NOTICE,
                               Effect.ALTERS)  # fmt: skip
            return
        here = _At(path, self._called(at, path, held), tuple(map(str, getattr(held, "clauses", ()))),
                   at.purposes if "." in at.path else self._about(path, one))  # fmt: skip
        if one is not None and two is not None:
            yield from self._inside(here, one, two)
            return
        kind = KINDS[type(held)]
        code, text, sign = ("added", ADDED, kind.more) if one is None else ("dropped", DROPPED, -kind.more)
        said = Said(kind.label, kind.aspect, cautious=kind.cautious)
        if isinstance(held, RetentionRule):
            if held.id in self.settled:
                return
            said = Said(kind.label)
        yield self._change(code, here, path, say(text, what=here.what), said, _effect(sign))

    def _called(self, at: _At, path: str, held: Any) -> Message:
        section, _, key = path.partition(".")
        if isinstance(held, TouchpointField):
            section, key = "data", held.data
        title: Text | Message = plain(key) if isinstance(held, Clause) else called(self.names, section, key)
        if isinstance(held, Transfer):
            title = say(N_("{recipient} in {country}"), recipient=listed(self.names, "recipients", held.recipients),
                        country=listed(self.names, "countries", held.countries))  # fmt: skip
        return say(KINDS[type(held)].label, title=title, whole=at.what)

    def _about(self, path: str, held: Any) -> tuple[str, ...]:
        """The purposes of the older version that an entry is about; none when it is about everybody or nobody yet."""
        section, _, key = path.partition(".")
        all_of = self.old.purposes.values()
        if isinstance(held, Purpose):
            return (key,)
        if section == "data":
            return tuple(item.id for item in all_of if key in item.data)
        if section == "notices":
            return tuple(item.id for item in all_of if item.notice == key)
        if section == "channels":
            return tuple(item.id for item in all_of if key in item.channels)
        if section == "transfers" and held is not None and not held.purposes:
            parties = (self.old.recipients.get(name) for name in held.recipients)
            return tuple(dict.fromkeys(name for party in parties if party for name in party.purposes))
        if section == "prohibitions":
            return ()
        one = getattr(held, "purpose", None)
        return (one,) if isinstance(one, str) else tuple(getattr(held, "purposes", ()))

    def _field(self, at: _At, path: str, kind: type, name: str, before: Any, after: Any) -> Iterator[Change]:
        said = EVERY[name] if name in EVERY else FIELDS[kind][name]
        if kind is RetentionRule and name in _SCHEDULE:
            if at.path.partition(".")[2] in self.settled:
                return
            said = Said(said.label, refers=said.refers)
        what, label = at.what, say(said.label)
        if said.person:
            yield self._change("changed", at, path, say(ANOTHER, what=what, field=label), said, Effect.ALTERS)
        elif isinstance(before, Text) or isinstance(after, Text):
            yield self._change("reworded", at, path, say(REWORDED, what=what, field=label), said, Effect.ALTERS)
        elif isinstance(before, tuple) and not (said.empty_is_all and (not before or not after)):
            yield from self._names(at, path, said, before, after)
        elif isinstance(before, tuple):
            old, new = (self._row(said, items) if items else say(N_("all")) for items in (before, after))
            yield self._change("changed", at, path, say(CHANGED, what=what, field=label, new=new, old=old), said,
                               _effect(said.more if before else -said.more))  # fmt: skip
        else:
            text = CHANGED if before is not None and after is not None else GIVEN if before is None else GONE
            message = say(text, what=what, field=label, new=self._word(said, after), old=self._word(said, before))
            yield self._change("changed", at, path, message, said, _effect(said.more * _sign(before, after))
                               if name != "child" else _effect(_REACH.index(after) - _REACH.index(before)))  # fmt: skip

    def _names(
        self, at: _At, path: str, said: Said, before: tuple[Any, ...], after: tuple[Any, ...]
    ) -> Iterator[Change]:
        more = tuple(item for item in after if item not in before)
        less = tuple(item for item in before if item not in after)
        for code, text, items, sign in (("more", MORE, more, said.more), ("less", LESS, less, -said.more)):
            if items:
                message = say(text, what=at.what, field=say(said.label), names=self._row(said, items))
                yield self._change(code, at, path, message, said, _effect(sign))
        if not more and not less:
            message = say(REORDERED, what=at.what, field=say(said.label))
            yield self._change("reordered", at, path, message, Said(said.label), Effect.ALTERS)

    def _row(self, said: Said, items: tuple[Any, ...]) -> Text | Message:
        return row(self._word(said, item) for item in items)

    def _word(self, said: Said, value: Any) -> Text | Message:
        return called(self.names, said.refers, value) if said.refers and value is not None else word(value)

    def _change(self, code: str, at: _At, path: str, message: Message, said: Said, effect: Effect) -> Change:
        material = self.weigh(said.aspect, said.cautious, effect, at.purposes)
        return Change(code, said.aspect, path, message, material, at.clauses)


FIELDS_OF_NOTICE = Said(N_("the text"), Aspect.NOTICE)


def _effect(sign: int) -> Effect:
    return Effect.WIDENS if sign > 0 else Effect.NARROWS if sign < 0 else Effect.ALTERS


def _sign(before: Any, after: Any) -> int:
    """Whether the newer value is more (1), less (-1) or neither; of periods only where it is so on every day."""
    if isinstance(before, Period) and isinstance(after, Period):
        return (after.least_days > before.most_days) - (after.most_days < before.least_days)
    if isinstance(before, int) and isinstance(after, int):
        return (after > before) - (after < before)
    return 0
