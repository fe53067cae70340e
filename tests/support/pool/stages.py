"""The fake stage of the pool's tests: a job's title says what its worker does.

The title is a JSON list of `[verb, argument…]`; each verb is a method of `Play`. Workers load this
file by its path.
"""

from __future__ import annotations

import ctypes
import io
import json
import multiprocessing
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from forge.errors import ForgeError, RecordingError, SpeechError
from forge.model.records import Attempt, Event, Job
from forge.store.atomic import part_of, whole
from forge.workers.setup import Stage, WorkerContext
from tests.support import glibc

GATE_TIMEOUT_S = 30.0
#: A child that creates a file when it is up, then sleeps for a minute.
CHILD = "import sys, time; open(sys.argv[1], 'w').close(); time.sleep(60)"


class TwoPartError(Exception):
    """An error that pickles but does not unpickle: its constructor takes other arguments."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


class MuteError(Exception):
    """An error without a message: `str` of it raises."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


class Bomb:
    """An object that pickles and raises when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return int, ("not a number",)


ERRORS: dict[str, Callable[[], BaseException]] = {
    "plain": lambda: ValueError("went wrong"),
    "forge": lambda: SpeechError("no voice", hint="install one"),
    "two-part": lambda: TwoPartError("this", "that"),
    "local": lambda: type("LocalError", (Exception,), {})("lives in the worker only"),
    "mute": MuteError,
    "lone-surrogate": lambda: ForgeError("file \udcff", hint="rename \udcff"),
    "interrupt": KeyboardInterrupt,
    "exit": lambda: SystemExit(3),
    "generator-exit": GeneratorExit,
    "step": lambda: RecordingError("not found", step="one"),
}


class Play:
    """One running job; its methods are the verbs."""

    def __init__(self, job: Job, context: WorkerContext, state: dict[str, object]) -> None:
        self.job = job
        self.context = context
        self.state = state
        self.result: Any = Attempt(job=job.name)

    def tell(self, text: str) -> None:
        self.context.tell(Event(kind="step", slot=self.context.slot, job=self.job.name, text=text))

    def wait(self, gate: str) -> None:
        """Wait for a byte from the named pipe `gate`."""
        handle = os.open(gate, os.O_RDONLY)
        try:
            if not select.select([handle], [], [], GATE_TIMEOUT_S)[0] or not os.read(handle, 1):
                raise TimeoutError(f"{gate} was not opened")
        finally:
            os.close(handle)

    def count(self, folder: str) -> None:
        """Tell how many jobs are now between `count` and `leave`, this one included."""
        Path(folder, self.job.name).touch()
        self.tell(f"{len(list(Path(folder).iterdir()))} at once")

    def leave(self, folder: str) -> None:
        Path(folder, self.job.name).unlink()

    def fail(self, error: str) -> None:
        raise ERRORS[error]()

    def fail_once(self, path: str) -> None:
        """Fail as a step does, unless the file `path` exists; create it."""
        if not Path(path).exists():
            Path(path).touch()
            self.fail("step")

    def exit(self, code: int) -> None:
        os._exit(code)

    def die(self, number: int) -> None:
        os.kill(os.getpid(), number)
        time.sleep(GATE_TIMEOUT_S)  # until the signal arrives

    def segv(self) -> None:
        ctypes.string_at(0)

    def give(self, what: str) -> None:
        """Return an object that a stage must not return."""
        self.result = {
            "nothing": None,
            "text": "done",
            "another's": Attempt(job="another-job"),
            "unpicklable": self.result.model_copy(update={"warnings": (lambda: None,)}),
            "bomb": self.result.model_copy(update={"warnings": (Bomb(),)}),
        }[what]

    def leak(self, megabytes: int) -> None:
        """Keep `megabytes` of memory until the worker ends."""
        self.state[self.job.name] = b"x" * megabytes * 2**20

    def leak_files(self, count: int) -> None:
        """Open `count` descriptors and leave them open."""
        for _ in range(count):
            os.open(os.devnull, os.O_RDONLY)

    def break_streams(self) -> None:
        sys.stdout.close()
        sys.stderr = io.StringIO()

    def patch(self, module: str, name: str) -> None:
        setattr(sys.modules[module], name, lambda *_: 0.0)

    def limit(self, name: str, soft: int) -> None:
        number = getattr(resource, name)
        resource.setrlimit(number, (soft, resource.getrlimit(number)[1]))

    def close_pipe(self) -> None:
        self.context._pipe.close()

    def half_done(self, path: str) -> None:
        """Begin an atomic write of `path` and do not finish it."""
        self.state["half done"] = under_way = whole(Path(path))
        under_way.__enter__().write_text("half")

    def begin_files(self, folder: str) -> None:
        """Begin files and make folders without pause, as long as this process lives."""
        temporary = tempfile.mkdtemp()
        self.half_done(f"{folder}/locked.mp4")
        for number in range(1_000_000):
            part_of(Path(folder, f"{number}.mp4")).write_text("half")
            Path(temporary, str(number)).mkdir()
            if number == 10:
                self.tell("busy")

    def die_once(self, path: str) -> None:
        """Die by SIGKILL, unless the file `path` exists; create it."""
        if not Path(path).exists():
            Path(path).touch()
            self.die(signal.SIGKILL)

    def hang_in_python(self) -> None:
        until = time.monotonic() + GATE_TIMEOUT_S
        while time.monotonic() < until:
            pass

    def hang_in_a_call(self) -> None:
        os.read(os.pipe()[0], 1)

    def hang_deaf(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.hang_in_a_call()

    def chatter(self) -> None:
        """Send an event every tenth of a second, for GATE_TIMEOUT_S."""
        never = threading.Event()
        for number in range(int(GATE_TIMEOUT_S / 0.1)):
            self.tell(str(number))
            never.wait(0.1)

    def half_result(self) -> None:
        """Die by SIGKILL after the first bytes of the result."""

        def send(pipe: Connection, words: bytes) -> None:
            os.write(pipe.fileno(), words[:10])
            self.die(signal.SIGKILL)

        Connection._send = send  # type: ignore[attr-defined]

    def child(self, up: str, *flags: str) -> None:
        """Start a child that outlives the job, and wait until it runs.

        Flags: `detached` gives it a session of its own, `leaky` lets it inherit every pipe.
        """
        words = [sys.executable, "-c", CHILD, up]
        if "leaky" in flags:
            os.posix_spawn(sys.executable, words, os.environ)
        else:
            subprocess.Popen(words, start_new_session="detached" in flags)
        self.await_file(up)

    def leave_a_file(self) -> None:
        (self.context.slot_dir / "left").touch()

    def make(self, name: str, size: int) -> None:
        """Write a file of `size` bytes into the work dir of the job."""
        folder = self.context.settings.work_root / self.job.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(bytes(size))

    def list_files(self) -> None:
        """Return the names of all files in the slot's folder."""
        names = tuple(path.name for path in self.context.slot_dir.iterdir())
        self.result = self.result.model_copy(update={"warnings": names})

    def fork(self, up: str, *flags: str) -> None:
        """Fork a child, as `multiprocessing` in an adapter does; it has copies of every pipe."""

        def run() -> None:
            if "detached" in flags:
                os.setsid()
            Path(up).touch()
            time.sleep(60)

        process = multiprocessing.get_context("fork").Process(target=run)
        process.start()
        self.await_file(up)

    def await_file(self, path: str) -> None:
        deadline = time.monotonic() + GATE_TIMEOUT_S
        while not Path(path).exists():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} never came")
            time.sleep(0.01)

    def thread(self) -> None:
        """Leave a thread that is no daemon."""
        threading.Thread(target=time.sleep, args=(60,)).start()

    def allocate_in_threads(self, count: int) -> None:
        glibc.allocate_in_threads(count)

    def scatter(self, times: int) -> None:
        glibc.scatter(times)

    def show_heap(self) -> None:
        """Return the number of arenas, and the bytes of memory that the worker has of its own."""
        heap = (str(glibc.arenas()), str(glibc.resident()))
        self.result = self.result.model_copy(update={"warnings": heap})

    def half_event(self) -> None:
        """Die by SIGKILL in the middle of an event."""
        os.write(self.context._pipe.fileno(), struct.pack("!i", 1000) + b'{"kind":')
        self.die(signal.SIGKILL)

    def say(self, text: str) -> None:
        """Write `text` to stdout and stderr in every possible way."""
        print(f"print {text}")
        print(f"error {text}", file=sys.stderr)
        os.write(1, f"raw {text}\n".encode())
        subprocess.run(["sh", "-c", f"echo child {text}; echo child-error {text} >&2"], check=True)

    def closer(self, path: str, error: str = "") -> None:
        """Register a closer that writes the job's name to `path`, or raises `error`."""

        def close() -> None:
            if error:
                raise ERRORS[error]()
            with Path(path).open("a") as file:
                file.write(f"{self.job.name}\n")

        self.context.closers.append(close)

    def hanging_closer(self) -> None:
        self.context.closers.append(lambda: time.sleep(60))

    def show(self, *names: str) -> None:
        """Return the facts `names` of the worker as the result's warnings."""
        facts = {
            "pid": os.getpid(),
            "session": os.getsid(0),
            "tmpdir": os.environ["TMPDIR"],
            "tempfile": tempfile.mkdtemp(),
            "slot_dir": self.context.slot_dir,
            "scratch": self.context.scratch,
            "jobs": self.state.setdefault("jobs", 0),
            "child-sigint": subprocess.run(
                [sys.executable, "-c", "import signal; print(signal.getsignal(2).__name__)"],
                capture_output=True,
                text=True,
                check=False,
            ).stdout.strip()
            if "child-sigint" in names
            else None,
        }
        self.result = self.result.model_copy(
            update={"warnings": tuple(str(facts[name]) for name in names)}
        )


def play(context: WorkerContext) -> Stage:
    """Make a stage that does what the titles of its jobs say."""
    state: dict[str, object] = {}

    def stage(job: Job) -> Any:
        turn = Play(job, context, state)
        for verb, *arguments in json.loads(job.title):
            getattr(turn, verb)(*arguments)
        return turn.result

    return stage
