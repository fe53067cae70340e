"""Parts of a render in the process of the command: one step, a GIF, a thumbnail, a first try.

Each function that starts a browser or an adapter ends both before it returns.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from forge.adapters.app_table import adapter_of
from forge.adapters.contract import Adapter, Context, Slot
from forge.errors import MachineError, RecordingError
from forge.model.card_timing import Titles
from forge.model.machine import Machine
from forge.model.records import Attempt, Job
from forge.model.settings import Settings
from forge.model.speech import Speech, estimate
from forge.model.take import Take
from forge.model.timeline import Manifest, lay_out
from forge.store.paths import LOGS, SCREENSHOT_FILE
from forge.text.redact import without_passwords
from forge.tutorial import Tutorial
from forge.workers.run_dir import run_dir
from forge.workers.setup import Stage, WorkerContext
from forge.workers.slots import slots_dir

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

SCREENSHOT_WIDTH = 800  # pixels, on the page of a batch


def preview_step(
    settings: Settings,
    machine: Machine,
    job: Job,
    tutorial: Tutorial,
    path: Path,
    warn: Callable[[str], object],
) -> None:
    """Record the steps of `tutorial`, and write the end of the last one to `path` as a PNG.

    `job` may have more lines than the tutorial has steps. Nothing is spoken or encoded.

    Raises:
        RecordingError: a step failed. `path` then has the screenshot of the failure, if there is
            one.
    """
    with run_dir() as work_dir:
        try:
            take = _record(settings, machine, job, tutorial, work_dir, warn)
        except RecordingError as problem:
            if (work_dir / SCREENSHOT_FILE).is_file():
                shutil.copy(work_dir / SCREENSHOT_FILE, path)
                problem.hint = f"{problem.hint}; {path} shows the screen".removeprefix("; ")
            raise
        _draw_end(settings, job, take, work_dir, path)


@contextmanager
def running_adapter(settings: Settings, kind: type[Adapter]) -> Iterator[tuple[Adapter, Slot]]:
    """Start the adapter in slot 0 for a while."""
    from forge.workers.recording.user_code import start_adapter

    with slots_dir(settings.project_dir) as slots:
        slot = Slot(0, slots.fresh(0), settings.project_dir, settings.work_root / LOGS)
        adapter = start_adapter(kind, slot)
        try:
            yield adapter, slot
        finally:
            try:
                adapter.stop()
            finally:
                slot.end_servers()


def _record(
    settings: Settings,
    machine: Machine,
    job: Job,
    tutorial: Tutorial,
    work_dir: Path,
    warn: Callable[[str], object],
) -> Take:
    from forge.workers.recording.browser.launch import Launch
    from forge.workers.recording.phase import Recording, RecordingTask

    kind = adapter_of(settings)
    with (
        running_adapter(settings, kind) as (adapter, slot),
        closing(Launch(settings, machine, work_dir, slot.downloads)) as launch,
    ):
        task = RecordingTask(job, tutorial, adapter, slot, settings, work_dir)
        recording = Recording(task, launch, warn)
        return recording.run(lambda: unspoken(job, tutorial), lambda number, step: None)


def unspoken(job: Job, tutorial: Tutorial) -> Speech:
    """Return the narration of the steps of `tutorial` that takes no time.

    `job` may have more lines than the tutorial has steps.
    """
    lines = estimate(job.lines[: len(tutorial.steps)]).lines
    return Speech(lines=tuple(line.model_copy(update={"audio_ms": 0}) for line in lines))


def _draw_end(settings: Settings, job: Job, take: Take, work_dir: Path, path: Path) -> None:
    """Draw the end of the last step with all overlays, and the caption of its sentence."""
    from PIL import Image

    from forge.workers.composing.painting.take_frames import TakeFrames
    from forge.workers.composing.phase import scene_of

    manifest = lay_out(take, estimate(job.lines[: len(take.steps)]), Titles.of(job))
    step = manifest.steps[-1]
    with TakeFrames(take, work_dir) as pictures:
        scene = scene_of(manifest, take, settings, pictures)
        caption = scene.state(step.audio_end_ms - 1).caption
        state = scene.state(step.end_ms - 1)._replace(caption=caption)
        Image.fromarray(scene.painter.rgb(state)).save(path, "PNG")


class GifPart(NamedTuple):
    """The part of a video that a GIF shows (ms), its width in pixels, and its frames per second."""

    start_ms: int
    end_ms: int
    width: int
    fps: int


def write_gif(
    settings: Settings,
    manifest: Manifest,
    take: Take,
    work_dir: Path,
    path: Path,
    shown: GifPart,
) -> int:
    """Draw a part of a finished take as a GIF with burned captions; return its number of frames.

    Raises:
        ComposeError: it could not be written.
    """
    from forge.workers.composing.encoding import gif
    from forge.workers.composing.painting.take_frames import TakeFrames
    from forge.workers.composing.phase import scene_of

    burned = settings.style.model_copy(update={"captions": "burn"})
    settings = settings.model_copy(update={"style": burned})
    with TakeFrames(take, work_dir) as pictures:
        scene = scene_of(manifest, take, settings, pictures)
        return gif.write_gif(
            scene, path, shown.start_ms, shown.end_ms, width=shown.width, fps=shown.fps
        )


def thumbnail(screenshot: Path) -> bytes:
    """Return a JPEG for the page.

    Raises:
        ComposeError: the screenshot cannot be read.
    """
    from forge.workers.composing.sidecars.thumbnail import thumbnail

    return thumbnail(screenshot, SCREENSHOT_WIDTH)


def browser_versions(settings: Settings) -> str:
    """Return the versions and paths of browser and driver, as they say themselves.

    Raises:
        MachineError: one of them is not there.
    """
    from forge.workers.recording.browser.find import find_browser, version_of

    programs = find_browser(settings.browser)
    return ", ".join(f"{version_of(program)} ({program})" for program in programs)


def try_clock(settings: Settings) -> str:
    """Draw one frame on the virtual clock, if this browser has one; return what "auto" means.

    Raises:
        ForgeError: the browser does not start, or draws nothing.
    """
    from forge.workers.recording.browser.find import find_browser, why_not_virtual
    from forge.workers.recording.browser.launch import launch
    from forge.workers.recording.phase import start_recorder

    found = find_browser(settings.browser)
    if why_not := why_not_virtual(found.binary):
        return f"elastic; no virtual clock: {why_not}"
    machine = Machine(browser=found.binary, driver=found.driver, clock="virtual")
    with tempfile.TemporaryDirectory(prefix="forge-doctor-") as folder:
        browser, end = launch(settings, machine, Path(folder))
        try:
            recorder = start_recorder(browser, settings, machine.clock, Path(folder))
            try:
                recorder.begin()
            finally:
                recorder.close()
        finally:
            end()
    return "virtual (it drew a frame when asked to), elastic and real"


def encoder_version() -> str:
    """Return the version of PyAV.

    Raises:
        MachineError: it lacks an encoder that videos need.
    """
    import av

    if missing := {"libx264", "aac"} - set(av.codecs_available):
        raise MachineError(f"PyAV without {', '.join(sorted(missing))}", hint="pip install -U av")
    return f"PyAV {av.__version__} with libx264 and aac"


def try_setup(settings: Settings, machine: Machine) -> str:
    """Start the adapter, run its `setup` and `teardown` in a browser; return where it arrived.

    Raises:
        ForgeError: the adapter does not load or start, its setup failed, or the browser did.
    """
    from forge.workers.recording.browser.launch import launch
    from forge.workers.recording.user_code import explain

    kind = adapter_of(settings)
    with run_dir() as folder, running_adapter(settings, kind) as (adapter, slot):
        browser, end = launch(settings, machine, folder)
        try:
            _set_up(adapter, browser, Context(lang=None, slot=slot, job="doctor"))
            return f"{kind.__name__} reached {without_passwords(browser.current_url)}"
        except Exception as problem:
            raise explain(problem, "the adapter's setup failed", None) from problem
        finally:
            end()


def trying_setup(context: WorkerContext) -> Stage:
    """Return a stage that tries the adapter's setup, and returns where it arrived as a warning."""

    def try_it(job: Job) -> Attempt:
        assert context.machine, "the host of a trial has a browser"
        arrived = try_setup(context.settings, context.machine)
        return Attempt(job=job.name, warnings=(arrived,))

    return try_it


def _set_up(adapter: Adapter, browser: Chrome, context: Context) -> None:
    context.state = adapter.setup(browser, context)
    adapter.teardown(browser, context)


@contextmanager
def tracked_browser(settings: Settings, url: str) -> Iterator[Iterator[dict[str, Any]]]:
    """Open `url` in a browser with a window; yield what the person does there, until it is closed.

    Raises:
        MachineError: there is no screen, no such browser, or it does not start.
    """
    from forge.workers.tracking.tracker import tracked

    with tracked(settings, url) as tracker:
        yield tracker.said()
