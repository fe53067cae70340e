"""The page as it was when a recording failed, as a file."""

from __future__ import annotations

from pathlib import Path

from forge.errors import RecordingError
from forge.store import private
from forge.text.redact import without_passwords
from forge.workers.recording.browser.page_watch import PageWatch
from forge.workers.recording.javascript import load

LONGEST_PAGE = 4_000_000  # characters: of more, the rest is left out
PAGE_SCRIPT = load(__name__, "page_html").replace("LONGEST_PAGE", str(LONGEST_PAGE))
PAGE_S = 5.0


def keep_page(watch: PageWatch, path: Path) -> None:
    """Write the HTML of what a window shows to `path`, readable by its owner only.

    Users and passwords are cut out of its URLs. Of frames there is only the element.

    Raises:
        RecordingError: the page does not answer.
        OSError: it cannot be written.
    """
    html = watch.evaluate(PAGE_SCRIPT, PAGE_S)
    if html is None:
        raise RecordingError("the page does not answer")
    private.write(path, without_passwords(html).encode("utf-8", "replace"))
