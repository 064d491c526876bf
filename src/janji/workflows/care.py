"""The care of the record: made, brought to the present form, backed up, restored without bringing anybody back."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from janji import __version__
from janji.errors import Corrupt, JanjiError, Refusal, Unavailable
from janji.ledger.events import Actor, Kind, stamp
from janji.store import archive, backups
from janji.store.archive import Manifest as Manifest  # faces show it
from janji.store.archive import Reader
from janji.store.database import close, migrate, open_database, transaction
from janji.store.destruction import append_destroyed, read_destroyed
from janji.store.private import make_private_folder
from janji.store.server import hold_server, is_made
from janji.store.vault import Keeper, keepers, secrets
from janji.terms.messages import N_, Message, say
from janji.workflows.forgetting import forget_again
from janji.workflows.house import House, enter_house, fresh_password, make_secrets, reach_database
from janji.workflows.in_force import in_force
from janji.workflows.keys import destroyed_file, key_file, load_keeper, make_keeper
from janji.workflows.ledger import sequence_all
from janji.workflows.recording import Entry, record
from janji.workflows.runtime import Runtime, Settings

OURS = frozenset({"keys", "logs", "packages", "pg", "run", ".DS_Store"})
"""What may lie in a data directory before it is one."""


@dataclass(frozen=True, slots=True)
class Initialised:
    """A house that is ready: what was made now (nothing, when it was ready before), and what to do next."""

    data_dir: Path
    made: tuple[Message, ...]
    then: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """A database put back: what the backup says of itself, what was lost, and whose keys were destroyed again.

    `lost` counts the events by kind that the replaced database had and the backup has not.
    """

    manifest: Manifest
    lost: Mapping[str, int]
    keys: int


# --------------------------------------------------------------------------------------------------- init, migrate


def init(runtime: Runtime, *, demonstration: bool = False) -> Initialised:
    """Make the data directory, the keys, the server and the tables, each unless it is there; safe to repeat.

    Made as a `demonstration`, its pages and its signatures say so for ever. Raises `Refusal` for a folder that holds other things, `Corrupt` when a record is there and its keys are not.
    """
    settings, made = runtime.settings, list[Message]()
    if _make_data_dir(settings.data_dir):
        made.append(say(N_("`{path}`, the data directory, for you alone"), path=settings.data_dir))
    before = is_made(settings.data_dir)
    with _database(runtime) as url:
        if settings.database_url is None and not before:
            made.append(
                say(N_("a PostgreSQL of its own in `{path}`, reached by a socket only"), path=settings.data_dir / "pg")
            )
        open_database(url)
        steps = migrate()
        if steps:
            made.append(say(N_("the tables, migration steps: {count}"), count=len(steps)))
        if secrets():
            keeper = load_keeper(settings)
        else:
            written = make_keeper(runtime)
            if written is not None:
                made.append(say(N_("`{path}`, the key-encryption key"), path=written))
            keeper = load_keeper(settings)
            make_secrets(runtime, keeper, demonstration=demonstration)
            made.append(say(N_("the keys of the house, wrapped by the key-encryption key")))
        if _make_destroyed_file(settings):
            made.append(say(N_("`{path}`, the file of destroyed keys"), path=destroyed_file(settings)))
        house = enter_house(runtime, url, keeper)
        then = [_copy_the_keys(settings)] if made else []
        if house.published is None:
            then.append(
                say(N_("`janji policy publish` puts a policy in force; `janji doctor` shows whether all is well"))
            )
        else:
            then.append(say(N_("`janji doctor` shows whether all is well")))
        return Initialised(settings.data_dir, tuple(made), tuple(then))


def _copy_the_keys(settings: Settings) -> Message:
    if settings.key is not None:
        return say(N_("keep `JANJI_KEY` and a copy of `{path}` apart from the backups: without the key nothing sealed can be "
                      "read, without the file no backup can be restored"), path=destroyed_file(settings))  # fmt: skip
    return say(N_("keep copies of `{path}` and of `{other}` apart from the backups: without the key nothing sealed can be read, "
                  "without the file no backup can be restored"), path=key_file(settings), other=destroyed_file(settings))  # fmt: skip


def migrate_record(runtime: Runtime) -> tuple[str, ...]:
    """Bring the tables to the present form; the steps taken, none when they had it. Raises `Unavailable`, `Refusal`."""
    with reach_database(runtime) as url:
        open_database(url)
        return migrate()


def _make_data_dir(path: Path) -> bool:
    """The data directory, for its owner alone; raises `Refusal` when the folder is of something else."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            return make_private_folder(path)
        held = {item.name for item in path.iterdir()}
        if held - OURS and not held & {"pg", "keys"}:
            raise Refusal(
                say(N_("`{path}` holds other files, so it is not made a data directory"), path=path),
                say(N_("name an empty folder, or one that is not there yet, with `--data-dir` or `JANJI_DATA_DIR`")),
            )
        if path.stat().st_mode & 0o077:
            path.chmod(0o700)
    except OSError as error:
        raise _untouchable(path, error) from None
    return False


