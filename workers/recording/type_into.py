"""`forge.type_into`: type into a field or code editor, and get the text that was typed."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

from forge.errors import RecordingError
from forge.locators import Locator
from forge.model.settings import Hand as Pace
from forge.workers import real_time
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.hand.body import OpenDialog
from forge.workers.recording.hand.hand import Hand
from forge.workers.recording.hand.text_entry import TYPE_INTO

SPECIAL = ("\ue000", "\uf8ff")  # WebDriver's code points of keys lie in Unicode's private use area


def type_into(
    browser: WebDriver, locator: Locator | WebElement, text: str, *, replace: bool = False
) -> None:
    """Type `text` into a field or code editor as a person does, and check what is there then.

    `locator` is a Selenium or forge locator, or an element: a field, an editor (CodeMirror, Monaco,
    ACE, ProseMirror, or anything that is editable), or an element that holds exactly one. The hand
    goes to the visible editor and presses the keys at the pace of `hand.typing`. Brackets, quotes,
    tags and indentations that the editor adds by itself do not double those of the text. Lists of
    completions are closed.

    The text goes to the caret if the editor has the focus, else behind the text that is there.
    `replace` types it in place of that text. In a `select`, the option with that label or value is
    chosen; a date or colour field takes the value (`2026-05-31`).

    Raises:
        RecordingError: there is no field or editor, or its text is another one in the end (the
            message names the first line that differs), or the page opens a dialog before the last
            key.
    """
    if any(SPECIAL[0] <= sign <= SPECIAL[1] for sign in text):
        raise RecordingError(
            "type_into writes text, and was given a key",
            hint="press keys with send_keys(Keys.ENTER)",
        )
    element = locator if isinstance(locator, WebElement) else browser.find_element(*locator)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    params = {"id": element.id, "text": text, "replace": replace}
    if getattr(browser, "watcher", None):
        browser.execute(TYPE_INTO, params)
    else:
        body = _Body(browser, element)
        Hand(body, Pace(typing=0), 0, 0).perform(TYPE_INTO, params, body.execute)


class _Body:
    """A body for the hand in a browser that is not recorded: nothing takes longer than it must.

    It stays in the frame of `element`.
    """

    def __init__(self, browser: WebDriver, element: WebElement) -> None:
        self._browser = browser
        if isinstance(browser, WatchedChrome):
            browser.enter_frame_of(element)

    def now_ms(self) -> int:
        return round(real_time.monotonic() * 1000)

    def run_for(self, ms: float) -> None:
        real_time.sleep(ms / 1000)

    def pause(self, ms: float) -> None: ...

    def beat(
        self, ms: float, *, shows: bool = False, runs: bool = False
    ) -> AbstractContextManager[None]:
        return nullcontext()

    def dialog(self) -> OpenDialog | None:
        try:
            said = self.ask(Command.W3C_GET_ALERT_TEXT, {}, acts=True)
        except NoAlertPresentException:
            return None
        return OpenDialog(self.now_ms(), str(said))

    def ask(self, command: str, params: dict[str, Any], *, acts: bool = False) -> Any:
        if isinstance(self._browser, WatchedChrome):
            return self._browser.unwatched(command, params, acts=acts)
        return self._browser.execute(command, params)["value"]

    def execute(self, command: str, params: dict[str, Any]) -> Any:
        return {"value": self.ask(command, params, acts=True)}

    def mouse(self, *events: dict[str, Any]) -> None:
        for event in events:
            given = {"cmd": "Input.dispatchMouseEvent", "params": event}
            self.ask("executeCdpCommand", given, acts=True)
