"""What encoding in one lane costs a recording in another: how many frames of a movement are kept?

    python benchmarks/beside.py [--rounds 3]

A page moves for four seconds and is recorded at 1080p: alone, beside a video that is composed the
way forge does (at a low priority), and beside the same at the recording's own priority.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from _bench import ROOT, Project, console, keep, median, show

from forge.store.job_files import read_take

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
#: Composes over and over, in a thread as the pipeline does, at the priority that is asked for.
COMPOSER = """
import sys
from pathlib import Path
import numpy, av
from forge.workers import aside

aside.NICE = int(sys.argv[1])

def encode():
    noise = numpy.random.default_rng(1).integers(0, 255, (1080, 1920, 3), dtype=numpy.uint8)
    while True:
        with av.open("/dev/null", "w", format="mp4") as file:
            stream = file.add_stream("libx264", rate=30, options={"preset": "veryfast"})
            stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
            for n in range(300):
                frame = av.VideoFrame.from_ndarray(numpy.roll(noise, 7 * n, axis=1))
                for packet in stream.encode(frame):
                    file.mux(packet)

with aside.out_of_the_way('compose') as thread:
    thread.submit(encode).result()
"""


@contextlib.contextmanager
def composer(nice: int | None) -> Iterator[None]:
    """An encoder at work for the length of the block; none for None."""
    if nice is None:
        yield
        return
    env = {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", COMPOSER, str(nice)], env=env) as process:
        time.sleep(3)  # until it encodes
        try:
            yield
        finally:
            process.kill()


def frames(project: Project) -> int:
    """How many different pictures of the movement were recorded."""
    project.render("--phase", "record", "--voice", "silent")
    return len(read_take(project.folder / ".forge" / "movement").frames)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    ways = {"alone": None, "beside forge's composing": 10, "beside the same, not yielding": 0}
    found: dict[str, list[int]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "movement"
        (source / "tutorials").mkdir(parents=True)
        (source / "forge.toml").write_text("")
        (source / "tutorials" / "movement.py").write_text(TOUR)
        project = Project(source, Path(name) / "copy")
        for number in range(args.rounds):
            for way, nice in ways.items():
                with composer(nice):
                    found[way].append(frames(project))
                console.print(f"round {number + 1}, {way}: {found[way][-1]} frames")
    alone = median(found["alone"])
    rows = [[way, f"{median(n):.0f}", f"{median(n) / alone:.0%}"] for way, n in found.items()]
    show(f"frames of a movement of {MOVE_S} s", ["", "frames", "kept"], rows)
    keep("beside", {"seconds": MOVE_S, "frames": found})


if __name__ == "__main__":
    main()
