"""People in words: what a record of somebody is, what identifies them, who speaks for them, and how they are spoken to."""

from __future__ import annotations

from janji.people.guardians import Communication, LinkState, Proof, Relation
from janji.people.identifiers import IdentifierKind
from janji.terms.messages import N_
from janji.terms.processing import AgeState

STATES = {"active": N_("active"), "merged": N_("merged into another"), "forgotten": N_("forgotten")}
"""What a record of a person is."""
AGES = {AgeState.ADULT: N_("an adult"), AgeState.CHILD: N_("a child"), AgeState.UNKNOWN: N_("of unknown age")}
"""What is known of an age."""
IDENTIFIERS = {
    IdentifierKind.EMAIL: N_("e-mail address"), IdentifierKind.PHONE: N_("phone number"), IdentifierKind.ACCOUNT: N_("account"),
    IdentifierKind.NATIONAL_ID: N_("national identity number"), IdentifierKind.DEVICE: N_("device"), IdentifierKind.COOKIE: N_("cookie"),
    IdentifierKind.ADDRESS: N_("IP address"),
}  # fmt: skip
"""Kinds of identifiers."""
RELATIONS = {Relation.PARENT: N_("parent"), Relation.GUARDIAN: N_("guardian"), Relation.COMPANION: N_("companion")}
"""What a guardian is to the ward."""
LINKS = {LinkState.NAMED: N_("named, not verified"), LinkState.VERIFIED: N_("verified"), LinkState.REVOKED: N_("ended")}
"""How far a guardian is."""
PROOFS = {
    Proof.IDENTITY: N_("who the guardian is: an identity card or a passport"), Proof.FAMILY_CARD: N_("a family card"), Proof.BIRTH_CERTIFICATE: N_("a birth certificate"),
    Proof.COURT_ORDER: N_("an order of a court"), Proof.DECLARATION: N_("a declaration of their own"), Proof.AUTHORISATION: N_("an authorisation by the person"),
}  # fmt: skip
"""What a verification rests on."""
FORMS = {
    Communication.LARGE_PRINT: N_("In large print"), Communication.AUDIO: N_("As audio"), Communication.BRAILLE: N_("In Braille"),
    Communication.SCREEN_READER: N_("For a screen reader"), Communication.SIGN_LANGUAGE: N_("In sign language"), Communication.SIMPLE_WORDS: N_("In simple words"),
    Communication.THROUGH_COMPANION: N_("Through a companion"),
}  # fmt: skip
"""Forms of communication."""
