"""Programs of a slot: start one in the worker's process session, log what it prints, end it.

A program has TMPDIR in its slot and stays in the session of its worker, so it is found and ended
even if the worker is killed (`forge.workers.guard`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from forge.adapters.app_environment import environment
from forge.adapters.place import Place
from forge.adapters.secret_values import named_in, read_secrets
from forge.errors import AdapterError
from forge.text.placeholders import UnknownPlaceholder, fill, names_in
from forge.text.redact import without_passwords

TERM_GRACE_S = 3.0
KILL_GRACE_S = 5.0
LOOK_S = 0.01
TAIL_LINES, TAIL_CHARACTERS = 15, 4000


@dataclass(frozen=True)
class Program:
    """How a program is started.

    `port` is that of a server which cannot be told one. `values` are those of more placeholders.
    `where` names the command in messages. A value in `env` that is `$NAME` as a whole stands for a
    variable of the environment, or of the project's `.env`; no message shows what that has.
    """

    command: tuple[str, ...]
    ready: str = "/"
    timeout_s: float = 60.0
    cwd: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    name: str = "app"
    port: int | None = None
    log: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    where: str = "the command"

    @property
    def takes_port(self) -> bool:
        """True if the program is told its port."""
        return "port" in names_in((*self.command, *self.env.values()))


class Running:
    """A program that was started. `log` is the file with what it prints."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, log_from: int) -> None:
        self.log = log
        self._process, self._log_from = process, log_from

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code of the program; None while it runs."""
        return self._process.poll()

    def wait(self, timeout_s: float) -> int | None:
        """Wait for the end of the program, at most `timeout_s`; return its exit code or None."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout_s)
        return None

    def said(self) -> str:
        """Return what the program has printed since its start."""
        try:
            with self.log.open("rb") as file:
                file.seek(self._log_from)
                return file.read().decode("utf-8", "replace")
        except OSError:
            return ""  # the program has removed its log

    def tail(self) -> str:
        """Return where the log is, and its last lines."""
        lines = without_passwords(self.said()[-TAIL_CHARACTERS:]).strip().split("\n")
        text = "\n".join(lines[-TAIL_LINES:])
        return f"its log {self.log} ends:\n{text}" if text else f"it printed nothing ({self.log})"

    def end(self) -> None:
        """End the program and all that it has started: ask first, then kill."""
        everything = _family(self._process.pid)
        _signal(signal.SIGTERM, everything)
        self.wait(TERM_GRACE_S)
        _signal(signal.SIGKILL, everything)
        self.wait(KILL_GRACE_S)
        deadline = time.monotonic() + KILL_GRACE_S
        while any(map(_is_alive, everything)) and time.monotonic() < deadline:
            time.sleep(LOOK_S)  # their files are replaced next


def _family(pid: int) -> list[psutil.Process]:
    """Return process `pid`, its descendants, and those of its group whose parent has ended."""
    found = [p for p in psutil.process_iter() if _group(p.pid) == (pid, os.getsid(0))]
    with suppress(psutil.Error):  # it has ended
        leader = psutil.Process(pid)
        found += [leader, *leader.children(recursive=True)]
    return found


def _group(pid: int) -> tuple[int, int] | None:
    """Return the process group and the session of process `pid`."""
    try:
        return os.getpgid(pid), os.getsid(pid)
    except OSError:
        return None


def _signal(number: signal.Signals, processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(number)  # psutil sends nothing to another process with that number


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def start(slot: Place, program: Program, port: int | None) -> Running:
    """Start `program`, which is told `port`, and return it without waiting.

    Raises:
        AdapterError: it cannot be started; a text of it has an unknown placeholder; or a variable
            that `env` names is not set.
    """
    values = {"slot": str(slot.index), "dir": str(slot.dir), **program.values}
    if port is not None:
        values["port"] = str(port)
    words = [filled(word, values, program.where) for word in program.command]
    env = {name: filled(text, values, program.where) for name, text in program.env.items()}
    named = named_in(program.env)  # not filled in: what they have is not forge's to change
    env |= read_secrets(named, slot.project_dir, slot.index, f"{program.where}: env: ")
    cwd = slot.project_dir / filled(program.cwd, values, program.where)
    if not cwd.is_dir():
        raise AdapterError(f"{program.where}: there is no folder {cwd} to start it in")
    log = _log_file(slot, program, values)
    with log.open("ab") as output:
        log_from = output.tell()
        try:
            # A process group of its own, so that it can be ended without the worker, but no session
            # of its own, so that it ends with the worker. Into a file: a full pipe would stop it.
            process = subprocess.Popen(
                words,
                cwd=cwd,
                env=environment(slot, env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        except (OSError, ValueError) as problem:
            raise AdapterError(
                f"{program.where}: {words[0]} cannot be started: {problem}",
                hint="install it, or write its path",
            ) from problem
    return Running(process, log, log_from)


def run(slot: Place, program: Program, port: int | None) -> None:
    """Run `program` to its end.

    Raises:
        AdapterError: it cannot be started, fails, or takes longer than its `timeout_s`.
    """
    running = start(slot, program, port)
    try:
        code = running.wait(program.timeout_s)
    finally:
        running.end()
    if code is None:
        raise AdapterError(
            f"{program.where}: {program.command[0]} did not end within {program.timeout_s:g} s",
            hint=running.tail(),
        )
    if code:
        raise AdapterError(
            f"{program.where}: {program.command[0]} failed with exit code {code}",
            hint=running.tail(),
        )


def filled(text: str, values: Mapping[str, str], where: str) -> str:
    """Return `text` with the values of its placeholders; AdapterError if one is unknown."""
    try:
        return fill(text, values)
    except UnknownPlaceholder as problem:
        known = ", ".join(f"{{{name}}}" for name in sorted(values))
        raise AdapterError(
            f"{where}: unknown placeholder {{{problem.name}}} in {text!r}",
            hint=f"known here: {known}; {{{{ is a brace",
        ) from problem


def _log_file(slot: Place, program: Program, values: Mapping[str, str]) -> Path:
    folder = slot.project_dir if program.log else slot.log_dir or slot.dir
    path = folder / (
        filled(program.log, values, program.where) or f"{program.name}-{slot.index}.log"
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as problem:
        raise AdapterError(f"{program.where}: no log can be written: {problem}") from problem
    return path
