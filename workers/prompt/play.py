"""Play a tutorial to a step, and stay there until the caller has finished."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from forge.adapters.app_table import adapter_of
from forge.errors import RecordingError
from forge.model.machine import Machine
from forge.model.records import Job
from forge.model.settings import Settings
from forge.tutorial import Step, Tutorial
from forge.workers.recording.browser.launch import Launch
from forge.workers.recording.phase import Recording, RecordingTask, Session
from forge.workers.run_dir import run_dir
from forge.workers.studio import running_adapter, unspoken

#: Called with the browser, and with the error at which the tutorial has stopped, if any.
Stay = Callable[[Session, BaseException | None], object]


@dataclass(frozen=True)
class Played:
    """The steps to play: those of `tutorial`, of the job `job`, which may have further lines.

    `windowed`: the browser shows a window on the screen, and `machine` names one that can.
    """

    settings: Settings
    machine: Machine
    job: Job
    tutorial: Tutorial
    windowed: bool


def play(
    played: Played,
    stay: Stay,
    on_step: Callable[[int, Step], object],
    warn: Callable[[str], object],
) -> bool:
    """Play the steps, call `stay`, and tear everything down; return True if no step failed.

    `stay` is also called after a failure, with the browser as the failure has left it, and after an
    interrupt (Ctrl-C).

    Raises:
        ForgeError: there is no browser to stay in: it or the app did not start.
    """
    errors: list[BaseException | None] = []

    def end(session: Session, error: BaseException | None) -> None:
        errors.append(error)
        stay(session, error)

    settings, job, tutorial = played.settings, played.job, played.tutorial
    kind = adapter_of(settings)
    with run_dir() as folder, running_adapter(settings, kind) as (adapter, slot):
        starting = Launch(
            settings, played.machine, folder, slot.downloads, windowed=played.windowed
        )
        with closing(starting) as launch:
            task = RecordingTask(job, tutorial, adapter, slot, settings, folder)
            recording = Recording(task, launch, warn, on_end=end)
            try:
                recording.run(lambda: unspoken(job, tutorial), on_step)
            except (RecordingError, KeyboardInterrupt):
                if not errors:
                    raise
    return errors == [None]
