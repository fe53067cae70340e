"""Evidence of a failed recording: screenshot, page, console log, partial take."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from selenium.common.exceptions import UnexpectedAlertPresentException

from forge.errors import RecordingError
from forge.model.take import Take
from forge.store import private
from forge.store.job_files import write_take
from forge.store.paths import CONSOLE_FILE, PAGE_FILE, SCREENSHOT_FILE, TAKE_FILE
from forge.text.redact import without_passwords
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.page_watch import PageWatch
from forge.workers.recording.javascript import load
from forge.workers.recording.recorder import Recorder
from forge.workers.recording.user_code import message_of

LONGEST_PAGE = 4_000_000  # characters; of a longer page, the rest is left out
PAGE_SCRIPT = load(__name__, "page_html").replace("LONGEST_PAGE", str(LONGEST_PAGE))
PAGE_S = 5.0


def keep_evidence(
    browser: WatchedChrome,
    recorder: Recorder,
    partial: Callable[[], Take],
    work_dir: Path,
    warn: Callable[[str], object],
) -> list[str]:
    """Write the evidence to `work_dir`, as far as it is still available; return the files' paths.

    `partial()` returns the take so far. If a file cannot be written, that is only a warning.
    """

    def screenshot(path: Path) -> None:
        with suppress(UnexpectedAlertPresentException):
            private.write(path, browser.get_screenshot_as_png())
            return
        # WebDriver has closed the dialog, behind which no picture can be taken.
        private.write(path, browser.get_screenshot_as_png())

    def console(path: Path) -> None:
        said = without_passwords("\n".join(recorder.console()))
        private.write(path, f"{said}\n".encode("utf-8", "replace"))

    keepers: dict[str, Callable[[Path], object]] = {
        SCREENSHOT_FILE: screenshot,
        PAGE_FILE: lambda path: keep_page(recorder.watch, path),
        CONSOLE_FILE: console,
        TAKE_FILE: lambda path: write_take(partial(), path.parent),
    }
    kept: list[str] = []
    for name, keep in keepers.items():
        try:
            keep(work_dir / name)
            kept.append(str(work_dir / name))
        except Exception as problem:
            warn(f"{name} could not be kept: {message_of(problem)}")
    return kept


def keep_page(watch: PageWatch, path: Path) -> None:
    """Write the HTML of what a window shows to `path`, readable by its owner only.

    Users and passwords are cut out of its URLs. Open shadow roots are included, and after the page
    copies of its frames, but not of frames of other sites.

    Raises:
        RecordingError: the page does not answer.
        OSError: it cannot be written.
    """
    html = watch.evaluate(PAGE_SCRIPT, PAGE_S)
    if html is None:
        raise RecordingError("the page does not answer")
    private.write(path, without_passwords(html).encode("utf-8", "replace"))
