"""Guardians: who may speak for a person, the states of a link, what verifying one takes, and how people are spoken to."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from janji.errors import Conflict, Invalid
from janji.terms.messages import N_, say


class Relation(StrEnum):
    """What a guardian is to the ward: a child's parent or guardian (Art 25), or who helps a person with a disability (Art 26)."""

    PARENT = "parent"
    GUARDIAN = "guardian"
    COMPANION = "companion"


class LinkState(StrEnum):
    """How far a guardian is verified. A revoked link never comes back: a new one is named."""

    NAMED = "named"
    VERIFIED = "verified"
    REVOKED = "revoked"


class Proof(StrEnum):
    """What a verification rests on."""

    IDENTITY = "identity"
    FAMILY_CARD = "family-card"
    BIRTH_CERTIFICATE = "birth-certificate"
    COURT_ORDER = "court-order"
    DECLARATION = "declaration"
    AUTHORISATION = "authorisation"


BONDS = {
    Relation.PARENT: frozenset({Proof.FAMILY_CARD, Proof.BIRTH_CERTIFICATE}),
    Relation.GUARDIAN: frozenset({Proof.FAMILY_CARD, Proof.COURT_ORDER}),
    Relation.COMPANION: frozenset({Proof.AUTHORISATION, Proof.COURT_ORDER}),
}
"""Besides the guardian's identity one of these must show the bond. A declaration alone shows none; the statute lists no
papers, so this is our reading: what the civil registry or a court issued, or for a companion the person's own word."""

_NEXT = {
    LinkState.NAMED: frozenset({LinkState.VERIFIED, LinkState.REVOKED}),
    LinkState.VERIFIED: frozenset({LinkState.REVOKED}),
    LinkState.REVOKED: frozenset[LinkState](),
}


class Communication(StrEnum):
    """The form in which a person with a disability asks to be spoken to (UU 27/2022 Art 26)."""

    LARGE_PRINT = "large-print"
    AUDIO = "audio"
    BRAILLE = "braille"
    SCREEN_READER = "screen-reader"
    SIGN_LANGUAGE = "sign-language"
    SIMPLE_WORDS = "simple-words"
    THROUGH_COMPANION = "through-companion"


def step(state: LinkState, to: LinkState) -> LinkState:
    """The state after the step; raises `Conflict` when there is no such step."""
    if to not in _NEXT[state]:
        raise Conflict(
            say(N_("a guardian who is `{state}` cannot become `{to}`"), state=state, to=to),
            say(N_("`janji subject show` gives the present state; name the guardian anew after a revocation")),
        )
    return to


def check_proofs(relation: Relation, proofs: Iterable[Proof]) -> None:
    """Raises `Invalid` that names what is missing when the proofs do not verify a guardian of this relation."""
    shown = frozenset(proofs)
    if Proof.IDENTITY not in shown:
        raise Invalid(
            say(N_("the identity of the guardian is not shown")), say(N_("add `{word}`"), word=Proof.IDENTITY)
        )
    if not shown & BONDS[relation]:
        words = ", ".join(f"`{item}`" for item in sorted(BONDS[relation]))
        raise Invalid(
            say(N_("nothing shows that a `{relation}` may speak for the person"), relation=relation),
            say(N_("add one of: {words}"), words=words),
        )


def may_consent(relation: Relation, state: LinkState, *, child: bool) -> bool:
    """Whether somebody linked so may consent for the ward: for a child its parent or guardian, never a companion."""
    return state is LinkState.VERIFIED and (relation is not Relation.COMPANION if child else relation is not Relation.PARENT)
