"""`forge doctor` without a project, and with hosts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from forge.cluster import inspection
from forge.cluster.inspection import Inspected, Tried
from forge.commands import doctor
from forge.errors import ForgeError, MachineError, UsageError
from forge.model.hello import Hello
from forge.model.host_access import HostAccess
from forge.workers import studio

NONE = "none here; `forge init DIR` makes one"


@pytest.mark.parametrize(
    ("named", "setup", "ok"),
    [(".", False, True), (".", True, False), ("sub", False, False), ("nowhere", False, False)],
)
def test_missing_project_is_a_fault_only_if_named(
    named: str, setup: bool, ok: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_voice", lambda _: "there")
    for look in ("browser_versions", "try_clock"):
        monkeypatch.setattr(studio, look, lambda _: "there")
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    *machine, last = doctor.examine(Path(named), setup=setup)
    assert "encoder" in {finding.what for finding in machine}, "the machine is checked anyway"
    assert (last.what, last.ok, last.found == NONE) == ("project", ok, ok)


FACTS = {"forge": "1.0", "time zone": "UTC"}


def found(
    monkeypatch: pytest.MonkeyPatch, *machines: Inspected, problem: ForgeError | None = None
) -> list[doctor.Finding]:
    """Return the findings about hosts of which `machines` was found out, and then `problem`."""

    def inspect(*_: object, **__: object) -> Iterator[Inspected]:
        yield from machines
        if problem:
            raise problem

    monkeypatch.setattr(inspection, "inspect", inspect)
    return [*doctor.examine_hosts(Path("/nowhere"), HostAccess(hosts="ana:2,ben"))]


def test_equal_host_is_shown_with_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    host = Hello(decides=FACTS, processors=8, free_mb=2048, disk_mb=51200, model="a processor")
    home, ana = found(
        monkeypatch, Inspected("", Hello(decides=FACTS)), Inspected("ana", host, "", (), 4, 0.25)
    )
    assert (home.ok, home.what, home.found) == (True, "here", "forge 1.0, time zone UTC")
    assert (ana.ok, ana.what) == (True, "host ana")
    assert ana.found == (
        "equal; 4 lanes, 8 processors (a processor), 2.0 GB of memory and 50 GB of disk free,"
        " 10 MB there and back in 0.25 s"
    )


def test_host_that_differs_or_lacks_something_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    differs = ("time zone UTC here and Asia/Tokyo there",)
    lacking = Hello(decides=FACTS, lacks=("no voice (install one)",))
    cyd, ben, dora = found(
        monkeypatch,
        Inspected("cyd", Hello(decides=FACTS), "", differs),
        Inspected("ben", lacking),
        Inspected("dora", problem="ssh does not reach dora"),
    )
    assert not cyd.ok and cyd.found.startswith(f"{differs[0]}; 0 lanes")
    assert "--unequal" in cyd.hint
    assert not ben.ok and ben.found.startswith("no voice (install one); ")
    assert (dora.ok, dora.found) == (False, "ssh does not reach dora")


def test_setup_on_hosts_is_shown_beside_each(monkeypatch: pytest.MonkeyPatch) -> None:
    hello = Hello(decides=FACTS)
    _, ana, _, ben, dora = found(
        monkeypatch,
        Inspected("ana", hello, tried=Tried("Shop reached http://127.0.0.1:8000/")),
        Inspected("ben", hello, tried=Tried(problem="no app", hint="start one")),
        Inspected("dora", problem="ssh does not reach dora"),
    )
    assert ana == (True, "set-up on ana", "Shop reached http://127.0.0.1:8000/", "")
    assert ben == (False, "set-up on ben", "no app", "start one")
    assert dora.what == "host dora"


def test_no_host_at_all_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = MachineError("no host can be reached", hint="start one")
    [finding] = found(monkeypatch, problem=problem)
    assert finding == (False, "hosts", "no host can be reached", "start one")


def test_wrong_list_of_hosts_is_a_wrong_command_line() -> None:
    with pytest.raises(UsageError, match="named twice"):
        next(doctor.examine_hosts(Path("/nowhere"), HostAccess(hosts="ana,ana")))


def test_app_that_cannot_start_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_voice", lambda _: "there")
    for look in ("browser_versions", "try_clock"):
        monkeypatch.setattr(studio, look, lambda _: "there")
    monkeypatch.setattr(doctor, "_project", lambda _: "1 job")
    (tmp_path / "forge.toml").write_text("[app]\ncommand = ['no-such-program', '8000']\n")
    app = list(doctor.examine(tmp_path, setup=False))[-1]
    assert (app.what, app.ok) == ("app", False)
    assert "there is no program 'no-such-program'" in app.found
    (tmp_path / "forge.toml").write_text("[app]\ncommand = ['sh', '8000']\n")
    assert list(doctor.examine(tmp_path, setup=False))[-1].found == "command: sh 8000"
