"""A process that lives long: told to stop by signals, known to whoever started it, with heavy work in processes of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` at each SIGTERM and SIGINT; only in the main thread. A second one means: wait for nobody.

    It is called in a thread of its own: a signal comes while the main thread holds any lock, and would wait for that for ever.
    """
    reader, writer = os.pipe()

    def told(_: int, __: FrameType | None) -> None:
        os.write(writer, b".")

    def listen() -> None:
        while os.read(reader, 1):
            stop()

    listener = threading.Thread(target=listen, name="signals", daemon=True)
    listener.start()
    former = {number: signal.signal(number, told) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        os.close(writer)
        listener.join()
        os.close(reader)


def notify(state: str) -> None:
    """Tell systemd how it is, such as `READY=1` (sd_notify(3)); tells nobody when nobody asked."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(state.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)


@contextmanager
def own_process(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command line `words` of this program in a process of its own, which says its lines where this one does; ended at the end.

    It has to call `end_with_parent`: then it outlives this process in no way. Signals of the terminal do not reach it.
    """
    command = [sys.executable, "-m", "janji", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True) as process:  # noqa: S603 - our own words
        try:
            yield process
        finally:
            process.terminate()


def end_with_parent() -> None:
    """Be the quiet process of another one: let those that are waited for go first, and end when the other does."""
    os.nice(19)

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
