"""Configuration to a running house: settings from file and environment, the language, and the only clock."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, tzinfo
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from janji.decision.enforcement import Enforcement, Mode
from janji.errors import Invalid
from janji.files.reading import read_file
from janji.files.translations import LANGUAGES, bind, load_tongue
from janji.retention.anonymity import LEAST
from janji.terms.messages import N_, Message, Tongue, say

CONFIGURATION = "janji.toml"
HOSTS = ("localhost", "127.0.0.1", "[::1]")
"""The names of this machine for itself."""
BODY_LIMIT = 2 << 20
"""Bytes."""
LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("auto", "json", "text")
ADDRESS = r"[!-?A-~]+@[a-z0-9-]+(\.[a-z0-9-]+)+"
"""How an e-mail address looks, as a regular expression."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set; what each is stands in `SETTINGS`.

    Without `database_url` the embedded PostgreSQL works in `data_dir`. `key` and `former_key` are key-encryption keys in
    base64; without them they are in `key_file`, which is in `data_dir` unless it is set.
    """

    policy: Path = Path("policy.yaml")
    maps: Path = Path("datamap")
    language: str = "en"
    enforcement: Enforcement = field(default_factory=Enforcement)
    data_dir: Path = Path("janji-data")
    database_url: str | None = field(default=None, repr=False)
    key_file: Path | None = None
    key: str | None = field(default=None, repr=False)
    former_key: str | None = field(default=None, repr=False)
    mail_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    mail_recipient: str | None = None
    mail_intake: str | None = None
    officers: tuple[tuple[str, str], ...] = ()
    host: str = "127.0.0.1"
    port: int = 8080
    threads: int = 4
    processors: str = "one"
    body_limit: int = BODY_LIMIT
    hosts: tuple[str, ...] = HOSTS
    origins: tuple[str, ...] = ()
    proxy: str | None = None
    public_url: str | None = None
    hsts: int = 0
    log_level: str = "info"
    log_format: str = "auto"
    metrics_key: str | None = field(default=None, repr=False)
    oidc_issuer: str | None = None
    oidc_client: str | None = None
    oidc_secret: str | None = field(default=None, repr=False)
    recognisers: Path | None = None
    webhook_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    service_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    transfer_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    anonymity: int = LEAST
    promises: str = "closed"
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set: its key, what it is, and how its text, number or list is read.

    `environment` is the variable that overrides the file, `option` the option that overrides both. What is not `shared`
    opens something, and has no place in a file that many read.
    """

    key: str
    about: str
    read: Callable[[str, object], Any]
    environment: str = ""
    option: str = ""
    shared: bool = True


@dataclass(frozen=True, slots=True)
class Runtime:
    """The house as it runs: its settings, its tongue, its clock."""

    settings: Settings
    tongue: Tongue

    def now(self) -> datetime:
        """The present instant in UTC; the only clock of the program."""
        return datetime.now(UTC)

    def random(self, size: int) -> bytes:
        """`size` bytes from the operating system; the only chance of the program."""
        return os.urandom(size)

    def new_id(self, now: datetime | None = None) -> UUID:
        """A fresh UUIDv7 (RFC 9562 5.7)."""
        return self.new_ids(1, now)[0]

    def new_ids(self, count: int, now: datetime | None = None) -> list[UUID]:
        """Fresh UUIDv7s: the milliseconds of `now`, then 74 random bits each."""
        moment = (int((now or self.now()).timestamp() * 1000) & (1 << 48) - 1) << 80 | 0x7 << 76 | 0b10 << 62
        drawn = self.random(10 * count)
        found = []
        for index in range(0, 10 * count, 10):
            chance = int.from_bytes(drawn[index : index + 10], "big")
            found.append(UUID(int=moment | (chance >> 62 & 0xFFF) << 64 | chance & (1 << 62) - 1))
        return found

    def bind_libraries(self) -> None:
        """Let libraries that look their own words up by gettext speak the runtime's tongue."""
        bind(self.tongue)


def open_runtime(
    folder: Path | None = None, environment: Mapping[str, str] | None = None, language: str | None = None,
    data_dir: Path | None = None,
) -> Runtime:  # fmt: skip
    """The runtime for the working folder `folder`: `janji.toml`, overridden by `JANJI_*`, overridden by the arguments.

    Raises `Invalid` when the configuration cannot be understood.
    """
    environ = os.environ if environment is None else environment
    settings = load_settings(folder or Path(), environ)
    if language is not None and language not in LANGUAGES:
        raise _wrong("language", _words(LANGUAGES))
    if data_dir is not None:
        settings = replace(settings, data_dir=data_dir)
    return Runtime(settings, load_tongue(language or settings.language))


