"""What an adapter must keep, and what it is given."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:  # a third of a second, which a command that starts no browser need not spend
    from selenium.webdriver import Chrome


@dataclass(frozen=True)
class Slot:
    """One running job's private place on this machine.

    `index` is 0 … jobs-1 and belongs to one running job at a time: key ports, databases and
    tenants on it. `dir` is a folder of the slot's own: empty when the adapter starts, and gone with
    the batch. An app may show it, since it is called the same in every batch:
    `/tmp/forge-<project>/slot-0` (unless another batch holds that name, or TMPDIR is set).
    """

    index: int
    dir: Path

    @property
    def downloads(self) -> Path:
        """Where the slot's browsers download to; it is there, and empty, when a render begins."""
        return self.dir / "browser-downloads"

    def free_port(self) -> int:
        """A loopback TCP port that is free now. Bind it at once: it is not held for you."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            return port


class Context:
    """What a step, a setup and an adapter know of the render they are part of.

    `lang` is the job's language (None when none was named), `job` its name `<id>[.<lang>]`,
    `state` what the adapter's `setup` returned. Whoever looks at `lang` or `job` is noticed
    (`personal`): what is recorded then serves no other language.
    """

    def __init__(self, lang: str | None, slot: Slot, job: str) -> None:
        self._lang, self.slot, self._job = lang, slot, job
        self.state: Any = None
        self.teardowns: list[Callable[[], object]] = []
        self.personal = False

    @property
    def lang(self) -> str | None:
        """The job's language; None when none was named."""
        self.personal = True
        return self._lang

    @property
    def downloads(self) -> Path:
        """The folder that the browser downloads to, empty when the render begins."""
        return self.slot.downloads

    @property
    def job(self) -> str:
        """The job's name: `<id>[.<lang>]`."""
        self.personal = True
        return self._job

    def sleep(self, seconds: float) -> None:
        """Let the page live for so long: on the virtual clock, of its own time."""
        time.sleep(seconds)

    def on_teardown(self, thunk: Callable[[], object]) -> None:
        """Call `thunk()` when this render ends, however it ends; last in, first out."""
        self.teardowns.append(thunk)


class Adapter:
    """The only app-specific code of a project. Every method may stay as it is: doing nothing.

    One instance lives in each worker process: `start` and `stop` are called once in it,
    `setup` and `teardown` once per render.
    """

    #: True: several renders may run at once, each in its own slot. With False, `-j 2` is refused.
    parallel_safe: ClassVar[bool] = False
    #: True: the app itself looks different per language, so each language is recorded.
    localized: ClassVar[bool] = False

    def start(self, slot: Slot) -> None:
        """Start the app for this slot, or reach it."""

    def setup(self, browser: Chrome, ctx: Context) -> Any:
        """Bring the app into a known state; what is returned becomes `ctx.state`."""

    def teardown(self, browser: Chrome, ctx: Context) -> None:
        """Undo what one render did."""

    def stop(self) -> None:
        """End what `start` began."""


class NoAdapter(Adapter):
    """For projects without an adapter: their steps bring the app up themselves."""

    parallel_safe = True
