"""The contract of adapters: the class to derive from, and the objects that it is given."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:  # importing it takes 0.3 s, and most commands start no browser
    from selenium.webdriver import Chrome


@dataclass(frozen=True)
class Slot:
    """What a running job has for itself on this machine.

    `index` is 0 … lanes-1, and one running job at a time has it: derive ports, databases and
    tenants from it. `dir` is a folder of the slot: empty when the adapter starts, removed after the
    batch. Its path is the same in every batch, so an app may show it:
    `/tmp/forge-<project>/slot-0` (unless another batch uses that name, or TMPDIR is set).
    """

    index: int
    dir: Path

    @property
    def downloads(self) -> Path:
        """The folder that the slot's browsers download to; it is empty when a render begins."""
        return self.dir / "browser-downloads"

    def free_port(self) -> int:
        """Return a free TCP port of the loopback interface.

        Bind it at once: another process may take it as well.
        """
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            return port


class Context:
    """The render that a step, a setup or an adapter is part of.

    Attributes:
        slot: the slot of the job.
        state: the value that the adapter's `setup` returned.
        teardowns: functions to call when the render ends; add to them with `on_teardown`.
        personal: True once `lang` or `job` was read. The recording may then depend on the
            language, and serves no other.
    """

    def __init__(self, lang: str | None, slot: Slot, job: str) -> None:
        self._lang, self.slot, self._job = lang, slot, job
        self.state: Any = None
        self.teardowns: list[Callable[[], object]] = []
        self.personal = False

    @property
    def lang(self) -> str | None:
        """The language of the job; None if no languages are set."""
        self.personal = True
        return self._lang

    @property
    def downloads(self) -> Path:
        """The folder that the browser downloads to; it is empty when the render begins."""
        return self.slot.downloads

    @property
    def job(self) -> str:
        """The name of the job: `<id>[.<lang>]`."""
        self.personal = True
        return self._job

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass; on the virtual clock, seconds of the page's time."""
        time.sleep(seconds)

    def on_teardown(self, thunk: Callable[[], object]) -> None:
        """Call `thunk()` when this render ends, also after a failure; last in, first out."""
        self.teardowns.append(thunk)


class Adapter:
    """The base class of adapters, which start an app and bring it into a known state.

    Override what the app needs: here every method does nothing. Each worker process has one
    instance. It calls `start` and `stop` once, `setup` and `teardown` for every render.
    """

    parallel_safe: ClassVar[bool] = False
    """True if several renders may run at once, each in its own slot. If False, `-j 2` fails."""
    localized: ClassVar[bool] = False
    """True if the app looks different in each language, so that each language is recorded."""

    def start(self, slot: Slot) -> None:
        """Start the app for this slot, or connect to one that runs."""

    def setup(self, browser: Chrome, ctx: Context) -> Any:
        """Bring the app into a known state; the return value becomes `ctx.state`."""

    def teardown(self, browser: Chrome, ctx: Context) -> None:
        """Undo the changes of one render."""

    def stop(self) -> None:
        """Stop the app, if `start` started it."""


class NoAdapter(Adapter):
    """The adapter of projects that name none: their steps open the app themselves."""

    parallel_safe = True
