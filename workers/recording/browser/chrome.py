"""Find Chromium and chromedriver, and start them for one render."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from forge.errors import MachineError, RecordingError
from forge.model.machine import Machine
from forge.model.settings import Browser, Settings
from forge.text.redact import without_secrets
from forge.workers import guard, real_time
from forge.workers.recording.browser.webdriver_commands import only_looks

#: In order of preference: the headless shell starts in half the time and memory of a full
#: Chromium, and draws the same picture. Debian's own path comes before the PATH: there stands a
#: shell script that does not `exec`, and chromedriver ends the script but not the browser.
BINARIES = (
    "/usr/lib/chromium/chromium-headless-shell",
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
)
DRIVERS = ("chromedriver", "/usr/lib/chromium/chromedriver", "chromium.chromedriver")
INSTALL_HINT = (
    "install them: `apt-get install chromium chromium-driver chromium-headless-shell`,"
    " or name them in [browser] binary and driver"
)
QUIET_ARGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-search-engine-choice-screen",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--mute-audio",
)
#: Under these nothing is drawn and no time passes unless it is asked for; every page shares one
#: process, because time is one a process.
VIRTUAL_ARGS = (
    "--deterministic-mode",
    "--disable-threaded-animation",
    "--disable-threaded-scrolling",
    "--disable-checker-imaging",
    "--disable-image-animation-resync",
    "--disable-site-isolation-trials",
    "--renderer-process-limit=1",
)
FEATURES_OFF = ("Translate", "MediaRouter")
#: After a click, tasks would wait for the next frame, which does not come before they are done.
VIRTUAL_FEATURES_OFF = (
    *("DeferRendererTasksAfterInput", "ProactivelySwapBrowsingInstance", "BackForwardCache"),
)
ABORTED = "aborted by navigation"
DRIVER_START_S = 20.0
PORT_LINE = re.compile(rb"started successfully on port (\d+)")


class Programs(NamedTuple):
    """The absolute paths of Chromium and its chromedriver."""

    binary: Path
    driver: Path


def find_browser(wanted: Browser) -> Programs:
    """Find the programs that `wanted` names, or those of this machine.

    Raises:
        MachineError: one of them is not there.
    """
    return Programs(
        _find(wanted.binary, BINARIES, "Chromium"), _find(wanted.driver, DRIVERS, "chromedriver")
    )


def _find(wanted: Path | None, names: tuple[str, ...], what: str) -> Path:
    for name in (str(wanted),) if wanted else names:
        if found := shutil.which(name):
            return Path(found).absolute()
    where = f"at {wanted}" if wanted else "on this machine"
    raise MachineError(f"no {what} {where}", hint=INSTALL_HINT)


def why_not_virtual(binary: Path) -> str | None:
    """What keeps the page's time from being ours with this browser; None when nothing does."""
    if sys.platform != "linux":
        return "it needs Linux"
    if "headless" not in binary.name:
        return f"{binary.name} is no headless shell, which alone draws when it is told to"
    if not Path(f"/proc/self/task/{os.getpid()}/children").exists():
        return "this kernel does not tell a process's children"
    return None


class Watcher(Protocol):
    """Through whose hands every WebDriver command goes: the recorder's."""

    def perform(
        self, command: str, params: dict[str, Any], execute: Callable[[str, dict[str, Any]], Any]
    ) -> Any:
        """Run `command` by calling `execute`, and return what that returned."""
        ...


class WatchedChrome(Chrome):
    """A Selenium `Chrome` whose commands a watcher performs; steps use it like any other.

    `execute` is the one place that every call of Selenium's passes through.
    """

    watcher: Watcher | None = None

    def execute(self, driver_command: Any, params: dict[str, Any] | None = None) -> Any:
        watcher = self.watcher
        if watcher is None or not isinstance(driver_command, str):  # a generator: WebDriver BiDi
            return super().execute(driver_command, params)
        return watcher.perform(driver_command, params or {}, self._execute)

    def _execute(self, command: str, params: dict[str, Any]) -> Any:
        """Do it; a look at a page that went away goes to the one that has come.

        chromedriver knows what most signs of that mean; this one it passes on as it is.
        """
        try:
            return super().execute(command, params)
        except WebDriverException as problem:
            if ABORTED not in (problem.msg or "") or not only_looks(command, params):
                raise
        return super().execute(command, params)

    def unwatched(self, driver_command: str, params: dict[str, Any]) -> Any:
        """The value of a command of forge's own, which is no part of the tutorial."""
        return super().execute(driver_command, params).get("value")


