"""A project whose recordings are made up, rendered by whole batches in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from forge import cli
from forge.batch.lanes import LaneLike, Seats
from forge.commands.arguments import settings_of
from forge.commands.batch import render
from forge.commands.consoles import Consoles
from forge.commands.render import request_of
from forge.commands.seats import LocalSeats
from forge.model.records import Attempt, Job
from forge.workers.setup import LaneSetup, WorkerContext
from tests.support.pipe_lane import PipeLane
from tests.support.pool import clock_stage
from tests.support.project import Project

STAGE = f"{clock_stage.__file__}:MadeUpStage"
SETTINGS = """
    adapter = "shop.py:Shop"
    [voice]
    engine = "silent"
    [video]
    width = 320
    height = 240
    [browser]
    binary = "bin/headless-shell"
    driver = "bin/driver"
    [limits]
    backoff_s = 0
"""
SHOP = """
    from pathlib import Path
    from forge import Adapter

    class Shop(Adapter):
        def start(self, slot):
            with Path(__file__).with_name("recorded.log").open("a") as file:
                file.write("start\\n")
            if Path(__file__).with_name("closed").exists():
                raise RuntimeError("closed on Sundays")
"""


class HereLane(PipeLane):
    """A lane in this process: starting a worker takes longer than a made-up render."""

    def __init__(self, slot: int, setup: LaneSetup) -> None:
        super().__init__(slot)
        folder, self._log = Path(setup.run_dir), Path(setup.log_dir) / "lane.log"
        context = WorkerContext(slot, folder, folder, self._log, setup, self.writer)
        self.stage = clock_stage.MadeUpStage(context)

    def submit(self, job: Job) -> Future[Attempt]:
        future: Future[Attempt] = Future()
        future.set_result(self.stage(job))
        return future

    def log_of(self, job: str) -> Path:
        return self._log


@dataclass
class Shop:
    """A project whose recordings are made up; `code` and `output` of its last render.

    `lane` makes its lanes; with `seats` they are made there.
    """

    project: Project
    capsys: pytest.CaptureFixture[str]
    lane: Callable[[int, LaneSetup], LaneLike]
    seats: Seats | None = None
    code: int = -1
    output: str = ""

    @property
    def folder(self) -> Path:
        return self.project.folder

    def fails(self, **how: str) -> None:
        self.project.write("fails.json", json.dumps(how))

    def render(self, *args: str) -> list[dict[str, Any]]:
        """Render; return the entries of `batch.json`."""
        (self.folder / "recorded.log").write_text("")
        words = cli.parser().parse_args(["render", "--project", str(self.folder), *args])
        consoles = Consoles.of_process()
        self.code = render(
            settings_of(words),
            replace(request_of(words), stage=STAGE),
            make_seats=lambda _, lanes: self.seats or LocalSeats(lanes, self.lane),
            consoles=consoles,
        ).exit_code
        said = self.capsys.readouterr()
        self.output = said.out + said.err
        found: list[dict[str, Any]] = json.loads((self.folder / "dist" / "batch.json").read_text())
        return found

    def one(self, *args: str) -> dict[str, Any]:
        """Render; return the entry of the only job."""
        (entry,) = self.render(*args)
        return entry

    def did(self, *kinds: str) -> list[str]:
        """Return the last render's actions of `kinds`: `record`, `launch`, `close`, `start`."""
        lines = (self.folder / "recorded.log").read_text().splitlines()
        return [line for line in lines if line.split()[0] in kinds]

    def clocks(self) -> list[str]:
        return [line.split()[-1] for line in self.did("record")]
