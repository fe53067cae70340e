"""`forge doctor`: check this machine, the project and other hosts, and say what is missing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.markup import escape

from forge.commands.arguments import access_of, add_hosts, add_project
from forge.errors import ForgeError, MachineError, UsageError
from forge.model.host_access import HostAccess
from forge.model.settings import Settings
from forge.project.settings_sources import load_settings
from forge.store.paths import part_folders
from forge.store.private import FOLDER_MODE

if TYPE_CHECKING:
    from forge.cluster.inspection import Inspected


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    add_hosts(parser)
    parser.add_argument(
        "--setup",
        action="store_true",
        help="also start the adapter, run its setup in a browser, and undo both: here and on each"
        " of the hosts",
    )


def run(args: argparse.Namespace) -> int:
    """Print what was found; return 0, or 2 if something is missing."""
    console = Console()
    healthy = True
    access = access_of(args)
    hosts = examine_hosts(args.project, access, setup=args.setup) if access else ()
    for finding in chain(examine(args.project, setup=args.setup), hosts):
        mark = "[green]ok[/green]  " if finding.ok else "[red]no[/red]  "
        text = f"{mark} {finding.what}: {escape(finding.found)}"
        console.print(text, highlight=False, soft_wrap=True)
        if finding.hint and not finding.ok:
            console.print(f"     hint: {escape(finding.hint)}", highlight=False, soft_wrap=True)
        healthy = healthy and finding.ok
    return 0 if healthy else MachineError.exit_code


class Finding(NamedTuple):
    """The result of one check. `hint` says what to do if it is not `ok`."""

    ok: bool
    what: str
    found: str
    hint: str = ""


def examine(project: Path, *, setup: bool) -> Iterator[Finding]:
    """Check the machine, then the project; with `setup`, run the adapter's setup once.

    A missing project is no fault if `project` is the current folder, unless `setup` is given: the
    machine can be checked before there is a project.
    """
    from forge.workers import studio

    yield Finding(sys.version_info >= (3, 11), "Python", sys.version.split()[0])
    ignored: list[str] = []
    settings, why_not = _settings(project, ignored.append)
    for variable in ignored:
        yield Finding(True, "variables", variable)
    used = settings or Settings()
    yield _try("browser", lambda: studio.browser_versions(used))
    yield _try("clock", lambda: studio.try_clock(used))
    yield _try("voice", lambda: _voice(used))
    yield _try("encoder", studio.encoder_version)
    yield _leftovers(settings)
    if settings:
        yield _try("project", lambda: _project(settings))
        yield _try("folders", lambda: _folders(settings))
        if settings.app.kind:
            yield _try("app", lambda: _app(settings))
        if setup:
            yield _try("set-up", lambda: _set_up(settings))
    elif isinstance(why_not, UsageError) and project == Path() and not setup:
        yield Finding(True, "project", "none here; `forge init DIR` makes one")
    elif why_not:
        yield Finding(False, "project", why_not.message, why_not.hint)


def examine_hosts(project: Path, access: HostAccess, *, setup: bool = False) -> Iterator[Finding]:
    """Reach the hosts, and compare each with this machine; with `setup`, run the adapter's there.

    Raises:
        UsageError: they are named wrongly.
        MachineError: Dask is not installed.
    """
    from forge.cluster.seats import require_dask

    require_dask()
    from forge.cluster.inspection import inspect
    from forge.cluster.ways import way_to

    way = way_to(access)
    settings, _ = _settings(project, lambda _: None)
    used = settings or Settings(project_dir=project.absolute())
    kept_back = [access.key] if access.key else []
    try:
        for machine in inspect(way, used, setup=setup and settings is not None, without=kept_back):
            yield _of_host(machine) if machine.name else _of_home(machine)
            if tried := machine.tried:
                found = tried.problem or tried.arrived
                yield Finding(not tried.problem, f"set-up on {machine.name}", found, tried.hint)
    except ForgeError as problem:
        yield Finding(False, "hosts", problem.message, problem.hint)


def _of_home(machine: Inspected) -> Finding:
    assert machine.hello
    facts = ", ".join(f"{label} {value}" for label, value in machine.hello.decides.items())
    return Finding(not machine.hello.lacks, "here", "; ".join((facts, *machine.hello.lacks)))


def _of_host(machine: Inspected) -> Finding:
    hello, what = machine.hello, f"host {machine.name}"
    if hello is None:
        return Finding(False, what, machine.problem)
    room = (
        f"{machine.lanes} lanes, {hello.processors} processors ({hello.model}),"
        f" {hello.free_mb / 1024:.1f} GB of memory and {hello.disk_mb / 1024:.0f} GB of disk free,"
        f" 10 MB there and back in {machine.sent_s:.2f} s"
    )
    wrong = "; ".join((*hello.lacks, *machine.differs))
    hint = "" if hello.lacks else "install the same there; --unequal renders all the same"
    return Finding(not wrong, what, f"{wrong}; {room}" if wrong else f"equal; {room}", hint)


def _settings(
    project: Path, warn: Callable[[str], object]
) -> tuple[Settings | None, ForgeError | None]:
    """Load the project's settings; return them, or the error."""
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


def _app(settings: Settings) -> str:
    from forge.workers.checks import check_app

    check_app(settings)
    app = settings.app
    return f"{app.kind}: {' '.join(app.command) or app.static or app.url}"


def _voice(settings: Settings) -> str:
    from forge.commands.preflight import check_voices

    languages = settings.languages or (settings.source_language,)
    voices = {settings.voice.for_language(lang) for lang in languages}
    check_voices(settings, voices)
    names = ", ".join(sorted(name for name in voices if name))
    return f"{settings.voice.engine} ({names})" if names else settings.voice.engine


def _folders(settings: Settings) -> str:
    from forge.commands.preflight import check_writable
    from forge.store.room import lack_of_room

    check_writable(settings.output_dir)
    check_writable(settings.work_root, mode=FOLDER_MODE)
    if lack := lack_of_room(settings):
        raise ForgeError(lack, hint="free some space, or lower the limit")
    return f"{settings.output_dir} and {settings.work_root} can be written"


def _leftovers(settings: Settings | None) -> Finding:
    from forge.store.atomic import left_parts
    from forge.workers.run_dir import leftovers

    parts = left_parts(part_folders(settings)) if settings else []
    left = ", ".join(str(path) for path in (*leftovers(), *parts))
    hint = "`forge clean` removes it"
    return Finding(not left, "leftovers", left or "none", hint)


def _set_up(settings: Settings) -> str:
    """Start the adapter and run its setup in a browser, in a child process; undo both."""
    from forge.project.child_process import apart
    from forge.workers import checks, studio

    machine = checks.find_machine(settings)
    silence_s = settings.limits.job_s
    return apart(
        str, lambda: studio.try_setup(settings, machine), "the adapter", silence_s=silence_s
    )
