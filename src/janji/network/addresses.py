"""Which addresses may be reached from here: public ones, and the networks that the deployment names."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from janji.errors import Invalid
from janji.terms.messages import N_, say

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_INSIDE = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"), IPv4Network("168.63.129.16/32"))
"""What Python calls public and nobody outside is reached by: the protocols' own block (RFC 6890) and relays (RFC 7526), where
some clouds keep metadata, and the address by which another cloud's machines ask their host."""

LONGEST = 2048
"""Characters that a URL may have."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be reached: every public address, and those of `networks` although they are not public.

    Link-local addresses (where clouds keep their metadata), multicast and unspecified ones never, whatever is named.
    Plain HTTP goes to loopback addresses alone, where `networks` has them.
    """

    networks: tuple[Network, ...] = ()

    def permits(self, address: Address) -> bool:
        """Whether this address may be connected to."""
        inner = _inner(address)
        if inner.is_link_local or inner.is_multicast or inner.is_unspecified:
            return False
        if any(inner in network for network in self.networks):
            return True
        return inner.is_global and not inner.is_reserved and not any(inner in network for network in _INSIDE)

    def resolve(self, host: str, port: int, *, plain: bool) -> tuple[Address, ...]:
        """The addresses of a host, all of which may be reached; raises `OSError` when it has none, `Unreachable` else.

        One that may not be reached spoils all: a name that leads inside and outside is no mistake of ours to guess about.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = tuple(dict.fromkeys(ip_address(str(item[4][0]).partition("%")[0]) for item in found))
        for address in addresses:
            if not self.permits(address) or (plain and not _inner(address).is_loopback):
                raise Unreachable
        return addresses


class Unreachable(Exception):
    """A host whose address may not be reached. The address is not told: it would draw a map of the inside."""


def _inner(address: Address) -> Address:
    """The address that is meant, where an IPv6 address only wraps one of IPv4 (RFC 4291 2.5.5.2, RFC 3056)."""
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address.sixtofour or address
    return address


def checked_url(text: str, reach: Reach) -> str:
    """A URL that messages may go to, as it was given.

    `https`, or `http` to this machine itself where the deployment allows loopback; no name or password in it, no
    fragment. A host that is an address is judged at once, a name when it is connected to. Raises `Invalid`.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong() from None
    sound = text.isascii() and text.isprintable() and " " not in text and len(text) <= LONGEST
    if not sound or parts.scheme not in ("https", "http") or not host or "@" in parts.netloc or "#" in text:
        raise _wrong()
    try:
        known: Address | None = ip_address(host)
    except ValueError:
        known = None
    local = host == "localhost" or (known is not None and _inner(known).is_loopback)
    if (known is not None and not reach.permits(known)) or (parts.scheme == "http" and not (local and loopback(reach.networks))):
        raise Invalid(
            say(N_("messages may not go there")),
            say(N_("give an `https` address that is public; networks of your own are named in `webhook_networks`")),
        )
    return text


def loopback(networks: Iterable[Network]) -> bool:
    """Whether a deployment lets messages go to the machine itself."""
    return any(network.is_loopback for network in networks)


def _wrong() -> Invalid:
    return Invalid(
        say(N_("this is no address for messages")),
        say(N_("write it as `https://host/path`, in ASCII, without a name, password or fragment")),
    )
