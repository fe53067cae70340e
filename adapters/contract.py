"""The contract of adapters: the class to derive from, and the objects that it is given."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from forge.adapters.place import Place
from forge.errors import AdapterError

if TYPE_CHECKING:  # importing it takes 0.3 s, and most commands start no browser
    from selenium.webdriver import Chrome

    from forge.adapters.programs import Program
    from forge.adapters.serving import Server
    from forge.waits import Awaited


@dataclass(frozen=True)
class Slot(Place):
    """What a running job has for itself on this machine.

    `index` is 0 … lanes-1, and one running job at a time has it: derive ports, databases and
    tenants from it. `dir` is a folder of the slot: empty when the adapter starts, removed after the
    batch. Its path is the same in every batch, so an app may show it:
    `/tmp/forge-<project>/slot-0` (unless another batch uses that name, or TMPDIR is set).
    `project_dir` is the project's folder. `log_dir` is for logs to keep; None: `dir`. `servers`
    are those that `serve` has started, by their names.
    """

    servers: dict[str, Server] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def downloads(self) -> Path:
        """The folder that the slot's browsers download to; it is empty when a render begins."""
        return self.dir / "browser-downloads"

    def serve(
        self,
        command: Sequence[str | os.PathLike[str]],
        *,
        ready: str = "/",
        timeout_s: float = 60.0,
        cwd: str | os.PathLike[str] = "",
        env: Mapping[str, str] | None = None,
        name: str = "app",
    ) -> str:
        """Start a server of this slot, and return its address when it is ready, without a slash.

        `{port}` in `command` and `env` is a free port, `{slot}` the number of the slot, `{dir}` its
        folder; `{{` is a brace. A command without `{port}` must print its address. `ready` is a
        path that it answers with a status below 500, `log: …` (a text in what it prints) or `port`
        (it accepts connections). `cwd` is relative to the project's folder. HOME and TMPDIR are in
        the slot, unless `env` has others. A value `$NAME` in `env` is that of a variable of the
        environment, or of the project's `.env`. What it prints goes to `<name>-<slot>.log` beside
        the batch's logs. An earlier server with the same `name` is ended first; all end with the
        adapter, or with the worker if that is killed.

        Raises:
            AdapterError: it does not start, ends, or is not ready within `timeout_s`; with the last
                lines of its log.
        """
        from forge.adapters.programs import Program

        program = Program(
            command=tuple(os.fspath(word) for word in command),
            ready=ready,
            timeout_s=timeout_s,
            cwd=os.fspath(cwd),
            env=dict(env or {}),
            name=name,
        )
        return self.run(program).url

    def run(self, program: Program) -> Server:
        """Start `program` in place of an earlier server of its name. AdapterError as in `serve`."""
        from forge.adapters.serving import serve

        self.end_server(program.name)
        server = self.servers[program.name] = serve(self, program)
        return server

    def copy(self, source: str | os.PathLike[str]) -> Path:
        """Copy a folder or a file of the project into the slot; return the path of the copy.

        An earlier copy of it is replaced. End a server that uses it first.

        Raises:
            AdapterError: it is not there, or cannot be copied.
        """
        from forge.adapters.folder_copy import FolderCopy

        return FolderCopy(source).fresh(self)

    def end_server(self, name: str = "app") -> None:
        """End the server that was started with this `name`, if there is one."""
        if server := self.servers.pop(name, None):
            server.end()

    def end_servers(self) -> None:
        """End all servers of the slot, the last one first."""
        for name in reversed(list(self.servers)):
            self.end_server(name)


class Context:
    """The render that a step, a setup or an adapter is part of.

    Attributes:
        slot: the slot of the job.
        state: the value that the adapter's `setup` returned.
        teardowns: functions to call when the render ends; add to them with `on_teardown`.
        personal: True once `lang` or `job` was read. The recording may then depend on the
            language, and serves no other.
        filming: True from the first step on, when the video shows what is done.
    """

    def __init__(self, lang: str | None, slot: Slot, job: str) -> None:
        self._lang, self.slot, self._job = lang, slot, job
        self.state: Any = None
        self.teardowns: list[Callable[[], object]] = []
        self.personal = False
        self.filming = False

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

    def sign_in(
        self,
        browser: Chrome,
        page: str,
        fields: Mapping[str, str],
        button: str,
        done: Awaited | None = None,
        start_page: str | None = None,
    ) -> None:
        """Sign in to the app, before the first step; the browser is then on `start_page`.

        The form is filled in once in each worker. Later renders get the session that it opened, as
        long as the app accepts it. The session is kept in memory; no message shows the values.

        Args:
            browser: the browser of this render.
            page: the address of the page with the form.
            fields: what is typed into each field, by its label: names of environment variables,
                `{"Email": "$SHOP_USER", "Password": "$SHOP_PASSWORD"}`. The project's `.env` may
                set them, too. `{slot}` in a name is the number of the slot.
            button: the name of the button that sends the form.
            done: what holds for those who are signed in, as in `wait_for` of a step; default: a
                page without the form, at rest.
            start_page: the address to open then; default: where the app led after the form.

        Raises:
            AdapterError: a value is not the name of a variable, a variable is not set, or a step
                has begun.
            RecordingError: there is no such form, or the app refused; with its words. It is not
                asked again in this batch.
        """
        from forge.adapters.sign_in import Form, sign_in

        if self.filming:
            raise AdapterError(
                "ctx.sign_in in a step would be part of the video",
                hint="call it in the setup of the adapter or of the tutorial",
            )
        sign_in(browser, self.slot, Form(page, fields, button, done, start_page))

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

    @classmethod
    def why_serial(cls) -> str:
        """Return what to do so that several renders may run at once; empty if they may."""
        if cls.parallel_safe:
            return ""
        return (
            "give each slot its own port and data (ctx.slot.index), and declare"
            " parallel_safe = True"
        )

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
