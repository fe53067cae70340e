"""A real browser's `<track>` reads the WebVTT files as they are meant."""

from __future__ import annotations

import base64
import html
import json
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from forge.model.settings import Browser
from forge.model.speech import Word
from forge.workers.composing.text.caption_files import karaoke, webvtt
from forge.workers.composing.text.chapters import Chapter, chapters_vtt
from forge.workers.composing.text.cues import Cue, cues
from forge.workers.recording.browser.find import find_browser
from tests.support.takes import manifest, said

#: Of each cue: its times, its text, and its nodes (other than text, a time's value).
PLAYER = """<!doctype html><pre id=found></pre><video>TRACKS</video><script>
const tracks = [...document.querySelectorAll('track')];
const parts = cue => [...cue.getCueAsHTML().childNodes].map(node =>
  node.nodeType === Node.TEXT_NODE ? node.data : [node.nodeName, node.data ?? node.outerHTML]);
const read = track => [...track.track.cues].map(cue =>
  [cue.startTime, cue.endTime, cue.getCueAsHTML().textContent, parts(cue)]);
const loaded = tracks.map(track => new Promise(done => track.onload = track.onerror = done));
for (const track of tracks) track.track.mode = 'hidden';
Promise.all(loaded).then(() =>
  document.getElementById('found').textContent = JSON.stringify(tracks.map(read)));
</script>"""

TEXTS = [
    "Wrap <ul> & <b>only</b> {\\an8} &amp; a --> b",
    "Lumen يعرض كل شيء",
    "C:\\New 00:01.000 --> 00:02.000",
    "NOTE 10\u202f000\u00a0€\u202f?",
]


class Read(NamedTuple):
    """One cue as a browser reads it. Times in seconds; `parts`: text, or a node and its value."""

    start: float
    end: float
    text: str
    parts: list[str | list[str]]


def read(files: list[str], folder: Path) -> list[list[Read]]:
    """Return the cues of WebVTT files in Chromium, file by file."""
    data = (base64.b64encode(file.encode()).decode() for file in files)
    tracks = "".join(f"<track src='data:text/vtt;base64,{text}'>" for text in data)
    page = folder / "player.html"
    page.write_text(PLAYER.replace("TRACKS", tracks), encoding="utf-8")
    binary = str(find_browser(Browser()).binary)
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000"]
    command = [binary, *options, "--dump-dom", page.as_uri()]
    dumped = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    found = json.loads(html.unescape(dumped.partition('<pre id="found">')[2].partition("</")[0]))
    return [[Read(*cue) for cue in track] for track in found]


@pytest.mark.browser
def test_a_browser_reads_captions_chapters_and_words(tmp_path: Path) -> None:
    shown = [Cue(1000 * at, 1000 * at + 900, (text, text)) for at, text in enumerate(TEXTS)]
    titles = [Chapter(c.start_ms, c.end_ms, c.lines[0]) for c in shown]
    text = "Click <b>Save</b> & go."
    words = (
        Word(at=0, end=5, from_ms=1000, until_ms=1400),
        Word(at=6, end=17, from_ms=1400, until_ms=2000),
        Word(at=20, end=22, from_ms=2100, until_ms=2500),
    )
    whole = manifest(9000, [(0, 0)], [said(text, 1000, 1500).model_copy(update={"words": words})])
    files = [
        webvtt(shown, "ar"),
        chapters_vtt(titles, "ar"),
        karaoke(cues(whole, "en"), whole, "en"),
    ]
    captions, chapters, (spoken,) = read(files, tmp_path)

    marked = ["\u200f" + one for one in TEXTS]
    assert [cue.text for cue in captions] == [f"{one}\n{one}" for one in marked]
    assert [(cue.start, cue.end) for cue in captions] == [(0, 0.9), (1, 1.9), (2, 2.9), (3, 3.9)]
    assert all(isinstance(part, str) for cue in captions for part in cue.parts), "no tags"
    assert [cue.text for cue in chapters] == marked

    assert (spoken.start, spoken.text) == (1.0, text)
    times = [part[1] for part in spoken.parts if not isinstance(part, str)]
    assert times == ["00:00:01.454", "00:00:01.563", "00:00:01.890", "00:00:02.100"]
    assert spoken.parts[-1] == "go."