def load_settings(folder: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of a working folder; raises `Invalid` naming the key that is wrong."""
    path = folder / CONFIGURATION
    table: dict[str, Any] = {}
    if path.is_file():
        try:
            table = tomllib.loads(read_file(path).decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Invalid(say(N_("`{path}` is not valid TOML: {problem}"), path=path, problem=error)) from None
    unknown = sorted(set(table) - {known.key for known in SETTINGS if known.shared})
    if unknown:
        raise _wrong(unknown[0], _words(known.key for known in SETTINGS if known.shared))
    found: dict[str, Any] = {}
    for known in SETTINGS:
        value = environ.get(known.environment) or table.get(known.key)
        if value not in (None, ""):
            found[known.key] = known.read(known.key, value)
    return Settings(**{"language": _locale(environ), "data_dir": _data_dir(environ), **found})


def sources(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Where each setting comes from: the name of its variable, `janji.toml`, or nothing for what is so by itself."""
    path = folder / CONFIGURATION
    table = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {
        known.key: known.environment if environ.get(known.environment) else CONFIGURATION if known.key in table else ""
        for known in SETTINGS
    }


# How a value is read: from the environment it is always a text.


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(key, say(N_("write it as a text")))
    return value


def _path(key: str, value: object) -> Path:
    if not isinstance(value, str):
        raise _wrong(key, say(N_("write the path as a text")))
    return Path(value).expanduser()


def _number(least: int, most: int) -> Callable[[str, object], int]:
    def read(key: str, value: object) -> int:
        found = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 12 else value
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            raise _wrong(key, say(N_("write a whole number from {least} to {most}"), least=least, most=most))
        return found

    return read


def _word(*known: str) -> Callable[[str, object], str]:
    def read(key: str, value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise _wrong(key, _words(known))
        return value

    return read


def _list(key: str, value: object) -> tuple[str, ...]:
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) and part for part in parts):
        raise _wrong(key, say(N_("write a list of texts; in a variable, with commas between them")))
    return tuple(parts)


def _hosts(key: str, value: object) -> tuple[str, ...]:
    """Names a request may be for, without port; one that stands for all would let anybody say what our links lead to."""
    found = _list(key, value)
    if not all(re.fullmatch(r"\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]", one) for one in found):
        raise _wrong(key, say(N_("name each host; `.example.com` stands for all below it")))
    return found


def _address(key: str, value: object) -> str:
    """The address of a machine; a name would never be that of a connection, and `*` would believe everybody."""
    found = _text(key, value)
    try:
        return str(ip_address(found))
    except ValueError:
        raise _wrong(key, say(N_("write its IP address, such as `10.0.0.1`"))) from None


def _origins(key: str, value: object) -> tuple[str, ...]:
    found = _list(key, value)
    for origin in found:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}".lower():
            raise _wrong(key, say(N_("write each as `https://www.example.com`, without a path")))
    return found


def _origin(key: str, value: object) -> str:
    found = _text(key, value)
    if not re.fullmatch(r"https?://[^/?#@\s]+", found):
        raise _wrong(key, say(N_("write it as `https://privacy.example.com`, without a path")))
    return found


def _issuer(key: str, value: object) -> str:
    """An issuer (OpenID Connect Discovery 3): encrypted, unless it is this machine."""
    found = _text(key, value)
    parts = urlsplit(found)
    if not parts.hostname or parts.query or parts.fragment or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1"))):
        raise _wrong(key, say(N_("write it as `https://login.example.com`, as the provider says it of itself")))
    return found


def _mail(key: str, value: object) -> str:
    found = _text(key, value)
    try:
        parts = urlsplit(found)
        sound = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and (parts.port or 1) > 0 and parts.path in ("", "/") and not parts.query
    except ValueError:
        sound = False
    if not sound:
        raise _wrong(key, say(N_("write it as `smtp://user:password@host:port`, or `smtps://` where encryption begins at once")))
    return found


def _sender(key: str, value: object) -> str:
    found = _text(key, value)
    if not re.fullmatch(ADDRESS, found):
        raise _wrong(key, say(N_("write an address such as `privacy@example.com`, without a name")))
    return found


