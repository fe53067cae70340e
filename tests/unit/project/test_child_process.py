"""Users' code runs in a child process: its errors are reported, the parent is unharmed."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

import forge.project.child_process as module
from forge.commands.preflight import check_voices, facts_of
from forge.errors import (
    AdapterError,
    ClockError,
    ForgeError,
    MachineError,
    ProjectError,
    RecordingError,
    UsageError,
)
from forge.model.settings import Limits, Settings, Voice
from forge.project.child_process import apart
from forge.project.plan import make_plan
from forge.workers.speaking import voice
from tests.support.project import TOUR, Project

SILENCE_S = 30.0

ENDS = {
    "os._exit": ("import os; os._exit(0)", r"tour\.py: .* gave no answer \(exit code 0\)"),
    "a crash": (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        r"tour\.py: .* gave no answer \(signal SIGKILL\)",
    ),
    "all files closed": ("import os; os.closerange(3, 300)", r"tour\.py: .* gave no answer"),
    "GeneratorExit": ("raise GeneratorExit('x')", r"tour\.py:1: GeneratorExit: x"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", r"tour\.py:1: KeyboardInterrupt"),
    "SystemExit": ("import sys; sys.exit(0)", r"tour\.py:1: SystemExit: 0"),
    "an error of its own": (
        "class Odd(BaseException):\n def __str__(self): raise TypeError\nraise Odd",
        r"tour\.py:3: Odd: \(its message cannot be shown\)",
    ),
    "half a character": ("raise OSError('caf\\udce9 \\x1b[2J')", "OSError: caf� �\\[2J"),
    "patched builtins": (
        f"{TOUR}\nimport builtins\nbuiltins.dict = None",
        r"tour\.py: after it was loaded, forge itself failed in that process: AttributeError",
    ),
    "builtins patched to bits": (
        f"{TOUR}\nimport builtins\nbuiltins.isinstance = builtins.len = builtins.type = None",
        r"tour\.py: .* gave no answer \(exit code 1\)",
    ),
    "a low limit of recursion": (
        f"import sys\nsys.setrecursionlimit(60)\n{TOUR}",
        r"tour\.py(:\d+)?: ",
    ),
    "a child that never ends, and no answer": (
        "import os, time\nif os.fork() == 0:\n    time.sleep(2)\nos._exit(0)",
        r"tour\.py: .* gave no answer \(exit code 0\)",
    ),
}

HARMLESS = {
    "atexit": "import atexit, os; atexit.register(os._exit, 0)",
    "a thread that never ends": (
        "import threading, time; threading.Thread(target=time.sleep, args=(99,)).start()"
    ),
    "a child that never ends": (
        "import os, time\nif os.fork() == 0:\n    time.sleep(2)\n    os._exit(0)"
    ),
    "a fork that goes on": "import os; os.fork()",
    "stdout closed": "import sys; sys.stdout.close(); sys.stderr = None",
    "another folder, no environment": "import os; os.chdir('/'); os.environ.clear()",
    "signals ignored": "import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
    "multiprocessing": "import multiprocessing as m; m.set_start_method('fork', force=True)",
}


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for a child that does not end by itself."""
    monkeypatch.setattr(module, "GRACE_S", 0.0)


@pytest.fixture(autouse=True)
def _traces_are_kept_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def plan_of(project: Project) -> list[str]:
    settings = Settings(project_dir=project.folder, limits=Limits(silence_s=SILENCE_S))
    return [job.name for job in make_plan(settings).jobs]


@pytest.mark.parametrize(("code", "says"), ENDS.values(), ids=list(ENDS))
def test_tutorial_that_ends_its_process_is_named(project: Project, code: str, says: str) -> None:
    project.write("tutorials/first.py", TOUR.replace('"tour"', '"first"'))
    project.write("tutorials/tour.py", code)
    with pytest.raises(ProjectError, match=says) as caught:
        plan_of(project)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("code", HARMLESS.values(), ids=list(HARMLESS))
def test_tutorial_cannot_harm_the_parent_process(project: Project, code: str) -> None:
    before = Path.cwd(), dict(os.environ), threading.active_count()
    project.write("tutorials/tour.py", f"{code}\n{TOUR}")
    assert plan_of(project) == ["tour"]
    assert (Path.cwd(), dict(os.environ), threading.active_count()) == before


@pytest.mark.usefixtures("no_grace")
def test_tutorial_that_never_loads_times_out(project: Project) -> None:
    project.write("tutorials/tour.py", "while True: pass")
    settings = Settings(project_dir=project.folder, limits=Limits(silence_s=0.2))
    with pytest.raises(ProjectError, match=r"tour\.py: .* \(it did not end by itself\)") as caught:
        make_plan(settings)
    assert "take more than 0.2 s" in caught.value.hint


@pytest.mark.parametrize("kind", [MachineError, UsageError, RecordingError, ClockError])
def test_errors_keep_their_kind_message_and_hint(kind: type[ForgeError]) -> None:
    def fail() -> str:
        raise kind("no voice", hint="install one")

    with pytest.raises(ForgeError) as caught:
        apart(str, fail, "it", silence_s=SILENCE_S)
    assert type(caught.value) is kind
    assert (caught.value.message, caught.value.hint) == ("no voice", "install one")


