"""The program on a record with a shop and a care desk, called as a command line is, in this process."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.erasing_house import World, making

from janji.cli.main import main
from janji.store.server import ServerHandle
from janji.store.vault import keeper_of
from janji.workflows.keys import load_keeper, make_keeper
from janji.workflows.runtime import open_runtime

Run = Callable[..., str]


@contextmanager
def keyed_world(server: ServerHandle, url: str, folder: Path, people: int) -> Iterator[World]:
    """A house whose keys are in its folder, with a shop and a care desk."""
    runtime = open_runtime(environment={"JANJI_DATA_DIR": str(folder / "house")})
    (folder / "house" / "keys").mkdir(parents=True)
    make_keeper(runtime)
    with making(server, url, folder, people, keeper_of(load_keeper(runtime.settings).key)) as made:
        yield made


def program(world: World, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program on that record: what it says, and on standard error where it fails."""
    data = world.house.runtime.settings.data_dir
    for name, value in (("DATA_DIR", data), ("DATABASE_URL", url), ("MAPS", data / "datamap"), ("LANG", "en")):
        monkeypatch.setenv(f"JANJI_{name}", str(value))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words: str, code: int = 0, typed: str = "") -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main(words)
        out, err = capsys.readouterr()
        assert ended.value.code == code, out + err
        return out or err

    return command


def told(run: Run, *words: str, code: int = 0, typed: str = "") -> Any:
    """The answer for programs."""
    return json.loads(run(*words, "--format", "json", code=code, typed=typed))
