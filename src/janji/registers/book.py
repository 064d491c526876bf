"""The registers of one policy on one day, together with who answers for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from janji.law.model import LawPack
from janji.policy.model import Policy
from janji.registers.assessments import Study, studies, study
from janji.registers.processing import Activity, activities
from janji.registers.processors import Processor, processors
from janji.registers.transfers import Transferred, transfers
from janji.registers.words import Named
from janji.terms.processing import Role
from janji.terms.texts import Text


class Register(StrEnum):
    """The registers there are."""

    PROCESSING = "processing"
    TRANSFERS = "transfers"
    PROCESSORS = "processors"
    ASSESSMENTS = "assessments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who answers for the processing, or the officer, and how to reach them."""

    name: str | None
    country: str | None
    address: str | None
    email: str | None
    phone: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """The record of processing activities."""

    items: tuple[Activity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfers:
    """The register of transfers."""

    items: tuple[Transferred, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Processors:
    """The list of processors."""

    items: tuple[Processor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessments:
    """The impact assessments that are needed or begun, and the purposes that were looked at and need none."""

    items: tuple[Study, ...]
    not_needed: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registers:
    """The registers asked for, as they stood on `day`; those not asked for are absent."""

    policy: str
    version: str
    title: Text
    law: str
    effective: date
    day: date
    controller: Party
    joint_controllers: tuple[Party, ...]
    officer: Party | None
    processing: Processing | None
    transfers: Transfers | None
    processors: Processors | None
    assessments: Assessments | None


def registers(
    policy: Policy, law: LawPack, day: date, wanted: Collection[Register] = tuple(Register), purpose: str | None = None
) -> Registers:
    """The registers `wanted` of a checked policy on `day`; with `purpose`, assessments are of that purpose alone."""
    controller, officer = policy.controller, policy.controller.officer
    return Registers(
        policy=policy.id,
        version=policy.version,
        title=policy.title,
        law=policy.law,
        effective=policy.effective,
        day=day,
        controller=Party(
            name=controller.name, country=controller.country, address=controller.address, email=controller.email,
            phone=controller.phone, url=controller.url,
        ),
        joint_controllers=tuple(
            Party(name=entity.name, country=entity.country, address=None, email=None, phone=None, url=None)
            for entity in policy.entities.values()
            if entity.role is Role.JOINT_CONTROLLER
        ),
        officer=Party(
            name=officer.name, country=None, address=None, email=officer.email, phone=officer.phone, url=None
        )
        if officer
        else None,
        processing=Processing(items=activities(policy, law, day)) if Register.PROCESSING in wanted else None,
        transfers=Transfers(items=transfers(policy, law, day)) if Register.TRANSFERS in wanted else None,
        processors=Processors(items=processors(policy, day)) if Register.PROCESSORS in wanted else None,
        assessments=_assessments(policy, law, day, purpose) if Register.ASSESSMENTS in wanted else None,
    )  # fmt: skip


def _assessments(policy: Policy, law: LawPack, day: date, purpose: str | None) -> Assessments:
    if purpose is not None:
        return Assessments(items=(study(policy, law, policy.purposes[purpose], day),), not_needed=())
    items, others = studies(policy, law, day)
    return Assessments(items=items, not_needed=others)