def test_no_room_for_a_process_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fork)
    with pytest.raises(MachineError, match="no process can be started: Resource temp"):
        apart(str, str, "it", silence_s=SILENCE_S)


def test_processes_of_a_tutorial_are_ended(project: Project, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = f"""
import os, subprocess
sleeper = subprocess.Popen(["sleep", "99"], start_new_session=True)
shell = f"sleep 99 & echo {{sleeper.pid}} $! > {pids}"
subprocess.run(["setsid", "sh", "-c", shell], stdout=subprocess.DEVNULL)
"""
    project.write("tutorials/tour.py", f"{code}\n{TOUR}")
    assert plan_of(project) == ["tour"]
    started = pids.read_text().split()
    assert len(started) == 2
    assert not [pid for pid in started if Path("/proc", pid).exists()]


@pytest.mark.usefixtures("no_grace")
def test_ctrl_c_reaches_both_and_leaves_no_child(tmp_path: Path) -> None:
    def interrupted() -> str:
        (tmp_path / "pid").write_text(str(os.getpid()))
        parent = psutil.Process(os.getppid())
        while parent.status() != psutil.STATUS_SLEEPING:
            pass  # the child is still in `os.fork`, where Python drops a Ctrl-C in finalizers
        os.kill(os.getppid(), signal.SIGINT)
        signal.pause()
        return ""

    with pytest.raises(KeyboardInterrupt):
        apart(str, interrupted, "it", silence_s=SILENCE_S)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_traceback_is_kept_for_its_owner_only(project: Project, tmp_path: Path) -> None:
    project.write("tutorials/tour.py", ENDS["patched builtins"][0])
    with pytest.raises(ProjectError) as caught:
        plan_of(project)
    (kept,) = tmp_path.glob("forge-error-*.txt")
    assert str(kept) in caught.value.hint
    assert "Traceback" in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o777 == 0o600


CHECKS = {
    "raises": ("raise ZeroDivisionError('x')", "its check failed: ZeroDivisionError: x"),
    "raises what is no Exception": ("raise GeneratorExit", "its check failed: GeneratorExit"),
    "returns None": ("return None", "its check returned None, not a list of texts"),
    "returns numbers": ("return [1]", r"its check returned \[1\], not a list of texts"),
    "ends the process": ("import os; os._exit(0)", r"gave no answer \(exit code 0\)"),
}


@pytest.mark.parametrize(("code", "says"), CHECKS.values(), ids=list(CHECKS))
def test_voice_with_a_bad_check_is_named(
    monkeypatch: pytest.MonkeyPatch, code: str, says: str
) -> None:
    scope: dict[str, Any] = {}
    exec(f"class Mine:\n def __init__(self, *_): ...\n def check(self, names): {code}", scope)
    monkeypatch.setitem(voice.OWN, "mine", scope["Mine"])
    with pytest.raises(ForgeError, match=f"voice.engine = 'mine': .*{says}") as caught:
        check_voices(Settings(voice=Voice(engine="mine")), {None})
    assert caught.value.exit_code == 2


def test_warnings_of_a_voice_are_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mine:
        def __init__(self, *_: object) -> None: ...

        def check(self, names: object) -> list[str]:
            return ["half \ud83c"]

    monkeypatch.setitem(voice.OWN, "mine", Mine)
    assert check_voices(Settings(voice=Voice(engine="mine")), {None}) == ["half �"]


def test_adapter_facts_or_its_end_are_reported(project: Project) -> None:
    shop = "from forge import Adapter\nclass Shop(Adapter):\n    localized = 1\n"
    settings = Settings(project_dir=project.folder, adapter="shop.py:Shop")
    project.write("shop.py", "import os; os._exit(0)")
    with pytest.raises(ProjectError, match=r"shop\.py: .* gave no answer"):
        facts_of(settings)
    project.write("pack/__init__.py", "raise GeneratorExit")
    with pytest.raises(AdapterError, match=r"'pack:Shop' fails when imported: GeneratorExit"):
        facts_of(settings.model_copy(update={"adapter": "pack:Shop"}))
    project.write("shop.py", shop)
    facts = facts_of(settings)
    assert (facts.name, facts.localized, facts.parallel_safe) == ("Shop", True, False)


def test_the_parent_works_meanwhile() -> None:
    reader, writer = os.pipe()

    def read() -> str:
        return os.read(reader, 9).decode()  # waits for the parent

    def write() -> None:
        os.write(writer, b"meanwhile")

    try:
        assert apart(str, read, "a tutorial", silence_s=SILENCE_S, meanwhile=write) == "meanwhile"
    finally:
        os.close(reader)
        os.close(writer)


def test_an_error_meanwhile_ends_the_child() -> None:
    def fails() -> None:
        raise UsageError("it was not there")

    before = set(psutil.Process().children())
    with pytest.raises(UsageError, match="it was not there"):
        apart(str, lambda: "unread", "a tutorial", silence_s=SILENCE_S, meanwhile=fails)
    assert set(psutil.Process().children()) <= before
