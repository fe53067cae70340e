"""The frames that a recording loses because a video is encoded beside it.

    python benchmarks/beside.py [--rounds 3]

A box moves over the page for four seconds and is recorded at 1080p: alone, beside an encoder with
the low priority that forge gives it, and beside one with the recording's own priority.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from _bench import ENVIRONMENT, Project, arguments, console, keep, median, show, write_project

from forge.store.job_files import read_take
from forge.workers import background

MOVE_S = 4
PAGE = (
    "data:text/html,<style>body{margin:0}div{width:300px;height:300px;background:teal;"
    f"animation:go {MOVE_S}s linear forwards}}@keyframes go{{to{{transform:translate(1500px,700px)"
    " rotate(2turn)}}</style>"
)
TOUR = f'''
from forge import Tutorial

tour = Tutorial("A movement", id="movement")


@tour.step
def move(browser):
    """Look at it go."""
    browser.get({PAGE!r} + "<div></div>")
'''


@contextlib.contextmanager
def encoder(nice: int | None) -> Iterator[None]:
    """Run an encoder of that priority while the block runs; none for None."""
    if nice is None:
        yield
        return
    command = [sys.executable, __file__, "--encode-at", str(nice)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # written when it encodes
        try:
            yield
        finally:
            process.kill()


def encode_endlessly(nice: int) -> None:
    """Encode noise at 1080p in a thread of priority `nice`, as the pipeline does."""

    def encode() -> None:
        noise = np.random.default_rng(1).integers(0, 255, (1080, 1920, 3), dtype=np.uint8)
        print("encoding", flush=True)
        while True:
            with av.open("/dev/null", "w", format="mp4") as file:
                stream = file.add_stream("libx264", rate=30, options={"preset": "veryfast"})
                stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
                for number in range(300):
                    frame = av.VideoFrame.from_ndarray(np.roll(noise, 7 * number, axis=1))
                    file.mux(stream.encode(frame))

    background.NICE = nice
    with background.out_of_the_way("compose") as thread:
        thread.submit(encode).result()


def frames(project: Project) -> int:
    """Record the movement; return the number of different pictures."""
    project.render("--phase", "record", "--voice", "silent")
    return len(read_take(project.folder / ".forge" / "movement").frames)


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--encode-at", type=int, metavar="NICE", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.encode_at is not None:
        encode_endlessly(args.encode_at)
    ways = {"alone": None, "beside an encoder": background.NICE, "at the same priority": 0}
    found: dict[str, list[int]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "movement"
        write_project(source, "", {"movement": TOUR})
        project = Project(source, Path(name) / "copy")
        for number in range(args.rounds):
            for way, nice in ways.items():
                with encoder(nice):
                    found[way].append(frames(project))
                console.print(f"round {number + 1}, {way}: {found[way][-1]} frames")
    alone = median(found["alone"])
    rows = [[way, f"{median(n):.0f}", f"{median(n) / alone:.0%}"] for way, n in found.items()]
    show(f"frames of a movement of {MOVE_S} s", ["", "frames", "kept"], rows)
    keep("beside", {"seconds": MOVE_S, "frames": found})


if __name__ == "__main__":
    main()
