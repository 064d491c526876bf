"""What the policy and an address tell of a system before anybody has said it: its title, owner, country and place, each with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from janji.policy.model import Policy
from janji.terms.messages import N_, Message, Tongue, say

_NEAR = frozenset({"", "localhost", "127.0.0.1", "::1"})
_REGIONS = {
    "af-south-1": "ZA", "ap-east-1": "HK", "ap-northeast-1": "JP", "ap-northeast-2": "KR", "ap-northeast-3": "JP", "ap-south-1": "IN", "ap-south-2": "IN",
    "ap-southeast-1": "SG", "ap-southeast-2": "AU", "ap-southeast-3": "ID", "ap-southeast-4": "AU", "ap-southeast-5": "MY", "ap-southeast-7": "TH",
    "ca-central-1": "CA", "eu-central-1": "DE", "eu-central-2": "CH", "eu-north-1": "SE", "eu-south-1": "IT", "eu-south-2": "ES", "eu-west-1": "IE",
    "eu-west-2": "GB", "eu-west-3": "FR", "me-central-1": "AE", "me-south-1": "BH", "sa-east-1": "BR", "us-east-1": "US", "us-east-2": "US", "us-west-1": "US",
    "us-west-2": "US",
}  # fmt: skip
"""Where the regions of the usual kind of bucket are (docs.aws.amazon.com, Regions and Availability Zones)."""

About = Mapping[str, tuple[str, Message]]
"""By key of the overlay: what is proposed, and why."""


def about(policy: Policy | None, system: str, where: str, tongue: Tongue) -> About:
    """What is proposed for the head of an overlay. `where` is an address, or a name on record, whose address stays sealed."""
    found: dict[str, tuple[str, Message]] = {}
    if "://" in where:
        found |= _connection(where)
    held = None if policy is None else policy.systems.get(system)
    if held is not None:
        why = say(N_("the policy says so of its system `{system}`"), system=system)
        found |= {name: (value, why) for name, value in (("title", held.title.get(tongue.language)), ("owner", held.owner), ("country", held.country)) if value}
    elif policy is not None and system in policy.recipients:
        one = policy.recipients[system]
        why = say(N_("the policy says so of its recipient `{recipient}`"), recipient=system)
        found |= {"title": (one.title.get(tongue.language), why), "country": (one.country, why)}
    return {name: found[name] for name in ("title", "owner", "location", "country") if name in found}


def _connection(where: str) -> dict[str, tuple[str, Message]]:
    """What an address tells; never its account, its path or its secrets."""
    try:
        parts = urlsplit(where)
        host, options = (parts.hostname or "").lower(), parse_qs(parts.query)
    except ValueError:
        return {}
    if parts.scheme == "s3":
        region = options.get("region", [""])[-1]
        if "endpoint" in options or region not in _REGIONS:
            return {}
        why = say(N_("the address names the region `{region}`"), region=region)
        return {"location": (region, why), "country": (_REGIONS[region], why)}
    if host in _NEAR or host.startswith("/") or parts.scheme.partition("+")[0] in ("sqlite", "file"):
        return {}
    return {"location": (host, say(N_("the address names this machine")))}
