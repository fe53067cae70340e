"""The suite's own rules: skips and their failure where all is required, and the leak check."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project import ROOT

pytestmark = pytest.mark.slow(reason="each test runs pytest in a process of its own")

NOTHING_INSTALLED = """
from forge.errors import MachineError
from forge.workers.recording.browser import find
from forge.workers.speaking.engines.espeak import EspeakVoice

find.BINARIES = ()


def no_voice(names):
    raise MachineError("espeak-ng's library cannot be loaded")


EspeakVoice.check = staticmethod(no_voice)
"""

NEEDY = """
import pytest


@pytest.mark.browser
def test_with_browser(): ...


@pytest.mark.voice
def test_with_voice(): ...


def test_with_neither(): ...
"""

SKIPPING = """
import pytest


def test_skips_itself():
    pytest.skip("not today")
"""

SKIPPING_MODULE = """
import pytest

pytest.importorskip("no_such_package")
"""

LEAVING = """
import os
import subprocess
import tempfile
from pathlib import Path

import pytest


def test_leaves_a_process(nothing_left_behind):
    # An orphan in a session of its own, without our environment.
    subprocess.run(["sh", "-c", "env -i setsid sleep 60 >/dev/null 2>&1 &"], check=True)


def test_leaves_a_folder(nothing_left_behind):
    tempfile.mkdtemp(prefix="forge-run-")


def test_leaves_nothing(nothing_left_behind):
    assert Path(tempfile.gettempdir()) == nothing_left_behind
    assert os.environ["TMPDIR"] == str(nothing_left_behind)
    subprocess.run(["sleep", "0"], check=True)
"""


SHORT_GRACE = """
import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session):
    for plugin in session.config.pluginmanager.get_plugins():
        if hasattr(plugin, "LEFT_GRACE_S"):
            plugin.LEFT_GRACE_S = 0.2
"""


def run_suite(folder: Path, test: str, plugin: str = "", **env: str) -> str:
    """Run `test` as a suite of its own with our conftest; return pytest's output."""
    (folder / "test_inner.py").write_text(test)
    (folder / "missing_parts.py").write_text(plugin)
    (folder / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  browser: x\n  voice: x\n")
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "missing_parts", "test_inner.py"]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{folder}", **env},
        capture_output=True,
        text=True,
    ).stdout


def test_missing_requirement_skips_with_its_reason(tmp_path: Path) -> None:
    output = run_suite(tmp_path, NEEDY, NOTHING_INSTALLED, FORGE_TEST_REQUIRE_ALL="")
    assert "1 passed, 2 skipped" in output
    assert "no Chromium on this machine" in output
    assert "espeak-ng's library cannot be loaded" in output


def test_missing_requirement_fails_where_all_is_required(tmp_path: Path) -> None:
    output = run_suite(tmp_path, NEEDY, NOTHING_INSTALLED, FORGE_TEST_REQUIRE_ALL="1")
    assert "1 passed, 2 errors" in output
    assert "FORGE_TEST_REQUIRE_ALL=1, but skipped" in output
    assert "no Chromium on this machine" in output


@pytest.mark.parametrize(
    ("test", "says"),
    [(SKIPPING, "not today"), (SKIPPING_MODULE, "no_such_package")],
    ids=["test", "module"],
)
def test_skip_fails_where_all_is_required(tmp_path: Path, test: str, says: str) -> None:
    output = run_suite(tmp_path, test, FORGE_TEST_REQUIRE_ALL="1")
    assert "FORGE_TEST_REQUIRE_ALL=1, but skipped" in output
    assert says in output
    assert "1 skipped" not in output


@pytest.mark.browser
@pytest.mark.voice
def test_present_requirements_run(tmp_path: Path) -> None:
    assert "3 passed" in run_suite(tmp_path, NEEDY, FORGE_TEST_REQUIRE_ALL="1")


def test_leak_check_finds_processes_and_folders(tmp_path: Path) -> None:
    output = run_suite(tmp_path, LEAVING, SHORT_GRACE)
    assert "3 passed, 2 errors" in output
    assert "left behind: process" in output
    assert "sleep 60" in output
    assert "left behind: folder" in output
