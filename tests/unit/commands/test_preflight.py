"""Checks before a browser starts: lanes, adapter, voice, folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from forge.commands.planning import plan
from forge.commands.preflight import (
    SPARE_MB,
    check_file,
    check_means,
    check_project,
    check_writable,
    lanes_from,
)
from forge.commands.request import Selection
from forge.errors import AdapterError, MachineError, UsageError
from forge.model.machine import Machine
from forge.model.records import PhaseChoice
from forge.model.settings import Browser, Settings
from forge.project.settings_sources import load_settings
from forge.workers.recording.browser.find import find_browser
from tests.support.project import Project

LANE_MB = 500.0


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, float], None]:
    """Return `machine(cores, lanes)`: it sets the cores, and free memory for that many lanes."""

    def be(cores: int, lanes: float) -> None:
        free = int((SPARE_MB + lanes * LANE_MB) * 2**20)
        memory = psutil.virtual_memory()._replace(available=free)
        monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
        monkeypatch.setattr("os.sched_getaffinity", lambda _pid: set(range(cores)))

    return be


def lanes_of(text: str | None, jobs: int = 1) -> tuple[int, list[str]]:
    return lanes_from(text, Settings(jobs=jobs), LANE_MB)


@pytest.mark.parametrize(("text", "lanes"), [(None, 1), ("1", 1), ("3", 3), (" 2 ", 2)])
def test_number_of_lanes_is_taken(text: str | None, lanes: int) -> None:
    assert lanes_of(text) == (lanes, [])


def test_without_a_flag_the_settings_say_how_many() -> None:
    assert lanes_of(None, jobs=4) == (4, [])
    assert lanes_of("2", jobs=4) == (2, [])


@pytest.mark.parametrize("text", ["0", "-1", "two", "2.5", "", "1e3", "AUTO"])
def test_anything_unusable_means_serial_and_says_so(text: str) -> None:
    lanes, warnings = lanes_of(text, jobs=4)
    assert lanes == 1
    assert len(warnings) == 1
    assert warnings[0].startswith(f"-j {text or 'without a number'}: not a number of lanes")
    assert warnings[0].endswith("rendering serially")


@pytest.mark.parametrize(
    ("cores", "room", "lanes"), [(8, 3.1, 3), (2, 100, 2), (1, 100, 1), (8, 0.1, 1), (8, -1, 1)]
)
def test_auto_lanes_fit_cores_and_memory(
    machine: Callable[[int, float], None], cores: int, room: float, lanes: int
) -> None:
    machine(cores, room)
    assert lanes_of("auto") == (lanes, [])


@pytest.mark.parametrize("asked", ["4", None])
def test_more_lanes_than_memory_allows_warn(
    machine: Callable[[int, float], None], asked: str | None
) -> None:
    machine(8, 2.5)
    lanes, warnings = lanes_of(asked, jobs=4)
    assert lanes == 4
    assert "room for 2 of 500 MB" in warnings[0]
    assert lanes_of("2") == (2, [])
    machine(8, 0.5)
    assert lanes_of("1") == (1, []), "there is at least one lane"


def test_nothing_starts_on_a_full_disk(project: Project) -> None:
    project.write("forge.toml", "[limits]\ndisk_mb = 1e12\n")
    with pytest.raises(MachineError, match=r"MB are free in .*disk_mb") as caught:
        check(project, 1)
    assert "free some space" in caught.value.hint


def test_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


@pytest.mark.parametrize("inside", ["", "deeper"])
def test_file_in_place_of_a_folder_is_refused(tmp_path: Path, inside: str) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(MachineError, match="cannot be written") as caught:
        check_writable(tmp_path / "out" / inside)
    assert "--out-dir" in caught.value.hint


ADAPTER = """
    from forge import Adapter

    class Shop(Adapter):
        parallel_safe = {safe}

    nothing = 3