class DriverService(Service):
    """chromedriver on a port that it chose itself.

    Selenium picks a free port and hopes that it still is one when the driver binds it; parallel
    starts lose that race (selenium issue 11027). Asked for port 0, the driver says which it got.

    Any page of this machine's servers may send requests to that port. So the driver answers only
    below a path that has a random name (docs/security.md says against whom that helps).
    """

    def __init__(self, driver: Path, folder: Path) -> None:
        super().__init__(executable_path=str(driver), port=-1)
        self._log_file = folder / "driver.log"
        # The driver makes the profile, and it makes it in here. (The headless shell opens no
        # page, and so no session, when it is given a --user-data-dir of ours.)
        self._environment = {**without_secrets(os.environ), "TMPDIR": str(folder)}
        self._base = secrets.token_urlsafe(24)

    @property
    def service_url(self) -> str:
        """Where the driver takes commands."""
        return f"{super().service_url}/{self._base}"

    def start(self) -> None:
        """Start the driver and read its port from its first words; bounded by 20 s."""
        with self._log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [self.path, "--port=0", f"--url-base=/{self._base}"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = real_time.monotonic() + DRIVER_START_S
        while not (said := PORT_LINE.search(self._log_file.read_bytes())):
            if self.process.poll() is not None or real_time.monotonic() > deadline:
                self.stop()
                last = self._log_file.read_text(errors="replace").strip().splitlines()[-1:]
                raise RecordingError(
                    f"chromedriver did not start: {''.join(last) or 'no output'}", transient=True
                )
            real_time.sleep(0.005)  # a file cannot be waited for
        self.port = int(said[1])

    def stop(self) -> None:
        """End the driver. Its browser was closed before, and the guard finds what was not."""
        process: subprocess.Popen[bytes] | None = getattr(self, "process", None)
        if process is None or process.poll() is not None:
            return
        for end in (process.terminate, process.kill):
            end()
            try:
                process.wait(timeout=3)
                return
            except subprocess.TimeoutExpired:
                continue


def launch(
    settings: Settings, machine: Machine, root: Path, downloads: Path | None = None
) -> tuple[WatchedChrome, Callable[[], None]]:
    """Start a browser with a fresh profile under `root`; returns it and how to end it.

    `downloads`: where files go that it downloads; default: a folder that goes with it.

    Raises:
        RecordingError: it does not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="browser-", dir=root))
    service = DriverService(machine.driver, folder)
    options = _options(settings, machine)
    # The driver tells each window that it turns to; unless told so itself, to use its own folder.
    prefs = {"download.default_directory": str(downloads or folder / "downloads")}
    options.add_experimental_option("prefs", prefs)

    def end() -> None:
        try:
            browser.quit()
        except Exception:
            pass  # it may be gone already: what counts is that nothing is left
        clear()

    def clear() -> None:
        service.stop()
        guard.end_all(None, folder)  # a browser that its driver lost still has this TMPDIR
        shutil.rmtree(folder, ignore_errors=True)

    try:
        browser = WatchedChrome(options=options, service=service)
    except WebDriverException as problem:
        clear()
        raise RecordingError(
            f"the browser did not start: {(problem.msg or '').splitlines()[0]}",
            hint=f"try `{machine.browser} --version`; both programs must be of one version",
            transient=True,
        ) from problem
    return browser, end


class Launch:
    """A browser that starts beside other work, and ends beside other work. Close it.

    Its recorder must use the clock of `machine`, for which the browser is started.
    """

    def __init__(self, settings: Settings, machine: Machine, root: Path, downloads: Path) -> None:
        self.machine = machine
        self._other = ThreadPoolExecutor(1, "forge-launch")
        self._launching = self._other.submit(launch, settings, machine, root, downloads)
        self._ending: Future[None] | None = None

    def browser(self) -> WatchedChrome:
        """The browser, as soon as it is there; raises what `launch` does."""
        return self._launching.result()[0]

    def end(self) -> None:
        """Let it end, without waiting for that; safe to call twice."""
        self._ending = self._ending or self._other.submit(self._end)

    def close(self) -> None:
        """End it, and wait until nothing of it is left."""
        self.end()
        self._other.shutdown()

    def _end(self) -> None:
        with suppress(RecordingError):  # it never was there
            _, end = self._launching.result()
            end()


def _options(settings: Settings, machine: Machine) -> Options:
    video = settings.video
    options = Options()
    options.binary_location = str(machine.browser)
    shell = "headless-shell" in str(machine.browser)
    virtual = machine.clock == "virtual"
    args = [
        "--headless" if shell else "--headless=new",
        f"--window-size={video.width},{video.height}",
        f"--force-device-scale-factor={video.scale}",
        *QUIET_ARGS,
        *(VIRTUAL_ARGS if virtual else ()),
        f"--disable-features={','.join(FEATURES_OFF + (VIRTUAL_FEATURES_OFF if virtual else ()))}",
        *settings.browser.args,
    ]
    if sys.platform == "linux" and os.geteuid() == 0:
        args.append("--no-sandbox")  # Chromium's sandbox refuses root; nobody else goes without
    for arg in args:
        options.add_argument(arg)
    return options
