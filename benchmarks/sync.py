"""The offset between sound and picture in the finished MP4.

    python benchmarks/sync.py [--clock elastic real] [--flashes 12]

In each step's action the page turns from black to white, or back, and each narration begins with a
hard consonant. An action begins with its sentence. Both are found in the decoded file: the frame
whose brightness jumps, and the sample where silence ends.
"""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from _bench import Project, arguments, console, keep, show, write_project

RATE = 48_000
SETTINGS = "[style]\ncards = false\n"  # a card is another change of brightness
FLASH_TOUR = """
from forge import Tutorial

tour = Tutorial("Flashes", id="flashes", summary="Light and dark.")
PAGE = "data:text/html,<body style='margin:0;background:black'>"


@tour.setup
def dark(browser):
    browser.get(PAGE)


def turn(browser):
    browser.execute_script(
        "document.body.style.background ="
        "document.body.style.background === 'black' ? 'white' : 'black'"
    )


for number in range({flashes}):
    tour.step("Ticking, turning, talking.", id=f"turn-{{number}}")(turn)
"""


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--clock", nargs="+", default=["elastic", "real"])
    parser.add_argument("--flashes", type=int, default=12)
    args = parser.parse_args()
    rows, figures = [], {}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        write_project(source, SETTINGS, {"flashes": FLASH_TOUR.format(flashes=args.flashes)})
        project = Project(source, Path(folder) / "copy")
        for clock in args.clock:
            run = project.render("--clock", clock)
            path = project.folder / "dist" / "flashes.mp4"
            starts_ms = [step.audio_start_ms for step in run.manifests["flashes"].steps]
            offsets = _offsets(path, starts_ms)
            figures[clock] = {"offsets_ms": [round(offset, 1) for offset in offsets]}
            rows.append([
                clock, str(len(offsets)), f"{np.mean(offsets):+.1f} ms", f"{min(offsets):+.1f} ms",
                f"{max(offsets):+.1f} ms",
            ])  # fmt: skip
    columns = ["clock", "flashes", "mean", "earliest", "latest"]
    show("picture after sound, measured on the MP4", columns, rows)
    keep("sync", figures)
    worst = max(abs(o) for found in figures.values() for o in found["offsets_ms"])
    console.print(f"largest offset: {worst:.1f} ms")


def _offsets(path: Path, starts_ms: list[int]) -> list[float]:
    """Return how much later than its sentence each flash comes (ms)."""
    sounds, jumps = _onsets_ms(path, starts_ms), _jumps_ms(path)
    if len(jumps) != len(starts_ms):
        raise SystemExit(f"{len(starts_ms)} flashes were made, {len(jumps)} are in the video")
    return [jump - sound for jump, sound in zip(jumps, sounds, strict=True)]


def _jumps_ms(path: Path) -> list[float]:
    with av.open(str(path)) as file:
        seen = [
            ((frame.time or 0.0) * 1000, frame.to_ndarray(format="gray").mean() > 127)
            for frame in file.decode(video=0)
        ]
    return [at_ms for (_, before), (at_ms, now) in pairwise(seen) if before != now]


def _onsets_ms(path: Path, starts_ms: list[int]) -> list[float]:
    with av.open(str(path)) as file:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    onsets = []
    for start_ms in starts_ms:
        first = max(0, (start_ms - 150) * RATE // 1000)  # silent: the lead-in is longer
        onsets.append((first + int(np.argmax(np.abs(samples[first:]) > 0.01))) * 1000 / RATE)
    return onsets


if __name__ == "__main__":
    main()
