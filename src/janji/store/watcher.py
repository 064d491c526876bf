"""A small detached process that starts the embedded server and stops it when nobody holds the users' lock any more.

It is run as a program of its own and needs the standard library only. It is handed open locks, never paths of them, so
that it can work as the user that the server runs as:

    watcher.py USERS WATCHERS ALIVE_WATCHED LINK [ALIVE_HELD CLUSTER UID GID LOG COMMAND...]

The working folder is the cluster; `LINK` is the short name of the socket's folder, if it needs one. With a command it starts the server, which inherits `ALIVE_HELD` (as long as any
process of the server lives, that lock is held, however the server came to its end) and `CLUSTER`, the open folder.
It returns when the server is started; a child stays behind and waits, unless another watcher does so already.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

PAUSE = 0.02
"""Seconds between two looks at a server that is stopping."""
PATIENCE = 3000
"""How many looks a server gets for an orderly stop before it is told to leave at once; it recovers at its next start."""


def locked(handle: int) -> bool:
    """Take a lock for oneself alone if it is free now."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def main(arguments: Sequence[str]) -> None:
    """Start the server if there is a command for it, then leave a watcher behind unless there is one."""
    users, watchers, watched = map(int, arguments[:3])
    ready, done = os.pipe()
    if os.fork():
        os.close(done)
        sys.exit(0 if os.read(ready, 1) else 1)
    os.close(ready)
    os.setsid()
    child = None
    owner = Path().stat()
    if len(arguments) > 4:
        held, cluster, uid, gid = map(int, arguments[4:8])
        child = _start((held, cluster), uid, gid, arguments[8], arguments[9:])
        os.close(held)
        os.close(cluster)
    os.write(done, b"1")
    os.close(done)
    if not locked(watchers):
        return
    if os.getuid() == 0 and owner.st_uid != 0:
        os.setgroups([])
        os.setgid(owner.st_gid)
        os.setuid(owner.st_uid)
    _detach()
    fcntl.flock(users, fcntl.LOCK_EX)
    _stop(child, watched)
    if arguments[3]:
        _unlink(Path(arguments[3]))
    for lock in (watched, watchers, users):  # users last: who comes next finds no server and no watcher, and starts both
        fcntl.flock(lock, fcntl.LOCK_UN)


def _start(handles: tuple[int, int], uid: int, gid: int, log: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
    for stale in ("postmaster.pid", "../socket/.s.PGSQL.5432", "../socket/.s.PGSQL.5432.lock"):
        Path(stale).unlink(missing_ok=True)  # the lock is ours, so no process of the server lives
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    other = uid != os.getuid()
    try:
        return subprocess.Popen(  # noqa: S603  # the command is our own
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, pass_fds=handles, umask=0o077,
            cwd="/", start_new_session=True, user=uid if other else None, group=gid if other else None,
            extra_groups=[] if other else None,
        )  # fmt: skip
    finally:
        os.close(output)


def _detach() -> None:
    """Keep no terminal and no pipe of the program that started us."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    for name in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # the server must not lose its watcher before its users


def _stop(child: subprocess.Popen[bytes] | None, watched: int) -> None:
    """Stop the server in good order, and return when its last process is gone."""
    told: set[tuple[int, int]] = set()
    looks = 0
    while not locked(watched):
        process = child.pid if child is not None and child.poll() is None else _postmaster()
        order = signal.SIGINT if looks < PATIENCE else signal.SIGQUIT
        if process is not None and (process, order) not in told:
            told.add((process, order))
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, order)
        looks += 1
        time.sleep(PAUSE)


def _unlink(link: Path) -> None:
    """Take the short name away, and its folder."""
    with suppress(OSError):
        link.unlink(missing_ok=True)
        link.parent.rmdir()


def _postmaster() -> int | None:
    """The server's process as it wrote it down, which may be a moment after it began."""
    try:
        return int(Path("postmaster.pid").read_text(encoding="utf-8").split("\n")[0])
    except (OSError, ValueError):
        return None


if __name__ == "__main__":
    main(sys.argv[1:])
