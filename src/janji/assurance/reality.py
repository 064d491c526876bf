"""Which entries of a policy rest on what was seen in the world, by the kind of entry and never by its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from janji.assurance.asking import Model
from janji.assurance.findings import Area, Finding, Result, Seen
from janji.policy.model import (
    Channel,
    Children,
    Entry,
    Notice,
    PolicyRight,
    Prohibition,
    Purpose,
    Quarantine,
    Recipient,
    RetentionRule,
    ThirdPersons,
    Touchpoint,
    Tracker,
    TrackerKind,
    Training,
    Transfer,
)
from janji.terms.messages import N_, say
from janji.terms.processing import LegalBasis, Right

ON_PAGES = frozenset({TrackerKind.COOKIE, TrackerKind.STORAGE, TrackerKind.BEACON, TrackerKind.SCRIPT, TrackerKind.PLUGIN})
"""The kinds of tracker that only a look at live pages can show."""
OF_DATA = frozenset({Right.ACCESS, Right.CORRECTION, Right.END, Right.DELETION, Right.DESTRUCTION, Right.PORTABILITY})
"""The rights that are answered from the stores."""
UNDECLARED = {
    "purpose": (Area.PUBLISHED, Area.USES), "data": (Area.STORES, Area.USES), "operation": (Area.USES,), "channel": (Area.USES,),
    "touchpoint": (Area.USES,), "recipient": (Area.DISCLOSURES,), "country": (Area.DISCLOSURES,),
}  # fmt: skip
_ALWAYS: tuple[tuple[type[Entry], tuple[Area, ...]], ...] = (
    (Notice, (Area.PUBLISHED,)), (Touchpoint, (Area.USES,)), (Recipient, (Area.DISCLOSURES,)), (Transfer, (Area.DISCLOSURES,)),
    (RetentionRule, (Area.ENDS,)), (Training, (Area.TRAINING,)), (Children, (Area.CHILDREN,)), (Quarantine, (Area.CHILDREN,)),
    (ThirdPersons, (Area.POST,)), (Prohibition, (Area.POST,)), (PolicyRight, (Area.REQUESTS, Area.LEDGER)), (Purpose, (Area.USES,)),
)  # fmt: skip

LOOK = {
    Area.SITES: (N_("no live page was looked at"), N_("look at the pages with a browser's own tools until Janji can, and compare with `janji render`")),
    Area.DISCLOSURES: (N_("what leaves the company's systems is not watched"), N_("let every program that gives data away ask with `janji decide --operation disclose --record` first")),
    Area.TRAINING: (N_("no register of training is kept"), N_("keep a list of who was trained until when, and give it with each question about an agent")),
}  # fmt: skip
"""What is said of an area that nothing looks into yet, and what to do meanwhile."""
UNSEEN = (N_("nobody looked: there is no record, or no policy is in force"), N_("run `janji init` and `janji policy publish`, then `janji prove` again"))
_WORST = (Result.FAILS, Result.UNKNOWN, Result.HOLDS)


def areas(model: Model, entry: Entry) -> Iterator[Area]:
    """What an entry rests on besides the policy itself."""
    for kind, always in _ALWAYS:
        if isinstance(entry, kind):
            yield from always
    if isinstance(entry, Purpose) and entry.basis is LegalBasis.CONSENT:
        yield from (Area.STANDINGS, Area.LEDGER, Area.TOLD, Area.OPT_OUT)
    elif isinstance(entry, Channel) and not any(entry.id in purpose.channels for purpose in model.policy.purposes.values()):
        yield Area.PUBLISHED
    elif isinstance(entry, Tracker) and entry.kind in ON_PAGES:
        yield Area.SITES
    elif isinstance(entry, PolicyRight):
        yield from _of_right(model, entry)


def _of_right(model: Model, right: PolicyRight) -> Iterator[Area]:
    legal = model.law.rights.get(right.right or "")
    if legal is None:
        return
    yield Area.REQUEST
    if legal.kind in OF_DATA:
        yield Area.STORES
    if legal.kind is Right.WITHDRAWAL:
        yield from (Area.STANDINGS, Area.TOLD)


def seen_of(area: Area, path: str, seen: Sequence[Seen]) -> Finding:
    """What was seen of one entry in one area: the worst of what is about it, or about all."""
    about = [one for one in seen if one.area is area and one.entry in ("", path)]
    if not about:
        says, help_ = LOOK.get(area, UNSEEN)
        return Finding(check=area, entry=path, result=Result.UNKNOWN, says=say(says), help=say(help_))
    worst = min(about, key=lambda one: (_WORST.index(one.result), one.entry == ""))
    return Finding(check=area, entry=path, result=worst.result, says=worst.says, help=worst.help, event=worst.event, at=worst.at)