def _officers(key: str, value: object) -> tuple[tuple[str, str], ...]:
    found = []
    for one in _list(key, value):
        role, colon, address = one.partition(":")
        if not colon or not role.strip() or re.fullmatch(ADDRESS, address.strip()) is None:
            raise _wrong(key, say(N_("write each as `officer: privacy@example.com`")))
        found.append((role.strip(), address.strip()))
    return tuple(found)


def _listener(key: str, value: object) -> str:
    found = _text(key, value)
    if not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}", found) or int(found.rpartition(":")[2]) > 65535:
        raise _wrong(key, say(N_("write address and port, as in `127.0.0.1:2525`")))
    return found


def _networks(key: str, value: object) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(map(ip_network, _list(key, value)))
    except ValueError:
        raise _wrong(key, say(N_("write networks such as `10.20.0.0/16`"))) from None


def _zone(key: str, value: object) -> str:
    found = _text(key, value)
    if zone_named(found) is None:
        raise _wrong(key, say(N_("write it as the database of time zones names it, such as `Europe/Berlin`")))
    return found


def zone_named(name: str) -> tzinfo | None:
    """The clock of a place; `None` where this machine knows none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _data_dir(environ: Mapping[str, str]) -> Path:
    """Where data lie when nobody says: below `XDG_DATA_HOME` (XDG Base Directory Specification), or the user's home."""
    named = environ.get("XDG_DATA_HOME", "")
    base = Path(named) if Path(named).is_absolute() else Path("~/.local/share").expanduser()
    return base / "janji"


def _words(known: Iterable[str]) -> Message:
    return say(N_("known here: {words}"), words=", ".join(f"`{name}`" for name in known))


def _locale(environ: Mapping[str, str]) -> str:
    """The user's language as POSIX says it: `LC_ALL`, `LC_MESSAGES`, `LANG`."""
    spoken = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "id" if spoken.split("_")[0].split(".")[0] == "id" else "en"


def _enforcement(_: str, table: object) -> Enforcement:
    if not isinstance(table, dict):
        raise _wrong("enforcement", say(N_("write a table `[enforcement]`")))
    groups: dict[str, dict[str, Mode]] = {"purposes": {}, "touchpoints": {}, "applications": {}}
    default = Mode.ENFORCE
    for key, value in table.items():
        if key == "default":
            default = _mode(key, value)
        elif key in groups and isinstance(value, dict):
            groups[key] = {name: _mode(f"{key}.{name}", mode) for name, mode in value.items()}
        else:
            raise _wrong(f"enforcement.{key}", _words(("default", *groups)))
    return Enforcement(default, **groups)


def _mode(key: str, value: object) -> Mode:
    try:
        return Mode(str(value))
    except ValueError:
        raise _wrong(f"enforcement.{key}", _words(Mode)) from None


def _wrong(key: str, help: Message) -> Invalid:
    return Invalid(say(N_("the setting `{key}` is not understood"), key=key), help)


