"""Two versions of a policy opened, compiled against one layout and compared; the page of what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from janji.decision.compiler import compile_policy
from janji.decision.layout import Layout
from janji.errors import Invalid
from janji.files.countries import load_countries
from janji.files.templates import fill
from janji.files.writing import write_file
from janji.law.model import LawPack
from janji.policy.model import Policy
from janji.terms.messages import N_, Tongue, say
from janji.terms.processing import Operation
from janji.terms.words import on_day
from janji.versions.changes import EFFECTS, Diff, Material, Owed, Turned, audience_words
from janji.versions.comparison import compare
from janji.versions.words import entry_words, listed, retold, row, word
from janji.workflows.answers import question_json, reason_json
from janji.workflows.policies import Opened, open_policy


def compare_policies(old: Path, new: Path) -> tuple[Policy, Diff]:
    """The newer policy, and what it changes against the older.

    Raises `Invalid` when either has errors (with its diagnostics), or when the two are not versions of one policy.
    """
    one, two = open_policy(old), open_policy(new)
    after, other = _sound(two, new)
    return after, compare_versions(_sound(one, old), (after, other), one.published)


def compare_versions(old: tuple[Policy, LawPack], new: tuple[Policy, LawPack], published: Layout | None) -> Diff:
    """What the newer of two checked versions changes; `published` is the layout of the older, if it has one.

    Raises `Invalid` when the two are not versions of one policy under one law.
    """
    (before, law), (after, other) = old, new
    if before.id != after.id:
        raise Invalid(
            say(N_("`{old}` and `{new}` are two policies, not two versions of one"), old=before.id, new=after.id),
            say(N_("give the older and the newer version of the same policy")),
        )
    if law.id != other.id:
        raise Invalid(
            say(N_("the versions stand under two laws, `{old}` and `{new}`"), old=law.id, new=other.id),
            say(N_("compare versions under one law; a change of law is a new policy")),
        )
    _, first = compile_policy(before, law, published)
    compiled, layout = compile_policy(after, other, first)
    earlier, _ = compile_policy(before, law, layout)
    return compare(earlier, compiled, load_countries())


def _sound(opened: Opened, path: Path) -> tuple[Policy, LawPack]:
    """Policy and law of a version; the error says which of the two files has the mistakes."""
    if opened.checked.policy is None or opened.law is None:
        raise Invalid(
            say(
                N_("the policy in `{path}` has mistakes and cannot be compared: {count}"),
                path=path,
                count=opened.errors,
            ),
            say(N_("`janji check` shows each with its place and help")),
            opened.diagnostics,
        )
    return opened.checked.policy, opened.law


def diff_page(policy: Policy, diff: Diff, tongue: Tongue) -> str:
    """The page that shows what changed, to print or to hand on."""
    names = diff.names
    return fill(
        "diff.html", tongue, policy=policy, diff=diff, effective=on_day(diff.effective), effects=EFFECTS,
        told=sum(len(items) for _, items in diff.told), audience=lambda owed: audience_words(diff, owed),
        listed=lambda section, items: listed(names, section, items), known=lambda key: entry_words(key, names),
        retold=lambda message: retold(message, names),
        operations=lambda items: row(word(Operation(item)) for item in items),
    )  # fmt: skip


def diff_json(policy: Policy, diff: Diff, tongue: Tongue) -> dict[str, Any]:
    """A comparison as `schema/diff.json` describes it."""
    return {
        "policy": str(policy.id), "old_version": diff.old_version, "new_version": diff.new_version,
        "effective": str(diff.effective), "material": diff.material,
        "notice": {"article": diff.notice_article, "owed": [_owed_json(item) for item in diff.owed]},
        "permitted": [_turned_json(item, tongue) for item in diff.permitted],
        "forbidden": [_turned_json(item, tongue) for item in diff.forbidden],
        "changes": [
            {"code": item.code, "aspect": str(item.aspect), "name": str(item.name), "text": item.message.render(tongue),
             "clauses": list(item.clauses), **_material_json(item.material)}
            for item in diff.changes
        ],
        "stale_consents": [
            {"purpose": item.purpose, "because": [message.render(tongue) for message in item.because],
             "keys": list(item.keys), "counted": item.counted}
            for item in diff.stale
        ],
    }  # fmt: skip


def _turned_json(item: Turned, tongue: Tongue) -> dict[str, Any]:
    witness = item.witness
    named = {
        "purposes": item.purposes, "operations": item.operations, "data": item.data, "recipients": item.recipients,
        "countries": item.countries, "channels": item.channels,
    }  # fmt: skip
    shown = {key: [name for name in map(str, names) if name] for key, names in named.items()}
    return {
        **{key: names for key, names in shown.items() if names},
        "codes": list(item.reasons),
        "witness": {
            "question": question_json(witness.question),
            "known": list(witness.known),
            "old": {"permit": witness.old.permit, "reasons": [reason_json(one, tongue) for one in witness.old.reasons]},
            "new": {"permit": witness.new.permit, "reasons": [reason_json(one, tongue) for one in witness.new.reasons]},
        },
        **_material_json(item.material),
    }


def _material_json(material: Material | None) -> dict[str, Any]:
    if material is None:
        return {"material": False}
    found: dict[str, Any] = {"material": True, "effect": str(material.effect),
                             "owed": [_owed_json(item) for item in material.owed]}  # fmt: skip
    return (
        found
        if material.field is None
        else {**found, "touches": str(material.field.id), "article": material.field.article}
    )


def _owed_json(owed: Owed) -> dict[str, Any]:
    return {"audience": str(owed.audience), **({"names": list(owed.names)} if owed.names else {})}


def write_result(path: Path, text: str) -> None:
    """Write a comparison into a file; raises `Unavailable` when it cannot be written."""
    write_file(path, text)