def _untouchable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        say(N_("`{path}` cannot be made ready: {problem}"), path=path, problem=os.strerror(error.errno or 0)),
        say(N_("name a folder of yours with `--data-dir` or `JANJI_DATA_DIR`")),
    )


def _make_destroyed_file(settings: Settings) -> bool:
    """The file of destroyed keys of a new house; one that was lost is not made anew behind anybody's back."""
    path = destroyed_file(settings)
    if path.exists():
        return False
    if backups.counts()[1]:
        raise Corrupt(
            say(N_("the file of destroyed keys is gone: `{path}`"), path=path),
            say(N_("put its copy back; without it an erased person could return from a backup")),
        )
    try:
        make_private_folder(path.parent)
    except OSError as error:
        raise _untouchable(path.parent, error) from None
    append_destroyed(path, ())
    return True


@contextmanager
def _database(runtime: Runtime) -> Iterator[str]:
    """The URL of our database, its server made where there is none yet."""
    if runtime.settings.database_url is None and not is_made(runtime.settings.data_dir):
        with hold_server(runtime.settings.data_dir, fresh_password(runtime)) as server:
            try:
                yield server.url
            finally:
                close()
        return
    with reach_database(runtime) as url:
        yield url


# ------------------------------------------------------------------------------------------------------- backup


def backup(runtime: Runtime, file: Path) -> Manifest:
    """Write a backup of one instant of the whole record while it goes on; keys outside the database are not in it.

    Raises `Invalid` when the file is there, `Unavailable` when it cannot be written; then there is none.
    """
    with reach_database(runtime) as url:
        open_database(url)
        with archive.write_archive(file) as writer, transaction():
            backups.hold_still()
            size, root = backups.ledger()
            events, destroyed = backups.counts()
            published = in_force()
            schema = backups.schema()
            for table in backups.tables():
                with closing(backups.copy_out(table)) as chunks:  # on a full disk too, before the transaction ends
                    writer.add(table, chunks)
            return writer.finish(Manifest(
                made=stamp(runtime.now()), program=__version__, schema=schema,
                policy="" if published is None else published.digest, size=size, root=root.hex(), events=events,
                destroyed=destroyed, keepers=tuple(sorted(keepers())),
            ))  # fmt: skip


# ------------------------------------------------------------------------------------------------------- restore