"""


def check(project: Project, lanes: int, phase: PhaseChoice = "record") -> Machine | None:
    settings = load_settings(project.folder)
    settings = settings.model_copy(update={"browser": stand_in(project)})
    return preflight(settings, lanes, phase)[0]


def preflight(
    settings: Settings, lanes: int, phase: PhaseChoice
) -> tuple[Machine | None, list[str]]:
    """Check all that a batch of every job needs."""
    planned = plan(settings, Selection(), adapter=True)
    adapter = planned.adapter if phase in ("all", "record") else None
    machine = check_project(settings, planned.jobs, lanes, adapter)
    return machine, check_means(settings, machine, planned.jobs, phase)


def stand_in(project: Project) -> Browser:
    """Return paths of two programs that could be browser and driver; nothing starts them."""
    programs = [project.write(f"bin/{name}", "#!/bin/sh\nexit 9\n") for name in ("b", "d")]
    for program in programs:
        program.chmod(0o755)
    return Browser(binary=programs[0], driver=programs[1])


def with_adapter(project: Project, reference: str, safe: bool = False) -> Project:
    project.write("forge.toml", f'adapter = "{reference}"\nvoice.engine = "silent"\n')
    project.write("adapters/shop.py", ADAPTER.format(safe=safe))
    return project


def test_auto_clock_falls_back_without_a_headless_shell(project: Project) -> None:
    project.write("forge.toml", 'voice.engine = "silent"\nvideo.clock = "auto"\n')
    settings = load_settings(project.folder).model_copy(update={"browser": stand_in(project)})
    machine, warnings = preflight(settings, 1, "record")
    assert machine is not None
    assert machine.clock == "elastic"
    (warning,) = warnings
    assert "elastic clock" in warning
    assert "not chrome-headless-shell" in warning


def test_auto_clock_stays_with_a_headless_shell(project: Project) -> None:
    project.write("forge.toml", 'voice.engine = "silent"\nvideo.clock = "auto"\n')
    shell = project.write("bin/headless-shell", "#!/bin/sh\nexit 9\n")
    shell.chmod(0o755)
    browser = stand_in(project).model_copy(update={"binary": shell})
    settings = load_settings(project.folder).model_copy(update={"browser": browser})
    machine, warnings = preflight(settings, 1, "record")
    assert machine is not None
    assert (machine.browser, machine.clock, warnings) == (shell, "auto", [])


def test_virtual_clock_needs_a_headless_shell(project: Project) -> None:
    project.write("forge.toml", 'voice.engine = "silent"\nvideo.clock = "virtual"\n')
    with pytest.raises(MachineError, match=r"no virtual clock: .* is not chrome-headless-shell"):
        check(project, 1)


def test_many_lanes_need_a_parallel_safe_adapter(project: Project) -> None:
    with_adapter(project, "adapters/shop.py:Shop")
    check(project, 1)
    with pytest.raises(AdapterError, match=r"'adapters/shop\.py:Shop' is not parallel-safe, and 2"):
        check(project, 2)


def test_parallel_safe_or_missing_adapter_allows_many_lanes(project: Project) -> None:
    check(project, 2)
    check(with_adapter(project, "adapters/shop.py:Shop", safe=True), 2)


def test_app_on_a_fixed_port_allows_one_lane(project: Project) -> None:
    project.write("forge.toml", "[app]\ncommand = ['sh', '8000']\n[voice]\nengine = 'silent'\n")
    check(project, 1)
    with pytest.raises(AdapterError, match=r"the app of \[app\] is not parallel-safe") as caught:
        check(project, 2)
    assert "write {port}" in caught.value.hint
    project.write("forge.toml", "[app]\ncommand = ['sh', '{port}']\n[voice]\nengine = 'silent'\n")
    check(project, 2)


def test_app_that_cannot_start_is_found_before_a_browser_starts(project: Project) -> None:
    project.write("forge.toml", "[app]\ncommand = ['no-such-program']\n")
    with pytest.raises(AdapterError, match=r"forge\.toml: app\.command: there is no program"):
        check(project, 1)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("adapters/gone.py:Shop", r"there is no file .*/adapters/gone\.py"),
        ("adapters/shop.py:Gone", "adapters/shop.py has no class Gone"),
        ("adapters/shop.py:nothing", "nothing is not an Adapter"),
        ("adapters/shop.py", "names no class"),
        ("no_such_package.module:Shop", "cannot be imported"),
        ("json:JSONDecoder", "JSONDecoder is not an Adapter"),
    ],
)
def test_unusable_adapter_says_why(project: Project, reference: str, message: str) -> None:
    with pytest.raises(AdapterError, match=message) as caught:
        check(with_adapter(project, reference), 1)
    assert reference in caught.value.message
    assert caught.value.hint


def test_changed_adapter_is_seen_by_the_next_batch(project: Project) -> None:
    check(with_adapter(project, "adapters/shop.py:Shop", safe=True), 2)
    with_adapter(project, "adapters/shop.py:Shop", safe=False)
    with pytest.raises(AdapterError, match="is not parallel-safe"):
        check(project, 2)


def test_adapter_error_names_file_and_line(project: Project) -> None:
    with_adapter(project, "adapters/shop.py:Shop")
    project.write("adapters/shop.py", "import json\nx = (\n")
    with pytest.raises(AdapterError, match=r"adapters/shop\.py:2: syntax error"):
        check(project, 1)


@pytest.mark.parametrize("method", ["start", "setup", "teardown", "stop"])
def test_async_adapter_method_is_refused_with_its_place(project: Project, method: str) -> None:
    with_adapter(project, "adapters/shop.py:Shop")
    head = "from forge import Adapter\nclass Shop(Adapter):\n"
    project.write("adapters/shop.py", f"{head}    async def {method}(self, *_): ...\n")
    with pytest.raises(AdapterError, match=rf"shop\.py:3: Shop\.{method} is an `async def`"):
        check(project, 1)


def test_compose_needs_take_and_narration(project: Project) -> None:
    with pytest.raises(UsageError, match=r"\.forge/tour has no usable take"):
        check(project, 1, "compose")


@pytest.mark.parametrize("phase", ["speak", "record"])
def test_every_phase_needs_the_output_folder(project: Project, phase: PhaseChoice) -> None:
    (project.folder / "dist").write_text("mine")
    with pytest.raises(MachineError, match="dist cannot be written"):
        check(project, 1, phase)


def test_language_without_a_voice_warns(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from forge.workers.speaking.engines.espeak import EspeakVoice

    monkeypatch.setattr(EspeakVoice, "check", staticmethod(lambda names: []))
    project.write("tutorials/tour.xx.json", '{"welcome": "x", "look-around": "y"}')
    settings = load_settings(project.folder, {"languages": "xx,en", "voice": {"engine": "pyttsx3"}})
    _, warnings = preflight(settings, 1, "speak")
    assert [warning.split(":")[0] for warning in warnings] == [
        "no voice is known for language 'xx'"
    ]


def test_missing_browser_or_driver_is_named(project: Project) -> None:
    there = stand_in(project)
    for missing in ("binary", "driver"):
        wanted = there.model_copy(update={missing: Path("/nowhere/prog")})
        with pytest.raises(MachineError, match="at /nowhere/prog") as caught:
            find_browser(wanted)
        assert "apt-get install chromium chromium-driver" in caught.value.hint


@pytest.mark.browser
def test_browser_of_this_machine_is_found() -> None:
    found = find_browser(Browser())
    for program in (found.binary, found.driver):
        assert program.is_absolute()
        assert program.is_file()


def test_named_file_may_be_a_link_but_no_device(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("old")
    (tmp_path / "link").symlink_to("there")
    (tmp_path / "device").symlink_to("/dev/null")
    assert check_file("--json", tmp_path / "link") == tmp_path / "there"
    assert check_file("--json", tmp_path / "new" / "one") == tmp_path / "new" / "one"
    for path in (tmp_path / "device", tmp_path):
        with pytest.raises(UsageError, match=f"--json {path.resolve()}: is there, and no regular"):
            check_file("--json", path)
