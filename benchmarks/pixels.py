"""The cost of a picture of a frame: none, read from the framebuffer, screencast, screenshot.

    python benchmarks/pixels.py [--frames 60] [--width 1920] [--height 1080]

One browser under begin-frame control draws a moving box, the same frames each way. Processor time
is that of all its processes.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from _bench import arguments, keep, show

from forge.model.settings import Settings
from forge.workers.checks import find_machine
from forge.workers.recording.browser.devtools import DevTools, Handler
from forge.workers.recording.browser.launch import launch
from forge.workers.recording.frame_store import JPEG_QUALITY
from forge.workers.recording.virtual.page_time.begin_frame import FRAME
from forge.workers.recording.virtual.pixels.framebuffer import Framebuffer

PNG = {"format": "png"}
JPEG: dict[str, Any] = {"format": "jpeg", "quality": JPEG_QUALITY}
LONGEST_SEARCH = 50  # screenshots
FRAME_MS, APART_MS = 1000 / 30, 250.0
PAGE = """data:text/html,<style>@keyframes m{to{margin-left:9000px}}
%23b{width:90px;height:90px;background:red;animation:m 99s linear}</style><div id=b></div>""" + (
    "<p>some text here and there</p>" * 20
)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument("--height", type=int, default=1080)
    args = parser.parse_args()
    video = {"clock": "virtual", "width": args.width, "height": args.height}
    settings = Settings.model_validate({"video": video})
    with opened(settings) as (page, processes, pictures):
        figures = measure(page, processes, pictures, args.frames)
    base = figures["none"]["frame_ms"]
    rows = [
        [way, f"{frame:.1f} ms", f"{used:.1f} ms", f"{frame / base:.1f} ×"]
        for way, (frame, used) in ((way, tuple(f.values())) for way, f in figures.items())
    ]
    show("a frame and its picture", ["picture", "wall clock", "processors", "ratio"], rows)
    keep("pixels", {"video": video, "frames": args.frames, "ways": figures})


@contextmanager
def opened(
    settings: Settings,
) -> Iterator[tuple[DevTools, list[psutil.Process], threading.Semaphore]]:
    """Open a page under begin-frame control; give it, its processes, a count of pictures."""
    pictures = threading.Semaphore(0)
    with tempfile.TemporaryDirectory() as folder:
        browser, end = launch(settings, find_machine(settings), Path(folder))
        try:
            browser.get(PAGE)
            address = browser.capabilities["goog:chromeOptions"]["debuggerAddress"]

            def on_picture(params: dict[str, Any]) -> None:
                page.send("Page.screencastFrameAck", sessionId=params["sessionId"])
                pictures.release()

            handlers: dict[str, Handler] = {"Page.screencastFrame": on_picture}
            page = DevTools(address, f"page/{browser.current_window_handle}", handlers)
            page.call("Page.enable")
            driver = psutil.Process(browser.service.process.pid)
            yield page, driver.children(recursive=True), pictures
            page.close()
        finally:
            end()


def measure(
    page: DevTools, processes: list[psutil.Process], pictures: threading.Semaphore, frames: int
) -> dict[str, dict[str, float]]:
    """Return the wall clock and the processor time of a frame, for each way (ms)."""
    at_ms = time.monotonic() * 1000 + 1000

    def frame(apart_ms: float = FRAME_MS, **shot: Any) -> dict[str, Any]:
        nonlocal at_ms
        at_ms += apart_ms
        return page.call(FRAME, frameTimeTicks=at_ms, interval=apart_ms, **shot)

    drawn_by = next(p.pid for p in processes if "--type=gpu-process" in p.cmdline())
    framebuffer, sheet = Framebuffer(drawn_by), np.empty((0, 0, 4), np.uint8)
    for _ in range(LONGEST_SEARCH):
        sheet = framebuffer.pixels(frame(screenshot=PNG)["screenshotData"], sheet)
        if framebuffer.is_known:
            break
    else:
        raise SystemExit("the framebuffer is not found; windows below 960×540 have none")

    def read() -> None:
        nonlocal sheet
        frame()
        sheet = framebuffer.pixels(None, sheet)

    def screencast() -> None:
        frame(APART_MS)  # the browser drops pictures of frames that are closer
        pictures.acquire(timeout=1)

    ways: dict[str, Callable[[], object]] = {
        "none": frame,
        "read": read,
        "screencast, JPEG": screencast,
        "screenshot, JPEG": lambda: frame(screenshot=JPEG),
        "screenshot, PNG": lambda: frame(screenshot=PNG),
    }
    figures = {}
    for way, draw in ways.items():
        if draw is screencast:
            page.call("Page.startScreencast", **JPEG)
        for _ in range(5):
            draw()
        used_s, began_s = _used_s(processes), time.perf_counter()
        for _ in range(frames):
            draw()
        spent_s, used_s = time.perf_counter() - began_s, _used_s(processes) - used_s
        if draw is screencast:
            page.call("Page.stopScreencast")
        figures[way] = {
            "frame_ms": round(spent_s * 1000 / frames, 2),
            "processor_ms": round(used_s * 1000 / frames, 2),
        }
    return figures


def _used_s(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


if __name__ == "__main__":
    main()
