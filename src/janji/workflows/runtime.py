"""Configuration to a running house: settings from file and environment, the language, and the only clock."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from janji.decision.enforcement import Enforcement, Mode
from janji.errors import Invalid
from janji.files.reading import read_file
from janji.files.translations import LANGUAGES, bind, load_tongue
from janji.terms.messages import N_, Message, Tongue, say

CONFIGURATION = "janji.toml"
PATHS = ("policy", "data_dir", "key_file")
KEYS = ("policy", "language", "enforcement", "data_dir", "database_url", "key_file", "mail_url")
"""The keys of `janji.toml`. Keys that open the vault are no settings of a file that is shared."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set.

    `policy` is the folder or first file of the policy. `database_url` is a PostgreSQL of the user's; without it the
    embedded one works in `data_dir`. `key` and `former_key` are key-encryption keys in base64, given by the environment
    alone; without them they are in `key_file`, which is in `data_dir` unless it is set. `mail_url` is the server that
    mail is handed to, `smtp://host:port`.
    """

    policy: Path = Path("policy.yaml")
    language: str = "en"
    enforcement: Enforcement = field(default_factory=Enforcement)
    data_dir: Path = Path("janji-data")
    database_url: str | None = field(default=None, repr=False)
    key_file: Path | None = None
    key: str | None = field(default=None, repr=False)
    former_key: str | None = field(default=None, repr=False)
    mail_url: str | None = field(default=None, repr=False)


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
        return secrets.token_bytes(size)

    def new_id(self) -> UUID:
        """A fresh UUIDv7 (RFC 9562 5.7)."""
        return self.new_ids(1)[0]

    def new_ids(self, count: int) -> list[UUID]:
        """Fresh UUIDv7s: the milliseconds of `now`, then 74 random bits each."""
        moment = (int(self.now().timestamp() * 1000) & (1 << 48) - 1) << 80 | 0x7 << 76 | 0b10 << 62
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
        raise _wrong("language", _languages())
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
    unknown = sorted(set(table) - set(KEYS))
    if unknown:
        raise _wrong(unknown[0], say(N_("known here: {words}"), words=", ".join(f"`{key}`" for key in KEYS)))
    language = environ.get("JANJI_LANG") or table.get("language") or _locale(environ)
    if language not in LANGUAGES:
        raise _wrong("language", _languages())
    texts = {key: _text(key, environ.get(f"JANJI_{key.upper()}") or table.get(key)) for key in (*PATHS, "database_url", "mail_url")}
    if texts["mail_url"] is not None and not texts["mail_url"].startswith("smtp://"):
        raise _wrong("mail_url", say(N_("write it as `smtp://host:port`")))
    paths = {key: Path(text).expanduser() for key in PATHS if (text := texts[key])}
    return Settings(
        policy=paths.get("policy", Path("policy.yaml")), language=language,
        enforcement=_enforcement(table.get("enforcement")), data_dir=paths.get("data_dir") or _data_dir(environ),
        database_url=texts["database_url"], key_file=paths.get("key_file"), key=environ.get("JANJI_KEY") or None,
        former_key=environ.get("JANJI_FORMER_KEY") or None, mail_url=texts["mail_url"],
    )  # fmt: skip


def _text(key: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise _wrong(key, say(N_("write the path as a text")) if key in PATHS else say(N_("write it as a text")))
    return value or None


def _data_dir(environ: Mapping[str, str]) -> Path:
    """Where data lie when nobody says: below `XDG_DATA_HOME` (XDG Base Directory Specification), or the user's home."""
    named = environ.get("XDG_DATA_HOME", "")
    base = Path(named) if Path(named).is_absolute() else Path("~/.local/share").expanduser()
    return base / "janji"


def _languages() -> Message:
    return say(N_("known here: {words}"), words=", ".join(f"`{name}`" for name in LANGUAGES))


def _locale(environ: Mapping[str, str]) -> str:
    """The user's language as POSIX says it: `LC_ALL`, `LC_MESSAGES`, `LANG`."""
    spoken = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "id" if spoken.split("_")[0].split(".")[0] == "id" else "en"


def _enforcement(table: object) -> Enforcement:
    if table is None:
        return Enforcement()
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
            raise _wrong(
                f"enforcement.{key}",
                say(N_("known here: {words}"), words="`default`, `purposes`, `touchpoints`, `applications`"),
            )
    return Enforcement(default, **groups)


def _mode(key: str, value: object) -> Mode:
    try:
        return Mode(str(value))
    except ValueError:
        raise _wrong(
            f"enforcement.{key}", say(N_("known here: {words}"), words=", ".join(f"`{mode}`" for mode in Mode))
        ) from None


def _wrong(key: str, help: Message) -> Invalid:
    return Invalid(say(N_("the setting `{key}` is not understood"), key=key), help)
