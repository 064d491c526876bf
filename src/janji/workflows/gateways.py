"""Gateways for short messages: kept with their secrets, used only while the policy names their provider with a way that the law allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from janji.delivery.gateway import GatewayCalls, ShortMessage, Taken
from janji.errors import Invalid, Refusal
from janji.files.reading import read_file
from janji.messaging.gateways import Gateway, parse_gateway
from janji.messaging.kinds import MessageKind
from janji.network.addresses import Reach, checked_url
from janji.people.identifiers import Identifier
from janji.registers.transfers import transfers
from janji.registers.words import Proof, agreement_proof
from janji.store import messages as store
from janji.store import secrets
from janji.store.database import transaction
from janji.store.messages import GatewayRow
from janji.store.vault import NONCE_BYTES
from janji.terms.messages import N_, Message, say
from janji.workflows.house import House

SHOWN = (Proof.PROVEN, Proof.PROVISIONAL)


@dataclass(frozen=True, slots=True)
class Kept:
    """A gateway that is kept, and why nothing may go by it now, if so."""

    gateway: Gateway
    barred: Message | None = None


def read_gateway(path: Path) -> Gateway:
    """The gateway that a file describes. Raises `Invalid` with every mistake, `Unavailable` when it cannot be read."""
    return parse_gateway(path.name, read_file(path))


def keep_gateway(house: House, path: Path, opening: Mapping[str, str]) -> Kept:
    """Keep a gateway with the secrets that open it, by their names; one of the same name is replaced.

    Raises `Invalid` for a file with mistakes or a secret that is missing, `Refusal` when the policy does not let
    personal data go to its provider.
    """
    data, now = read_file(path), house.runtime.now()
    gateway = parse_gateway(path.name, data)
    checked_url(gateway.at, reach_of(house))
    _must_be_open(house, gateway)
    missing = [name for name in gateway.secrets if not opening.get(name, "") or not opening[name].isprintable() or not opening[name].isascii()]
    if missing:
        raise Invalid(say(N_("the secret `{name}` of the gateway is missing"), name=missing[0]), say(N_("write one a line on standard input, in the order of the file")))
    with transaction():
        _forget(gateway.gateway)
        for name in gateway.secrets:
            secrets.keep(house.keeper, _named(gateway.gateway, name), opening[name].encode(), house.runtime.random(NONCE_BYTES))
        store.put_gateway(GatewayRow(gateway.gateway, now, data.decode("utf-8")))
    return Kept(gateway)


def kept_gateways(house: House) -> tuple[Kept, ...]:
    """Every gateway that is kept, in the order in which they are tried."""
    found = [_parsed(row.name, row.description) for row in store.gateways()]
    return tuple(Kept(one, barred_by(house, one.recipient)) for one in found)


def gateway_named(house: House, name: str) -> Kept:
    """One gateway; raises `Invalid` when none has the name."""
    for one in kept_gateways(house):
        if one.gateway.gateway == name:
            return one
    raise Invalid(say(N_("no gateway is called `{name}`"), name=name), say(N_("`janji gateway list` names them")))


def remove_gateway(house: House, name: str) -> None:
    """Let a gateway and its secrets be gone; what waits for it goes by the next way. Raises `Invalid` when there is none."""
    with transaction():
        _forget(gateway_named(house, name).gateway.gateway)
        store.delete_gateway(name)


def barred_by(house: House, provider: str) -> Message | None:
    """Why the policy in force lets nothing go to a provider of messages; nothing when it does.

    It must be a recipient with a contract (UU 27/2022 Art 51), and each country that data go to with it needs a rung of
    the law's ladder that asks no consent of each person (Art 56).
    """
    published = house.published
    if published is None:
        return say(N_("no policy is published yet"))
    recipient = published.policy.recipients.get(provider)
    if recipient is None:
        return say(N_("the policy names no recipient `{recipient}`"), recipient=provider)
    day: date = house.runtime.now().date()
    if agreement_proof(recipient, day)[0] not in SHOWN:
        return say(N_("there is no contract with `{recipient}`"), recipient=provider)
    ways = [one for one in transfers(published.policy, published.law, day) if one.recipient.id == recipient.id]
    good = {one.country for one in ways if one.state in SHOWN and one.rung is not None and not one.rung.consent}
    lacking = sorted({one.country for one in ways} - good)
    return say(N_("no rung of the law carries data to `{country}` with `{recipient}`"), country=lacking[0], recipient=provider) if lacking else None


def _must_be_open(house: House, gateway: Gateway) -> None:
    barred = barred_by(house, gateway.recipient)
    if barred is not None:
        raise Refusal(say(N_("nothing may go by this gateway: {reason}"), reason=barred), say(N_("name its provider in the policy, with contract and country, and publish it")))


def open_calls(house: House, gateway: Gateway) -> GatewayCalls:
    """Connections to a gateway, with its secrets."""
    held = secrets.opened(house.keeper, [_named(gateway.gateway, name) for name in gateway.secrets])
    return GatewayCalls(gateway, dict(zip(gateway.secrets, (one.decode() for one in held.values()), strict=True)), reach_of(house))


def callback_secret(house: House, gateway: Gateway) -> str:
    """The secret that signs what its provider calls back with; nothing when it calls back with nothing."""
    if gateway.callback is None:
        return ""
    return next((one.decode() for one in secrets.opened(house.keeper, [_named(gateway.gateway, gateway.callback.secret)]).values()), "")


def try_gateway(house: House, gateway: Gateway, to: Identifier) -> Taken:
    """Send one message that says nothing, to see that it is taken. Raises `Refusal` when nothing may go by the gateway."""
    _must_be_open(house, gateway)
    kind = next((kind for kind in MessageKind if gateway.carries(kind)), MessageKind.RECEIPT)
    text = say(N_("This is a test.")).render(house.runtime.tongue)
    values = {"to": to.normal, "digits": to.normal.removeprefix("+"), "text": text, "subject": text, "id": str(house.runtime.new_id()), "number": "0"}
    with open_calls(house, gateway) as calls:
        return calls.send(ShortMessage(kind, house.runtime.settings.language, values))


def reach_of(house: House) -> Reach:
    """Where gateways may be: in public, and in the networks of services."""
    return Reach(house.runtime.settings.service_networks)


def gateway_json(one: Kept) -> dict[str, Any]:
    """A gateway as JSON, without what opens it."""
    held = one.gateway
    return {
        "gateway": str(held.gateway), "channel": held.channel, "recipient": str(held.recipient), "at": str(held.at),
        "templates": sorted(map(str, held.templates)), "callbacks": held.callback is not None, "open": one.barred is None,
        **({} if one.barred is None else {"reason": one.barred.render()}),
    }  # fmt: skip


@lru_cache(maxsize=64)
def _parsed(name: str, description: str) -> Gateway:
    return parse_gateway(name, description.encode())


def _named(gateway: str, name: str) -> str:
    return f"gateway/{gateway}/{name}"


def _forget(name: str) -> None:
    """Let the secrets of a gateway be gone."""
    held = next((row for row in store.gateways() if row.name == name), None)
    if held is not None:
        secrets.destroy([_named(name, one) for one in _parsed(held.name, held.description).secrets])