def restore(runtime: Runtime, file: Path, *, replace: bool = False) -> Restored:
    """Put a backup in the place of the database, after every key that was destroyed since is destroyed in it too.

    The database in use is touched by the last step alone, which happens at once or not at all. Raises `Invalid` for a
    file that is no whole backup, `Refusal` when the file of destroyed keys is missing or lacks a key that
    the backup or the database in use knows to be destroyed, or when events would be lost and `replace` is not set, and `Corrupt` when the ledger in the backup does not audit.
    """
    settings = runtime.settings
    keeper = load_keeper(settings)
    with archive.open_archive(file) as reader:
        _same_keeper(keeper, reader.manifest)
        _destroyed_is_whole(settings, reader.manifest.destroyed)
        _make_data_dir(settings.data_dir)
        with _database(runtime) as url, backups.stopped(url) as other:
            fresh = backups.make_fresh(url)
            try:
                open_database(fresh)
                _fill(reader)
                lost = {} if other is None else backups.missing_from(other)
                _file_has(settings, frozenset() if other is None else backups.destroyed_there(other))
                _may_lose(reader.manifest, lost, replace)
                migrate()
                house = enter_house(runtime, fresh, keeper)
                keys = _without_the_erased(house)
                record(house, [Entry(kind=Kind.STORE_RESTORED, actor=Actor.SYSTEM, details={
                    "made": reader.manifest.made, "size": reader.manifest.size, "lost": sum(lost.values()), "keys": keys,
                })])  # fmt: skip
                with suppress(JanjiError):
                    sequence_all()
                close()
                backups.put_in_place(url, other)
            except BaseException:
                close()
                backups.drop(fresh)
                raise
            return Restored(reader.manifest, lost, keys)


def _same_keeper(keeper: Keeper, manifest: Manifest) -> None:
    known = {keeper.id} if keeper.former is None else {keeper.id, keeper.former.id}
    if not known.issuperset(manifest.keepers):
        raise Corrupt(
            say(N_("the backup was locked with another key-encryption key")),
            say(
                N_(
                    "give the key of the house that the backup is of; one that was rotated since as `JANJI_FORMER_KEY`, or in a "
                    "file beside the present one whose name ends with `.former`; nothing was changed"
                )
            ),
        )


def _destroyed_is_whole(settings: Settings, known: int) -> None:
    """Refuse unless the file of destroyed keys is there and has at least as many keys as the backup knows."""
    path = destroyed_file(settings)
    if not path.exists():
        raise Refusal(
            say(N_("the file of destroyed keys is not there: `{path}`"), path=path),
            say(N_("put its copy there first; without it the backup would bring erased persons back")),
        )
    if len({entry.key for entry in read_destroyed(path)}) < known:
        raise _shortened(path)


def _shortened(path: Path) -> Refusal:
    return Refusal(
        say(N_("the file of destroyed keys lacks keys that are known to be destroyed: `{path}`"), path=path),
        say(N_("take its newest copy; what is missing in it would bring erased persons back")),
    )


def _fill(reader: Reader) -> None:
    """Copy the backup into the empty database that is open, and hold the ledger in it against what it says of itself."""
    manifest = reader.manifest
    backups.prepare(manifest.schema, manifest.tables)
    with transaction():
        for table in manifest.tables:
            backups.copy_in(table, reader.read(table))
        wanted = (manifest.size, bytes.fromhex(manifest.root))
        if backups.ledger() != wanted or backups.ledger_again() != wanted or backups.counts()[0] != manifest.events:
            raise Corrupt(
                say(N_("the ledger in the backup is not the one that was backed up")),
                say(N_("take another backup, and keep this one for an inquiry; nothing was changed")),
            )


def _without_the_erased(house: House) -> int:
    """Forget again whoever was forgotten since the backup; how many keys that was."""
    _file_has(house.runtime.settings, backups.destroyed_keys())
    return forget_again(house)


def _file_has(settings: Settings, keys: Iterable[str]) -> None:
    """Refuse unless the file of destroyed keys has all of these."""
    path = destroyed_file(settings)
    if not {str(entry.key) for entry in read_destroyed(path)}.issuperset(keys):
        raise _shortened(path)


def _may_lose(manifest: Manifest, lost: Mapping[str, int], replace: bool) -> None:
    if not lost or replace:
        return
    kinds = ", ".join(f"{kind} {count}" for kind, count in lost.items())
    raise Refusal(
        say(N_("the database has events that the backup of {made} has not: {count} ({kinds})"),
            made=manifest.made, count=sum(lost.values()), kinds=kinds),
        say(N_("they would be lost; `--replace` restores all the same, `janji backup` keeps what is there first")),
    )  # fmt: skip
