"""How much a caller may ask: a minute's worth at once, then evenly, counted for all processes together.

A process takes a second's worth out of the shared row and spends it by itself, so that a request costs no statement. What
a process has taken and not spent is lost to the others: never more is let through than the row gave.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import threading
from datetime import timedelta

from janji.store import allowances
from janji.workflows.house import House
from janji.workflows.runtime import Runtime

MINUTE = 60
_REMEMBERED = 10_000
_FORGOTTEN = timedelta(minutes=10)


class Allowances:
    """What this process may still let through, for each caller by name."""

    def __init__(self, runtime: Runtime, key: bytes) -> None:
        self.runtime = runtime
        self.key = key
        self.held: dict[bytes, list[float]] = {}
        self.lock = threading.Lock()

    def spend(self, name: bytes, rate: int) -> int:
        """Let one request through: 0, or the seconds after which the caller may ask again. `rate` is requests a minute."""
        now = self.runtime.now().timestamp()
        with self.lock:
            held = self.held.get(name)
            if held is not None and held[0] >= 1:
                held[0] -= 1
                return 0
            if held is not None and now < held[1]:
                return math.ceil(held[1] - now)
        refill = rate / MINUTE
        granted, left = allowances.draw(name, rate, max(1, math.floor(refill)), now, refill)
        wait = 0.0 if granted >= 1 else (1 - left) / refill
        with self.lock:
            if name not in self.held and len(self.held) >= _REMEMBERED:
                self.held.clear()
            held = self.held.setdefault(name, [0, 0])
            held[0] += max(0.0, granted - 1)
            held[1] = now + wait
        return math.ceil(wait)

    def of_key(self, id: str, rate: int) -> int:
        """As `spend`, for a request that showed a key."""
        return self.spend(self._name("key", id), rate)

    def of_address(self, what: str, address: str, rate: int) -> int:
        """As `spend`, for a request to something public from an address, of which only a keyed digest is stored.

        Of an address of IPv6 the first 64 bits count: whoever has one of them has them all.
        """
        return self.spend(self._name(what, network_of(address)), rate)

    def _name(self, what: str, who: str) -> bytes:
        return hmac.digest(self.key, f"{what}\0{who}".encode(), hashlib.sha256)


def prune(house: House) -> int:
    """Forget callers who have a full allowance again since long; how many it were."""
    return allowances.prune((house.runtime.now() - _FORGOTTEN).timestamp())


def network_of(address: str) -> str:
    """What counts as one place: an address of IPv4, or the first 64 bits of one of IPv6; `-` for what is no address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "-"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else found)