SETTINGS = (
    Setting("policy", N_("the folder or first file of the policy"), _path, "JANJI_POLICY", "--policy"),
    Setting("maps", N_("the folder of the data map: one file a system"), _path, "JANJI_MAPS", "--maps"),
    Setting("language", N_("the language of everything shown, `en` or `id`; without it the locale's"), _word(*LANGUAGES), "JANJI_LANG", "--lang"),
    Setting("enforcement", N_("a table: what is done with a no, by purpose, touchpoint and application"), _enforcement),
    Setting("data_dir", N_("the data directory: keys, the embedded PostgreSQL, its log"), _path, "JANJI_DATA_DIR", "--data-dir"),
    Setting("database_url", N_("a PostgreSQL of your own, 15 or newer, as `postgresql://user:password@host:port/name`; without it the embedded one"),
            _text, "JANJI_DATABASE_URL"),
    Setting("key_file", N_("where the key-encryption key lies, if not in the data directory"), _path, "JANJI_KEY_FILE"),
    Setting("key", N_("the key-encryption key itself, 32 bytes in base64; then there is no key file"), _text, "JANJI_KEY", shared=False),
    Setting("former_key", N_("the key-encryption key before it, while keys are rotated"), _text, "JANJI_FORMER_KEY", shared=False),
    Setting("mail_url", N_("the server that mail is handed to, as `smtp://user:password@host:port`; encrypted, unless it is this machine"),
            _mail, "JANJI_MAIL_URL"),
    Setting("mail_from", N_("the address that mail comes from"), _sender, "JANJI_MAIL_FROM"),
    Setting("mail_recipient", N_("the recipient of the policy who runs the mail server; without it the server is the company's own"), _text,
            "JANJI_MAIL_RECIPIENT"),
    Setting("officers", N_("who is written to when a request needs somebody, each as `role: address`; `officer`, or a deputy as the policy names one"), _officers,
            "JANJI_OFFICERS"),
    Setting("mail_intake", N_("where `janji serve` listens for mail of people who use their rights, as `127.0.0.1:2525`; your mail server hands it on"),
            _listener, "JANJI_MAIL_INTAKE"),
    Setting("host", N_("the address that `janji serve` listens on; `0.0.0.0` is every address of the machine"), _text, "JANJI_HOST", "--host"),
    Setting("port", N_("the port that `janji serve` listens on; 0 lets the system choose"), _number(0, 65535), "JANJI_PORT", "--port"),
    Setting("threads", N_("how many requests are worked on at once, each with a connection to the database"), _number(1, 64),
            "JANJI_THREADS"),
    Setting("processors", N_("whether `janji serve` answers on `one` processor, which is faster, or on `any`, where several servers share a machine"),
            _word("one", "any"), "JANJI_PROCESSORS"),
    Setting("body_limit", N_("how many bytes the body of a request may have"), _number(1024, 1024**3), "JANJI_BODY_LIMIT"),
    Setting("hosts", N_("the names that requests may be for; without it those of this machine for itself"), _hosts, "JANJI_HOSTS"),
    Setting("origins", N_("the web sites whose pages may send people's choices, each as `https://www.example.com`"), _origins, "JANJI_ORIGINS"),
    Setting("public_url", N_("the address at which people reach the web face: what links in messages begin with"), _origin, "JANJI_PUBLIC_URL"),
    Setting("proxy", N_("the address of the proxy in front, whose word about who asks is believed"), _address, "JANJI_PROXY"),
    Setting("hsts", N_("for how many seconds browsers are told to come by HTTPS alone; 0 says nothing"), _number(0, 63_072_000), "JANJI_HSTS"),
    Setting("log_level", N_("what is logged: `debug`, `info`, `warning` or `error` and what is above"), _word(*LEVELS), "JANJI_LOG_LEVEL"),
    Setting("log_format", N_("how it is logged: `json`, `text`, or `auto`: text on a terminal, JSON otherwise"), _word(*FORMATS), "JANJI_LOG_FORMAT"),
    Setting("metrics_key", N_("the word by which another machine may read `/metrics`; without it only this one may"), _text,
            "JANJI_METRICS_KEY", shared=False),
    Setting("oidc_issuer", N_("the company's own sign-in (OpenID Connect) by which staff may come in, as `https://login.example.com`"), _issuer, "JANJI_OIDC_ISSUER"),
    Setting("oidc_client", N_("what this deployment is called there"), _text, "JANJI_OIDC_CLIENT"),
    Setting("oidc_secret", N_("the word by which it shows there that it is this one"), _text, "JANJI_OIDC_SECRET", shared=False),
    Setting("recognisers", N_("a file of recognisers of your own, which the scanner of free text uses beside those that are shipped"), _path,
            "JANJI_RECOGNISERS"),
    Setting("webhook_networks", N_("the networks that webhooks may reach although they are not public, each as `10.20.0.0/16`"), _networks,
            "JANJI_WEBHOOK_NETWORKS"),
    Setting("service_networks", N_("the networks in which services, buckets and processors are reached although they are not public"), _networks,
            "JANJI_SERVICE_NETWORKS"),
    Setting("transfer_networks", N_("the networks in which other controllers are reached, to whom people have their data sent, although they are not public"), _networks,
            "JANJI_TRANSFER_NETWORKS"),
    Setting("promises", N_("who may see how each promise is kept: `closed`, staff alone; `public`, anybody, at `/promises`"), _word("closed", "public"), "JANJI_PROMISES"),
    Setting("time_zone", N_("the clock by which people are told hours, as `Europe/Berlin`; without it the one that the law pack names, or UTC"), _zone, "JANJI_TIME_ZONE"),
    Setting("anonymity", N_("how many rows of a set must look alike before it counts as anonymous"), _number(2, 1000), "JANJI_ANONYMITY"),
)
"""Every setting, in the order in which they are documented."""

SECRET = frozenset(item.name for item in fields(Settings) if not item.repr)
"""What is shown nowhere: of these only whether they are set."""
