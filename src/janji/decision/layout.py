"""Which bit of a person's standing means what: append-only, published with the policy, stable for life.

Entry `i` of the layout is bit `i % 62` of word `i // 62`. A new policy version may add entries at the end; it never
moves, removes or reuses one, so it rewrites no stored row. A row that has fewer words than the layout reads as if the
missing ones were zero: nothing of that kind was ever recorded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from janji.decision.question import WORD_BITS
from janji.law.model import LawPack
from janji.policy.model import Policy, Purpose, Recipient
from janji.terms.processing import LegalBasis, RecipientClass

QUARANTINED = "quarantined"
RESTRICTED = "restricted"
DELAYED = "delayed"
THIRD_PERSON = "third-person"
GUARDIAN = "guardian"
ADULT = "age/adult"
CHILD = "age/child"
_PERSON = (QUARANTINED, RESTRICTED, DELAYED, THIRD_PERSON, GUARDIAN, ADULT, CHILD)

ANY_CHANNEL = "-"
OTHER_VERSION = "other"


@dataclass(frozen=True, slots=True)
class Layout:
    """The entries in order. `version` is their number, so a row's version says which entries it can hold."""

    keys: tuple[str, ...] = ()
    _index: dict[str, int] = field(init=False, repr=False, compare=False, hash=False)
    _groups: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {key: index for index, key in enumerate(self.keys)})
        if len(self._index) != len(self.keys):
            raise ValueError("a layout names each entry once")
        groups: dict[str, list[str]] = {}
        for key in self.keys:
            groups.setdefault("/".join(key.split("/", 2)[:2]), []).append(key)
        object.__setattr__(self, "_groups", {name: tuple(found) for name, found in groups.items()})

    @property
    def version(self) -> int:
        """How many entries there are; grows by appending only."""
        return len(self.keys)

    @property
    def words(self) -> int:
        """How many words of 62 bits a row needs; at least one."""
        return max(1, -(-len(self.keys) // WORD_BITS))

    def __contains__(self, key: str) -> bool:
        return key in self._index

    def bit(self, key: str) -> int:
        """The mask of one entry; 0 when the layout does not have it."""
        index = self._index.get(key)
        return 0 if index is None else 1 << index

    def mask(self, keys: Iterable[str]) -> int:
        """The mask of several entries."""
        bits = 0
        for key in keys:
            bits |= self.bit(key)
        return bits

    def holds(self, key: str, reach: int) -> bool:
        """Whether the entry is among the first `reach`: whether the layout of that version had it."""
        return self._index.get(key, reach) < reach

    def group(self, name: str) -> tuple[str, ...]:
        """The entries that begin with the two parts `name`, such as `withdrawn/newsletter`, in order."""
        return self._groups.get(name, ())

    def prefix(self, version: int) -> Layout:
        """The layout as it was at an earlier version."""
        return self if version >= len(self.keys) else Layout(self.keys[: max(0, version)])

    def names(self, bits: int) -> tuple[str, ...]:
        """The entries that are set in `bits`, in order."""
        return tuple(key for index, key in enumerate(self.keys) if bits >> index & 1)

    def extended(self, wanted: Iterable[str]) -> Layout:
        """This layout with the entries of `wanted` that it lacks added at the end, in sorted order."""
        new = sorted({key for key in wanted if key not in self._index})
        return Layout(self.keys + tuple(new)) if new else self

    def is_extension_of(self, older: Layout) -> bool:
        """Whether rows written under `older` keep their meaning under this layout."""
        return self.keys[: len(older.keys)] == older.keys


def read_layout(text: str) -> Layout | None:
    """The layout published as JSON (see `write_layout`); `None` when the text is not one."""
    try:
        held = json.loads(text)
        keys = held["keys"]
        if held["word_bits"] != WORD_BITS or type(keys) is not list or not all(isinstance(key, str) for key in keys):
            return None
        return Layout(tuple(keys))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def write_layout(layout: Layout) -> str:
    """The layout as the JSON text that is published beside the policy, one entry a line."""
    keys = ",\n".join(f"    {json.dumps(key)}" for key in layout.keys)
    return f'{{\n  "word_bits": {WORD_BITS},\n  "keys": [\n{keys}\n  ]\n}}\n'


def consent_key(purpose: str, channel: str | None, version: int | str) -> str:
    """Consent to `purpose` through `channel`, given under a version of its notice."""
    return f"consent/{purpose}/{channel or ANY_CHANNEL}/{version}"


def withdrawn_key(purpose: str, channel: str | None) -> str:
    """Withdrawal of consent to `purpose` through `channel`."""
    return f"withdrawn/{purpose}/{channel or ANY_CHANNEL}"


def agreement_key(kind: str) -> str:
    """An agreement of this kind is on record."""
    return f"agreement/{kind}"


def withdrawn_keys(layout: Layout, purpose: str, channel: str | None) -> tuple[str, ...]:
    """What a withdrawal sets: the entry of a channel that the purpose has or had; every one when it names none such."""
    key = withdrawn_key(purpose, channel)
    if channel is not None and key in layout:
        return (key,)
    return layout.group(f"withdrawn/{purpose}")


def objection_key(purpose: str) -> str:
    """The person objected to `purpose`."""
    return f"objection/{purpose}"


def automated_objection_key(purpose: str) -> str:
    """The person objected to being decided about by a machine alone in `purpose`."""
    return f"automated-objection/{purpose}"


def restricted_key(purpose: str) -> str:
    """Processing for `purpose` is restricted."""
    return f"restricted/{purpose}"


def delayed_key(purpose: str) -> str:
    """Processing for `purpose` is delayed."""
    return f"delayed/{purpose}"


def authorised_key(recipient: str, data: str | None = None) -> str:
    """The person authorised disclosure to `recipient`: of one category of data, or of all."""
    return f"authorised/{recipient}" if data is None else f"authorised/{recipient}/{data}"


def authorised_data(policy: Policy, recipient: Recipient) -> tuple[str, ...]:
    """The categories that an authorisation of `recipient` can be limited to: what it may receive, in order."""
    if recipient.data:
        return recipient.data
    purposes = (policy.purposes[name] for name in recipient.purposes if name in policy.purposes)
    return tuple(dict.fromkeys(name for purpose in purposes for name in purpose.data))


def transfer_key(recipient: str, country: str) -> str:
    """The person consented to the transfer to `recipient` in `country`."""
    return f"transfer/{recipient}/{country}"


def ended_key(rule: str) -> str:
    """The period of this retention rule is over for the person."""
    return f"ended/{rule}"


def layout_keys(policy: Policy, law: LawPack) -> Iterator[str]:
    """Every entry that decisions under `policy` can turn on."""
    yield from _PERSON
    for purpose in policy.purposes.values():
        yield from _purpose_keys(policy, purpose)
    for recipient in policy.recipients.values():
        if recipient.kind is RecipientClass.USER_AUTHORISED:
            yield authorised_key(recipient.id)
            yield from (authorised_key(recipient.id, name) for name in authorised_data(policy, recipient))
    for transfer in policy.transfers.values():
        rung = law.rungs.get(transfer.rung or "")
        if rung is not None and rung.consent:
            for name in transfer.recipients:
                yield from (transfer_key(name, country) for country in transfer.countries)
    yield from (ended_key(rule) for rule in policy.retention)


def _purpose_keys(policy: Policy, purpose: Purpose) -> Iterator[str]:
    """What can be recorded about a purpose.

    What a person says is recorded for every purpose, whether this version of the policy turns on it or not: a later
    one may, and then finds it in the row.
    """
    if purpose.basis is LegalBasis.CONSENT and purpose.notice is not None:
        versions: tuple[int | str, ...] = (*policy.notices[purpose.notice].accepted, OTHER_VERSION)
        for channel in purpose.channels or (None,):
            yield from (consent_key(purpose.id, channel, version) for version in versions)
            yield withdrawn_key(purpose.id, channel)
        yield withdrawn_key(purpose.id, None)
    if purpose.basis is LegalBasis.CONTRACT:
        yield from (agreement_key(kind) for kind in purpose.agreements)
    yield objection_key(purpose.id)
    yield automated_objection_key(purpose.id)
    yield restricted_key(purpose.id)
    yield delayed_key(purpose.id)
