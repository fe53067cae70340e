"""Starting Chromium for one recording, and ending it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options

from forge.errors import RecordingError
from forge.model.machine import Machine
from forge.model.settings import Settings
from forge.workers import guard
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.driver import DriverService
from forge.workers.recording.browser.session import browser_path, debugger_address

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
#: With these nothing is drawn and no page time passes unless forge asks for it. All pages share one
#: renderer process, because virtual time belongs to a process.
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
#: DeferRendererTasksAfterInput: after a click, tasks would wait for the next frame, which forge
#: requests only when they are done. The others swap renderer processes during a navigation.
VIRTUAL_FEATURES_OFF = (
    *("DeferRendererTasksAfterInput", "ProactivelySwapBrowsingInstance", "BackForwardCache"),
)


def launch(
    settings: Settings,
    machine: Machine,
    root: Path,
    downloads: Path | None = None,
    *,
    windowed: bool = False,
) -> tuple[WatchedChrome, Callable[[], None]]:
    """Start a browser with a fresh profile under `root`; return it, and a function that ends it.

    `downloads`: the folder for its downloads; default: one that is deleted with it. `windowed`: it
    shows a window on the screen.

    Raises:
        RecordingError: it does not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="browser-", dir=root))
    service = DriverService(machine.driver, folder)
    options = _options(settings, machine, windowed=windowed)
    # chromedriver sets the download folder for each window that it switches to: to this one.
    prefs = {"download.default_directory": str(downloads or folder / "downloads")}
    options.add_experimental_option("prefs", prefs)

    def end() -> None:
        try:
            if service.answers():  # else Selenium would wait for minutes
                browser.quit()
        except Exception:
            pass  # it may be gone already; `clear` ends all processes that are left
        clear()

    def clear() -> None:
        service.stop()
        guard.end_all(None, folder)  # a browser without its driver still has this TMPDIR
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
    except RecordingError:  # of the driver, which did not start or has ended
        clear()
        raise
    return browser, end


class Launch:
    """A browser that starts and ends in the background. The owner must call `close`.

    Its recorder must use the clock of `machine`, for which the browser is started.
    """

    def __init__(
        self,
        settings: Settings,
        machine: Machine,
        root: Path,
        downloads: Path,
        *,
        windowed: bool = False,
    ) -> None:
        self.machine = machine
        self._other = ThreadPoolExecutor(1, "forge-launch")
        self._launching = self._other.submit(
            launch, settings, machine, root, downloads, windowed=windowed
        )
        self._ending: Future[None] | None = None

    def browser(self) -> WatchedChrome:
        """Return the browser once it has started; errors as in `launch`."""
        return self._launching.result()[0]

    @property
    def is_well(self) -> bool:
        """False if the browser did not start, or it or its driver has ended since, or is silent.

        True while it starts.
        """
        if not self._launching.done():
            return True
        try:
            browser = self.browser()
            browser_path(debugger_address(browser))
        except RecordingError:
            return False
        return browser.service.answers()

    def end(self) -> None:
        """Begin to end the browser, without waiting; safe to call twice."""
        self._ending = self._ending or self._other.submit(self._end)

    def close(self) -> None:
        """End the browser, and wait until its processes and files are gone."""
        self.end()
        self._other.shutdown()

    def _end(self) -> None:
        with suppress(RecordingError):  # it never started
            _, end = self._launching.result()
            end()


def _options(settings: Settings, machine: Machine, *, windowed: bool = False) -> Options:
    video = settings.video
    options = Options()
    options.binary_location = str(machine.browser)
    shell = "headless-shell" in str(machine.browser)
    virtual = machine.clock == "virtual"
    args = [
        *([] if windowed else ["--headless" if shell else "--headless=new"]),
        f"--window-size={video.width},{video.height}",
        f"--force-device-scale-factor={video.scale:.9g}",
        *QUIET_ARGS,
        *(VIRTUAL_ARGS if virtual else ()),
        f"--disable-features={','.join(FEATURES_OFF + (VIRTUAL_FEATURES_OFF if virtual else ()))}",
        *settings.browser.args,
    ]
    is_root = sys.platform == "linux" and os.geteuid() == 0  # whom Chromium's sandbox refuses
    if is_root or not settings.browser.sandbox:
        args.append("--no-sandbox")
    for arg in args:
        options.add_argument(arg)
    return options
