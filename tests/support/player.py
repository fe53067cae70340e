"""Play an MP4 in a real browser, on a page that is served on loopback."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from selenium import webdriver

WAIT_S = 30
#: `answer(promise)`: give the promise's value, or the reason of its failure, to Selenium.
SCRIPT = """
const done = arguments[arguments.length - 1], video = document.querySelector("video");
const answer = promise => promise.then(value => done({value}), error => done({error: `${error}`}));
"""
# As a blob, the whole file is there: the browser can seek although the server sends no ranges.
OPEN = """
answer((async () => {
    document.body.innerHTML = "<video muted></video>";
    const video = document.querySelector("video"), file = await fetch(arguments[0]);
    const opened = new Promise((kept, broken) => {
        video.onloadeddata = kept;
        video.onerror = () => broken(video.error.message);
    });
    video.src = URL.createObjectURL(await file.blob());
    await opened;
    return video.duration;
})());
"""
# Which frame is drawn is known from its own time, which only its callback gives.
SEEK = """
answer(new Promise((kept, broken) => {
    const look = (now, {mediaTime}) => {
        if (Math.abs(mediaTime - arguments[1]) > 0.001)
            return video.requestVideoFrameCallback(look);
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
        canvas.getContext("2d").drawImage(video, 0, 0);
        kept(canvas.toDataURL("image/png").split(",")[1]);
    };
    video.onerror = () => broken(video.error.message);
    video.requestVideoFrameCallback(look);
    video.currentTime = arguments[0];
}));
"""
PLAY = """
answer((async () => {
    const until = video.currentTime + arguments[0];
    const played = new Promise((kept, broken) => {
        video.ontimeupdate = () => (video.currentTime >= until || video.ended) && kept();
        video.onerror = () => broken(video.error.message);
    });
    await video.play();
    await played;
    video.pause();
    return [video.currentTime, video.getVideoPlaybackQuality().corruptedVideoFrames];
})());
"""


class Player:
    """A page with one video; times in seconds."""

    def __init__(self, chrome: webdriver.Chrome, address: str) -> None:
        self._chrome, self._address = chrome, address
        chrome.set_script_timeout(WAIT_S)
        chrome.get(f"{address}/none")

    def open(self, name: str) -> float:
        """Load a file of the folder; return its length as the browser knows it."""
        return float(self._run(OPEN, f"{self._address}/{name}"))

    def picture(self, at_s: float, frame_s: float) -> NDArray[np.uint8]:
        """Seek to a moment; return the picture when the frame that begins at `frame_s` is shown.

        If it never is, the script times out.
        """
        png = base64.b64decode(self._run(SEEK, at_s, frame_s))
        return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))

    def play(self, for_s: float) -> float:
        """Play from where it is; return the time that was reached."""
        reached, corrupted = self._run(PLAY, for_s)
        assert corrupted == 0
        return float(reached)

    def _run(self, script: str, *args: object) -> Any:
        """Run a script; its failure, such as a decoder's, is an AssertionError."""
        answer = self._chrome.execute_async_script(SCRIPT + script, *args)
        assert "error" not in answer, answer["error"]
        return answer["value"]


@contextmanager
def player(chrome: webdriver.Chrome, folder: Path) -> Iterator[Player]:
    """Serve `folder` on loopback while the block runs; give it a player of its files."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Player(chrome, f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Leave stderr to the test."""
