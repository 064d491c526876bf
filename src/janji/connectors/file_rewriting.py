"""Files written again without what is to go: beside their place, compared with what is wanted, and then put there at once."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from janji.connectors.file_search import FileSearch
from janji.connectors.file_text import Edit, edit_csv, edit_lines, opened, packed
from janji.connectors.file_views import FILE, ROW, Duck, FileView, literal, quoted, rows_of, separator_of, stored
from janji.connectors.folders import Written
from janji.datamap.catalogue import Column
from janji.errors import Conflict, Invalid, JanjiError, Unavailable
from janji.terms.messages import N_, Message, say

PREFIX, PART = ".janji-", ".part"
"""How the names of files begin and end that are being written: no reader takes them for data by their ending."""
JOURNAL, LOCK = f"{PREFIX}journal", f"{PREFIX}lock"
_CODECS = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "BROTLI", "LZ4", "LZ4_RAW"}

Print = tuple[int, int, int, int]
"""What tells a file from the one that it was: device, number, bytes, instant of the last change in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A file that takes the place of another that was as `before`; without `ready` the place becomes empty."""

    target: Path
    before: Print
    ready: Path | None


class Place(Protocol):
    """Where the files lie: a folder here, or a copy of what lies in a bucket."""

    root: Path

    def held(self) -> Any:
        """A context in which nobody else rewrites here; what was broken off before is finished or undone first."""
        ...

    def commit(self, replacements: Sequence[Replacement]) -> bool:
        """Put every file in its place, in the order given: whether what was there before is gone."""
        ...

    def refusals(self, files: Sequence[Path]) -> list[tuple[Message, Message]]:
        """Why these files could not be replaced, and what to do."""
        ...

    def deepen(self, files: Sequence[Path]) -> bool:
        """Let go of former versions of these files: whether none is left."""
        ...

    def close(self) -> None:
        """Let go of what was made for reading."""
        ...


class Folder:
    """A folder of this machine. Files are renamed into their place, all or none: a journal finishes what was broken off."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder's lock; raises `Unavailable` when somebody has it."""
        try:
            handle = os.open(self.root / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise unwritable(error) from None
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Unavailable(say(N_("somebody else erases in this folder")), say(N_("try again when they are done"))) from None
            self._recover()
            yield
        finally:
            os.close(handle)

    def _recover(self) -> None:
        """Finish the renames that were decided on, and remove what was being prepared."""
        try:
            journal = self.root / JOURNAL
            if journal.exists():
                with suppress(ValueError, KeyError, TypeError):  # half a journal: nothing was decided on
                    self._rename([
                        Replacement(self.root / one["target"], tuple(one["before"]), None if one["ready"] is None else self.root / one["ready"])
                        for one in json.loads(journal.read_bytes())
                    ], again=True)  # fmt: skip
                journal.unlink()
            for path in self.root.rglob(f"{PREFIX}*"):
                if path.name != LOCK:
                    path.unlink()
        except OSError as error:
            raise unwritable(error) from None

    def commit(self, replacements: Sequence[Replacement]) -> bool:
        """Journal, rename, forget the journal. Raises `Conflict` before the first rename when a file changed meanwhile."""
        with _unwritten(replacements):
            for one in replacements:
                if fingerprint(one.target) != one.before:
                    raise changed()
            held = [
                {"target": str(one.target.relative_to(self.root)), "before": one.before, "ready": None if one.ready is None else str(one.ready.relative_to(self.root))}
                for one in replacements
            ]  # fmt: skip
            try:
                journal = self.root / JOURNAL
                with journal.open("xb") as file:
                    file.write(json.dumps(held).encode())
                    file.flush()
                    os.fsync(file.fileno())
                sync(self.root)
                self._rename(replacements)
                journal.unlink()
                sync(self.root)
            except OSError as error:
                raise unwritable(error) from None
        return True

    def _rename(self, replacements: Sequence[Replacement], *, again: bool = False) -> None:
        for one in replacements:
            if again and (not one.target.exists() or fingerprint(one.target) != one.before):
                continue  # done before, or somebody else's file by now
            if one.ready is None:
                one.target.unlink()
                _prune(one.target.parent, self.root)
            elif one.ready.exists():
                one.ready.replace(one.target)
        for folder in {one.target.parent for one in replacements}:
            if folder.exists():
                sync(folder)

    def refusals(self, files: Sequence[Path]) -> list[tuple[Message, Message]]:
        """Folders that cannot be written, files with a second name, files that somebody writes, and a disk that is too full."""
        found = []
        for path in files:
            if not os.access(path.parent, os.W_OK | os.X_OK):
                found.append((say(N_("the folder of `{file}` cannot be written"), file=path.name), say(N_("let this user write there, then try again"))))
            if path.stat().st_nlink > 1:
                found.append((say(N_("`{file}` has a second name, under which it would stay"), file=path.name), say(N_("remove its other name"))))
            if _written_to(path):
                found.append(_being_written(path))
        room = os.statvfs(self.root)
        if files and room.f_bavail * room.f_frsize < sum(path.stat().st_size for path in files) + (1 << 20):
            found.append((say(N_("the disk has no room for a second copy of the files")), say(N_("make room, then try again"))))
        return found

    def deepen(self, files: Sequence[Path]) -> bool:
        """A folder keeps no former versions."""
        return True

    def close(self) -> None:
        """Nothing was made for reading."""


@contextmanager
def _unwritten(replacements: Sequence[Replacement]) -> Iterator[None]:
    """See that no program has one of the files open to write, and let none begin until they are replaced.

    A lease (fcntl 2, F_RDLCK) says so where the system grants one; the signal that a waiting writer causes is one that
    every program ignores. Elsewhere the comparison of prints must do.
    """
    handles: list[int] = []
    try:
        for one in replacements:
            handle = os.open(one.target, os.O_RDONLY | os.O_NOFOLLOW)
            handles.append(handle)
            if not _leased(handle):
                raise Unavailable(*_being_written(one.target))
        yield
    except FileNotFoundError:
        raise changed() from None
    finally:
        for handle in handles:
            os.close(handle)


def _being_written(path: Path) -> tuple[Message, Message]:
    return say(N_("`{file}` is being written by another program"), file=path.name), say(N_("let that program begin another file, then try again"))


def _written_to(path: Path) -> bool:
    handle = os.open(path, os.O_RDONLY)
    try:
        return not _leased(handle)
    finally:
        os.close(handle)


def _leased(handle: int) -> bool:
    """Whether a lease was granted, or the system grants none to us at all."""
    try:
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno != errno.EAGAIN
    except AttributeError:
        return True
    return True


def prepare(search: FileSearch, table: str, numbers: Iterator[int]) -> list[Replacement]:
    """Write the files of a table again that hold rows which go or change, each compared with what it should hold."""
    view, duck = search.views[table], search.duck
    touched = " OR ".join(["gone", *(f"s{slot}" for slot, _ in enumerate(search.assigned[table]))])
    counts = duck.run(f"SELECT f, count(*), count(*) FILTER (gone) FROM {search.marks(table)} WHERE {touched} GROUP BY f ORDER BY f")
    if not counts:
        return []
    firsts = {file: (first, rows) for file, first, rows in duck.run(f"SELECT {quoted(FILE)}, min({quoted(ROW)}), count(*) FROM {quoted(table)} GROUP BY 1")}
    left = len(firsts)
    made: list[Replacement] = []
    try:
        for file, _, gone in counts:
            path, (first, rows) = view.table.files[file], firsts[file]
            before = fingerprint(path)
            if gone == rows and left > 1:
                made.append(Replacement(path, before, None))
                left -= 1
                continue
            ready = path.parent / f"{PREFIX}{next(numbers)}{PART}"
            made.append(Replacement(path, before, ready))
            _write(_Rewriting(search, view, file, first), path, ready)
            _compare(_Rewriting(search, view, file, first), path, ready)
    except BaseException as error:
        discard(made)
        if isinstance(error, OSError):
            raise unwritable(error) from None
        raise
    return made


def discard(replacements: Sequence[Replacement]) -> None:
    """Remove what was prepared."""
    for one in replacements:
        if one.ready is not None:
            one.ready.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Rewriting:
    """One file of a table that is written again: its number, and the row of the table that is its first."""

    search: FileSearch
    view: FileView
    file: int
    first: int

    @property
    def duck(self) -> Duck:
        return self.search.duck

    def rows(self, path: Path) -> str:
        return rows_of(self.view.table, self.view.columns, [path])

    def marked(self) -> str:
        """The marks of this file, counted from its own first row."""
        first = 0 if self.view.table.written is Written.PARQUET else self.first
        return f"(SELECT *, r - {first} AS own FROM {self.search.marks(self.view.table.name)} WHERE f = {self.file})"

    def columns(self, path: Path) -> list[Column]:
        """The columns that this file itself has: others of its table may have more."""
        there = {name for name, _ in self.duck.names(f"SELECT * FROM ({self.rows(path)})")}
        return [column for column in self.view.columns if column.name in there and not column.generated]

    def wanted(self, columns: Sequence[Column]) -> list[str]:
        """What each column is to hold."""
        assigned = self.search.assigned[self.view.table.name]
        found = []
        for column in columns:
            name = f"t.{quoted(column.name)}"
            if column.name in assigned:
                slot = assigned.index(column.name)
                name = f"CASE WHEN m.s{slot} THEN CAST(m.v{slot} AS {stored(column.type)}) ELSE {name} END"
            found.append(name)
        return found


def _write(one: _Rewriting, path: Path, ready: Path) -> None:
    if one.view.table.written is Written.PARQUET:
        _write_parquet(one, path, ready)
    else:
        _write_text(one, path, ready)
    handle = os.open(ready, os.O_RDONLY)
    try:
        status = path.stat()
        os.fchmod(handle, status.st_mode & 0o7777)
        with suppress(PermissionError):
            os.fchown(handle, status.st_uid, status.st_gid)
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_text(one: _Rewriting, path: Path, ready: Path) -> None:
    table, assigned = one.view.table, one.search.assigned[one.view.table.name]
    slots = "".join(f", s{slot}, v{slot}" for slot, _ in enumerate(assigned))
    touched = " OR ".join(["gone", *(f"s{slot}" for slot, _ in enumerate(assigned))])

    def edits() -> Iterator[Edit]:
        for row, gone, *held in one.duck.stream(f"SELECT own, gone{slots} FROM {one.marked()} WHERE {touched} ORDER BY own"):
            yield Edit(row, gone, {name: held[2 * slot + 1] for slot, name in enumerate(assigned) if held[2 * slot]})

    with opened(path) as source, ready.open("xb") as plain:
        ready.chmod(0o600)
        target = packed(plain, like=path)
        if table.written is Written.CSV:
            rows = edit_csv(source, target, separator_of(path), [column.name for column in one.columns(path)], edits())
        else:
            rows = edit_lines(source, target, {column.name: column.sort for column in one.view.columns}, edits())
        if target is not plain:
            target.close()
    if rows != one.duck.run(f"SELECT count(*) FROM ({one.rows(path)})")[0][0]:
        raise unlike(path)


def _write_parquet(one: _Rewriting, path: Path, ready: Path) -> None:
    columns = one.columns(path)
    chosen = ", ".join(f"{value} AS {quoted(column.name)}" for value, column in zip(one.wanted(columns), columns, strict=True))
    ready.touch(0o600, exist_ok=False)
    one.duck.run(
        f"COPY (SELECT {chosen} FROM ({one.rows(path)}) t LEFT JOIN {one.marked()} m ON m.own = t.{quoted(ROW)} "
        f"WHERE m.gone IS NOT TRUE ORDER BY t.{quoted(ROW)}) TO {literal(str(ready))} (FORMAT parquet{_manner(one.duck, path)})"
    )
    if not same_form(one.duck, path, ready):
        raise unlike(path)


def _manner(duck: Duck, path: Path) -> str:
    """How a Parquet file is packed, and what its writer noted in it, for the one that takes its place."""
    found = duck.run(f"SELECT compression FROM parquet_metadata({literal(str(path))}) LIMIT 1")
    codec = found[0][0] if found and found[0][0] in _CODECS else "SNAPPY"
    noted = duck.run(f"SELECT key, value FROM parquet_kv_metadata({literal(str(path))})")
    pairs = []
    for key, value in noted:
        try:
            name, text = bytes(key).decode(), bytes(value).decode()
        except UnicodeDecodeError:
            continue
        if not name.startswith("duckdb.") and name != "ARROW:schema":  # they tell of pages and types that are written anew
            pairs.append(f"{literal(name)}: {literal(text)}")
    return f", COMPRESSION {'LZ4_RAW' if codec == 'LZ4' else codec}" + (f", KV_METADATA {{{', '.join(pairs)}}}" if pairs else "")


def same_form(duck: Duck, path: Path, other: Path) -> bool:
    """Whether two Parquet files read alike: the names and types of their columns."""
    forms = [duck.names(f"SELECT * FROM read_parquet({literal(str(file))}, hive_partitioning = false)") for file in (path, other)]
    return forms[0] == forms[1]


def _compare(one: _Rewriting, path: Path, ready: Path) -> None:
    """See that the new file holds every row that stays, as it is wanted, and no other; by a sum of digests of rows."""
    columns = one.columns(path)
    if not columns:
        return
    wanted = one.duck.run(
        f"SELECT count(*), sum(hash({', '.join(one.wanted(columns))})::HUGEINT) FROM ({one.rows(path)}) t "
        f"LEFT JOIN {one.marked()} m ON m.own = t.{quoted(ROW)} WHERE m.gone IS NOT TRUE"
    )
    held = ", ".join(f"t.{quoted(column.name)}" for column in columns)
    if one.duck.run(f"SELECT count(*), sum(hash({held})::HUGEINT) FROM ({one.rows(ready)}) t") != wanted:
        raise unlike(path)


def fingerprint(path: Path) -> Print:
    """What tells a file from the one that it was."""
    status = path.stat(follow_symlinks=False)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def sync(folder: Path) -> None:
    """Let the names in a folder reach the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _prune(folder: Path, root: Path) -> None:
    """Remove folders that became empty: their names may be values."""
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def changed() -> Conflict:
    """A file became another while it was read."""
    return Conflict(say(N_("a file was written while it was read")), say(N_("try again; nothing was changed")))


def unlike(path: Path) -> Invalid:
    """A file cannot be written again without losing something."""
    return Invalid(
        say(N_("`{file}` cannot be written again as it is, and stays"), file=path.name),
        say(N_("have its own program write it, or serve the system by hand")),
    )


def unwritable(error: OSError) -> JanjiError:
    """Why files cannot be replaced, in our words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable(say(N_("the disk is full")), say(N_("make room for a second copy of the files, then try again")))
    return Unavailable(say(N_("the folder cannot be written")), say(N_("let this user write there, then try again")))
