"""Look over this machine and this project, and say what is missing."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from forge.errors import ForgeError, UsageError
from forge.model.machine import Machine
from forge.model.settings import Browser, Settings
from forge.project.settings_sources import load_settings
from forge.store.private import FOLDER_MODE
from forge.text.redact import without_passwords


class Finding(NamedTuple):
    """One thing looked at. `hint` says what to do when it is not `ok`."""

    ok: bool
    what: str
    found: str
    hint: str = ""


def examine(project: Path, *, setup: bool) -> Iterator[Finding]:
    """Look at the machine, then at the project; with `setup`, run the adapter's set-up once.

    The machine may be looked at before there is a project: where no folder is named and this one
    holds none, nothing is amiss, unless `setup` was asked for.
    """
    yield Finding(sys.version_info >= (3, 11), "Python", sys.version.split()[0])
    ignored: list[str] = []
    settings, why_not = _settings(project, ignored.append)
    for variable in ignored:
        yield Finding(True, "variables", variable)
    used = settings or Settings()
    yield _try("browser", lambda: _versions(used.browser))
    yield _try("clock", lambda: _clock(used))
    yield _try("voice", lambda: _voice(used))
    yield _try("encoder", _encoder)
    yield _leftovers(settings)
    if settings:
        yield _try("project", lambda: _project(settings))
        yield _try("folders", lambda: _folders(settings))
        if setup:
            yield _try("set-up", lambda: _set_up(settings))
    elif isinstance(why_not, UsageError) and project == Path() and not setup:
        yield Finding(True, "project", "none here; `forge init DIR` makes one")
    elif why_not:
        yield Finding(False, "project", why_not.message, why_not.hint)


def _settings(
    project: Path, warn: Callable[[str], object]
) -> tuple[Settings | None, ForgeError | None]:
    """The project's settings, or why there are none."""
    try:
        return load_settings(project, warn=warn), None
    except ForgeError as problem:
        return None, problem


def _try(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(True, what, look())
    except ForgeError as problem:
        return Finding(False, what, problem.message, problem.hint)


def _project(settings: Settings) -> str:
    from forge.commands.preflight import facts_of
    from forge.project.plan import make_plan

    plan = make_plan(settings)
    adapter = facts_of(settings)
    safe = "parallel-safe" if adapter.parallel_safe else "serial only"
    jobs = "1 job" if len(plan.jobs) == 1 else f"{len(plan.jobs)} jobs"
    return f"{jobs}, adapter {adapter.name} ({safe})"


def _versions(wanted: Browser) -> str:
    from forge.workers.recording.browser.chrome import find_browser

    programs = find_browser(wanted)
    return ", ".join(f"{_version(program)} ({program})" for program in programs)


def _version(program: Path) -> str:
    try:
        done = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return f"does not run: {problem}"
    return " ".join(done.stdout.split()[:3]) or f"exit {done.returncode}"


def _clock(settings: Settings) -> str:
    """Which clock `auto` means here; the virtual one is tried out."""
    from forge.workers.recording.browser.chrome import find_browser, launch, why_not_virtual
    from forge.workers.recording.phase import start_recorder

    found = find_browser(settings.browser)
    if why_not := why_not_virtual(found.binary):
        return f"elastic; no virtual clock: {why_not}"
    machine = Machine(browser=found.binary, driver=found.driver, clock="virtual")
    with tempfile.TemporaryDirectory(prefix="forge-doctor-") as folder:
        driver, end = launch(settings, machine, Path(folder))
        try:
            recorder = start_recorder(driver, settings, machine.clock, Path(folder))
            try:
                recorder.begin()
            finally:
                recorder.close()
        finally:
            end()
    return "virtual: a frame was drawn when it was told to; elastic and real, too"


def _voice(settings: Settings) -> str:
    from forge.commands.preflight import check_voices

    languages = settings.languages or (settings.source_language,)
    voices = {settings.voice.for_language(lang) for lang in languages}
    check_voices(settings, voices)
    names = ", ".join(sorted(name for name in voices if name))
    return f"{settings.voice.engine} ({names})" if names else settings.voice.engine


def _folders(settings: Settings) -> str:
    from forge.commands.preflight import check_writable, lack_of_room

    check_writable(settings.output_dir)
    check_writable(settings.work_root, mode=FOLDER_MODE)
    if lack := lack_of_room(settings):
        raise ForgeError(lack, hint="free some space, or lower the limit")
    return f"{settings.output_dir} and {settings.work_root} can be written"


def _encoder() -> str:
    import av

    missing = {"libx264", "aac"} - set(av.codecs_available)
    if missing:
        raise ForgeError(f"PyAV without {', '.join(sorted(missing))}", hint="pip install -U av")
    return f"PyAV {av.__version__} with libx264 and aac"


def _leftovers(settings: Settings | None) -> Finding:
    from forge.store.atomic import left_parts
    from forge.workers.run_dir import leftovers

    parts = left_parts(settings.part_folders()) if settings else []
    left = ", ".join(str(path) for path in (*leftovers(), *parts))
    hint = "`forge clean` removes it"
    return Finding(not left, "leftovers", left or "none", hint)


def _set_up(settings: Settings) -> str:
    """Start the adapter, set it up in a browser, and undo both, in a process of their own."""
    from forge.project.child_process import apart

    limits = settings.limits
    return apart(str, lambda: _set_up_here(settings), "the adapter", silence_s=limits.job_s)


def _set_up_here(settings: Settings) -> str:
    from forge.adapters.contract import Context, Slot
    from forge.adapters.loading import load_adapter
    from forge.workers.recording.browser.chrome import find_browser, launch
    from forge.workers.recording.user_code import explain, start_adapter
    from forge.workers.run_dir import run_dir
    from forge.workers.slots import slots_dir

    found = find_browser(settings.browser)
    machine = Machine(browser=found.binary, driver=found.driver, clock=settings.video.clock)
    kind = load_adapter(settings.adapter, settings.project_dir)
    with run_dir() as folder, slots_dir(settings.project_dir) as slots:
        slot = Slot(0, slots.fresh(0))
        adapter = start_adapter(kind, slot)
        try:
            browser, end = launch(settings, machine, folder)
            try:
                context = Context(lang=None, slot=slot, job="doctor")
                context.state = adapter.setup(browser, context)
                adapter.teardown(browser, context)
                return f"{kind.__name__} reached {without_passwords(browser.current_url)}"
            except Exception as problem:
                raise explain(problem, "the adapter's setup failed", None) from problem
            finally:
                end()
        finally:
            adapter.stop()
