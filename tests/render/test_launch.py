"""A real browser that waits for its recording."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

import psutil
import pytest

from forge.model.settings import Settings
from forge.workers.checks import find_machine
from forge.workers.recording.browser.launch import Launch

pytestmark = pytest.mark.browser


def test_a_browser_that_died_while_it_waited_is_not_well(tmp_path: Path) -> None:
    settings = Settings()
    machine = find_machine(settings).on("virtual")
    launch = Launch(settings, machine, tmp_path, tmp_path / "downloads")
    try:
        driver = psutil.Process(launch.browser().service.process.pid)
        assert launch.is_well
        [browser] = driver.children()
        end = os.pidfd_open(browser.pid)  # its driver leaves a zombie, for which psutil would wait
        browser.kill()
        assert select.select([end], [], [], 10)[0]
        os.close(end)
        assert not launch.is_well
    finally:
        launch.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_browser_whose_driver_is_gone_or_hangs_is_not_well(
    tmp_path: Path, how: signal.Signals
) -> None:
    settings = Settings()
    machine = find_machine(settings).on("virtual")
    launch = Launch(settings, machine, tmp_path, tmp_path / "downloads")
    try:
        driver = launch.browser().service.process
        assert launch.is_well
        driver.send_signal(how)
        if how == signal.SIGKILL:
            driver.wait()
        assert not launch.is_well
    finally:
        launch.close()
    assert list(tmp_path.iterdir()) == []


def test_a_browser_that_does_not_start_is_not_well(tmp_path: Path) -> None:
    settings = Settings()
    broken = find_machine(settings).model_copy(update={"browser": Path("/bin/false")})
    launch = Launch(settings, broken, tmp_path, tmp_path / "downloads")
    launch.close()
    assert not launch.is_well
