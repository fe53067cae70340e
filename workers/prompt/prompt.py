"""`forge open` from the first step to the end of its prompt, in a process of its own."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

from rich.console import Console
from rich.text import Text
from selenium.common.exceptions import WebDriverException

from forge.errors import RecordingError
from forge.model.machine import Machine
from forge.model.settings import Settings
from forge.store import private
from forge.text.sanitize import clean, message_of
from forge.tutorial import Step
from forge.workers.prompt.consoles import interact
from forge.workers.prompt.names import Tools, names_of
from forge.workers.prompt.play import Played, play
from forge.workers.recording.browser.find import find_windowed
from forge.workers.recording.phase import Session

PICTURE = "open.png"  # in `.forge`
WIDTH = 160  # columns, where the output is no terminal


def open_step(played: Played, parent: int) -> bool:
    """Play the steps, and run the prompt; return False if a step or a line of a script failed.

    `parent` is the process that waits for this one: when it has ended, the prompt ends, too.

    Raises:
        ForgeError: there is no browser to stay in: it or the app did not start.
    """
    width = None if sys.stdout.isatty() else WIDTH
    console, scripts = Console(highlight=False, width=width), [True]
    _end_with(parent)

    def on_step(number: int, step: Step) -> None:
        console.print(Text(f"{number} of {len(played.tutorial.steps)}: {step.id}"), style="dim")

    def stay(session: Session, error: BaseException | None) -> None:
        if played.windowed:
            _fit_window(session, played.settings)
        if error:
            _tell(console, error)
        private.make_folder(played.settings.work_root)
        tools = Tools(session.browser, console, played.settings.work_root / PICTURE)
        names = names_of(session, played.tutorial, tools)
        scripts.append(interact(names, _banner(played, error)))

    def warn(text: str) -> None:
        console.print(Text(f"warning: {clean(text)}"), style="yellow", soft_wrap=True)

    return play(played, stay, on_step, warn) and all(scripts)


def window_of(settings: Settings, machine: Machine) -> Machine | None:
    """Return `machine` with a browser that can show a window; None if there is none here."""
    browser = find_windowed(settings.browser)
    return machine.model_copy(update={"browser": browser}) if browser else None


def _end_with(parent: int) -> None:
    """Make Ctrl-C interrupt a step or a line, and the end of `parent` end this process.

    The kernel sends SIGINT when the parent has died (`forge.project.child_process`).
    """

    def interrupted(number: int, frame: object) -> NoReturn:
        if os.getppid() != parent:
            raise SystemExit
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupted)


def _fit_window(session: Session, settings: Settings) -> None:
    """Give the page in the window the size that it has in the video, if the screen has room."""
    video, browser = settings.video, session.browser
    try:
        inner = browser.execute_script("return [innerWidth, innerHeight]")
        outer = browser.get_window_size()
        browser.set_window_size(
            outer["width"] + video.width - inner[0], outer["height"] + video.height - inner[1]
        )
    except WebDriverException:
        pass  # the browser is gone, or the window has a fixed size: one can look at it as it is


def _tell(console: Console, error: BaseException) -> None:
    """Print the error at which the tutorial has stopped."""
    if not isinstance(error, RecordingError):
        console.print(Text(f"stopped: {message_of(error) or type(error).__name__}"), style="red")
        return
    place = f"{error.file}:{error.line}: " if error.file else ""
    step = f"step {error.step!r}: " if error.step else ""
    console.print(Text(f"{place}{step}{error.message}"), style="red", soft_wrap=True)
    if error.hint:
        console.print(Text(f"  hint: {error.hint}"), soft_wrap=True)


def _banner(played: Played, error: BaseException | None) -> str:
    last = played.tutorial.steps[-1].id
    where = "where it failed" if error else f"after step {last!r}"
    seen = "" if played.windowed else "; no screen: show() writes a picture"
    return (
        f"{played.job.name}, {where}{seen}.\n"
        'browser, ctx, and all names of forge and of the tutorial; try button("Save")'
        " outlines and lists what a locator matches.\n"
        "exit() ends the browser and the app."
    )
