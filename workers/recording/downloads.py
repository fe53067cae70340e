"""Steps that only download a file: their videos show a page that stands still."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from forge.model.take import Frame, Take
from forge.store.paths import FRAMES_FILE


def shows_nothing_new(take: Take, work_dir: Path) -> bool:
    """Return True if the last step ends with the picture that its last action began with.

    What changes under the mouse on its way there comes before the action, and does not count.
    """
    step = take.steps[-1]
    acted_ms = max((done.at_ms for done in step.interactions), default=step.action_start_ms)
    before = [frame for frame in take.frames if frame.at_ms < acted_ms] or list(take.frames[:1])
    return not before or _picture(before[-1], work_dir) == _picture(take.frames[-1], work_dir)


def warning_of_downloads(step_id: str, names: Sequence[str]) -> str:
    """Return the warning that a step has only downloaded files of those names."""
    return (
        f"step {step_id!r} only downloaded {', '.join(names)}: the video shows nothing of it;"
        " a step may show the file from ctx.downloads"
    )


def _picture(frame: Frame, work_dir: Path) -> bytes:
    with (work_dir / FRAMES_FILE).open("rb") as file:
        file.seek(frame.offset)
        return file.read(frame.size)
