"""Servers of a slot: started, waited for, logged and ended."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import psutil
import pytest

from forge.adapters.contract import Slot
from forge.adapters.programs import Program, run
from forge.errors import AdapterError
from forge.text import redact
from tests.support.project import ROOT

SERVER = (sys.executable, "-S", str(ROOT / "tests" / "support" / "small_server.py"))
PYTHON = (sys.executable, "-S", "-c")


@pytest.fixture
def slot(tmp_path: Path) -> Iterator[Slot]:
    (tmp_path / "slot-3").mkdir()
    slot = Slot(3, tmp_path / "slot-3", tmp_path, tmp_path / "logs")
    yield slot
    slot.end_servers()


def get(url: str) -> str:
    with build_opener(ProxyHandler({})).open(url, timeout=5) as answer:
        text: str = answer.read().decode()
    return text


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("ready", ["/", "/health?a=1", "log: listening", "port"])
def test_a_server_is_ready_when_its_address_is_returned(slot: Slot, ready: str) -> None:
    url = slot.serve([*SERVER, "{port}"], ready=ready)
    assert get(url) == str(slot.dir / "home")


def test_a_server_that_chooses_its_port_prints_its_address(slot: Slot) -> None:
    assert get(slot.serve([*SERVER, "0"]))


def test_proxies_of_the_environment_do_not_count(
    slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert slot.serve([*SERVER, "{port}"], timeout_s=5)


def test_what_it_prints_is_kept_by_slot(slot: Slot) -> None:
    get(slot.serve([*SERVER, "{port}"]) + "/page")
    slot.end_servers()
    assert "asked for /page" in (slot.project_dir / "logs" / "app-3.log").read_text()


def test_placeholders_are_filled_in_command_and_variables(slot: Slot) -> None:
    code = "import os; print(os.environ['WHERE'], 'http://localhost:1', flush=True); input()"
    with pytest.raises(AdapterError) as caught:
        slot.serve([*PYTHON, code, "{slot}"], env={"WHERE": "{slot} {dir} {{x}"}, timeout_s=0.2)
    assert f"3 {slot.dir} {{x}}" in caught.value.hint


def test_a_variable_may_name_a_secret_of_the_environment(
    slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redact, "_hidden", set())
    monkeypatch.setenv("SHOP_KEY_3", "{port} s3cret")
    (slot.project_dir / ".env").write_text("SHOP_MODE=of the file\n")
    code = (
        "import os; e = os.environ; print(e['KEY'].split()[0], e['KEY'], e['MODE'].split()[0],"
        " e['MODE'], e['HALF'], flush=True); input()"
    )
    env = {"KEY": "$SHOP_KEY_{slot}", "MODE": "$SHOP_MODE", "HALF": "a $SHOP_MODE"}
    with pytest.raises(AdapterError) as caught:
        slot.serve([*PYTHON, code], env=env, timeout_s=0.2)
    assert "{port} ••• of ••• a $SHOP_MODE" in caught.value.hint


def test_a_variable_that_names_one_which_is_not_set_is_an_error(
    slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_KEY", raising=False)
    with pytest.raises(AdapterError, match="env: the environment variable SHOP_KEY is not set"):
        slot.serve([*SERVER, "{port}"], env={"KEY": "$SHOP_KEY"})
    assert not slot.servers


def test_an_unknown_placeholder_is_named(slot: Slot) -> None:
    with pytest.raises(AdapterError, match=r"unknown placeholder \{prot\}") as caught:
        slot.serve([*SERVER, "{prot}"])
    assert "{dir}" in caught.value.hint


def test_home_and_temporary_folder_are_the_slots(slot: Slot) -> None:
    assert get(slot.serve([*SERVER, "{port}"], env={"HOME": "/other"})) == "/other"
    process = slot.servers["app"].running._process
    assert psutil.Process(process.pid).environ()["TMPDIR"] == str(slot.dir / "tmp")


def test_a_second_server_of_the_same_name_replaces_the_first(slot: Slot) -> None:
    first = slot.serve([*SERVER, "{port}"])
    other = slot.serve([*SERVER, "{port}"], name="mail")
    second = slot.serve([*SERVER, "{port}"])
    with pytest.raises(OSError, match="refused"):
        get(first)
    assert get(second)
    assert get(other)


def test_a_server_ends_with_all_that_it_has_started(slot: Slot) -> None:
    script = f"{' '.join(SERVER)} {{port}} & wait"
    url = slot.serve(["sh", "-c", script])
    started = psutil.Process(slot.servers["app"].running.pid).children()
    assert started
    slot.end_server()
    assert not any(map(alive, started))
    with pytest.raises(OSError, match="refused"):
        get(url)


def test_a_server_that_ignores_the_first_signal_is_killed(
    slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forge.adapters.programs.TERM_GRACE_S", 0.05)
    slot.serve(["sh", "-c", f"trap '' TERM; {' '.join(SERVER)} {{port}}; sleep 9"])
    running = slot.servers["app"].running
    slot.end_servers()
    assert running.exit_code == -9


def test_a_server_stays_in_the_session_of_its_worker(slot: Slot) -> None:
    import os

    slot.serve([*SERVER, "{port}"])
    assert os.getsid(slot.servers["app"].running.pid) == os.getsid(0)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["no-such-program", "{port}"], "no-such-program cannot be started"),
        (["/etc/hostname", "{port}"], "cannot be started"),
        ([*PYTHON, "print('no database'); raise SystemExit(3)"], "ended with exit code 3"),
        ([*SERVER, "{port}", "500"], r"/ was not answered at port \d+ within 0.3 s"),
        ([*SERVER, "{port}", "silent"], r"/ was not answered at port \d+ within 0.3 s"),
        ([*PYTHON, "input()"], "ended with exit code 1"),
        ([*PYTHON, "pass"], "a server must stay in the foreground"),
        ([*PYTHON, "import time; time.sleep(9)"], "the address that it prints"),
    ],
)
def test_a_server_that_does_not_come_is_an_error(slot: Slot, command: list[str], says: str) -> None:
    with pytest.raises(AdapterError, match=says):
        slot.serve(command, timeout_s=0.3)
    assert slot.servers == {}


def test_the_error_has_the_end_of_the_log(slot: Slot) -> None:
    code = (
        "[print('line', n) for n in range(99)]; print('http://me:secret@db'); raise SystemExit(1)"
    )
    with pytest.raises(AdapterError) as caught:
        slot.serve([*PYTHON, code])
    assert "line 98\nhttp://db" in caught.value.hint
    assert "line 80\n" not in caught.value.hint
    assert str(slot.log_dir) in caught.value.hint


def test_a_taken_port_is_tried_again_with_another(
    slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = [taken.getsockname()[1], slot.free_port()]
        monkeypatch.setattr(Slot, "free_port", lambda _: ports.pop(0))
        wanted = ports[1]
        assert slot.serve([*SERVER, "{port}"], ready="log: listening").endswith(f":{wanted}")


def test_a_fixed_port_that_is_taken_is_an_error(slot: Slot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        program = Program(command=(*SERVER, str(port)), port=port, where="app.port")
        with pytest.raises(AdapterError, match=f"port {port} is taken"):
            slot.run(program)


def test_a_folder_to_start_in_must_exist(slot: Slot) -> None:
    with pytest.raises(AdapterError, match=r"there is no folder .*/nowhere"):
        slot.serve([*SERVER, "{port}"], cwd="nowhere")


@pytest.mark.parametrize("ready", ["soon", "log:", ""])
def test_a_wrong_condition_is_an_error(slot: Slot, ready: str) -> None:
    with pytest.raises(AdapterError, match="is no condition"):
        slot.serve([*SERVER, "{port}"], ready=ready)


def test_a_command_that_runs_to_its_end_must_succeed(slot: Slot) -> None:
    run(slot, Program((*PYTHON, "pass")), None)
    with pytest.raises(AdapterError, match="failed with exit code 2") as caught:
        run(slot, Program((*PYTHON, "print('no fixtures'); raise SystemExit(2)")), None)
    assert "no fixtures" in caught.value.hint
    with pytest.raises(AdapterError, match=r"did not end within 0\.1 s"):
        run(slot, Program((*PYTHON, "import time; time.sleep(9)"), timeout_s=0.1), None)
