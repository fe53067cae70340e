"""Samples of the voices that forge chooses by itself: the sound, and the table that plays it.

A sample is made when the site is built, by the engine on this machine. Where an engine is not
installed, its rows have none.
"""

from __future__ import annotations

import io
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

import av

from forge.errors import ForgeError
from forge.model.settings import VOICES_BY_ENGINE, Voice
from forge.workers.speaking import wav
from forge.workers.speaking.voice import check_voice, make_voice

FOLDER = "samples"
BIT_RATE = 40_000  # a sentence of 5 s has 25 kB
SENTENCES = Path(__file__).with_name("voice_sentences.toml")


class Sample(NamedTuple):
    """One voice in one language; `text` is what it says."""

    engine: str
    code: str
    language: str
    voice: str
    text: str

    @property
    def path(self) -> str:
        """The path of the sound, from the top of the site."""
        return f"{FOLDER}/{self.engine}-{self.code}.mp3"


def samples() -> list[Sample]:
    """Return the default voices of all engines, sorted by language."""
    said = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    found = [
        Sample(engine, code, said[code][0], voice, said[code][1])
        for engine, voices in VOICES_BY_ENGINE.items()
        for code, voice in voices.items()
    ]
    return sorted(found, key=lambda sample: (sample.language, sample.engine))


@cache
def sounds() -> dict[Sample, bytes]:
    """Return an MP3 file for each sample whose engine is on this machine."""
    here = [sample for sample in samples() if is_here(sample.engine)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        return dict(zip(here, pool.map(lambda s: sound(s, Path(folder)), here), strict=True))


@cache
def is_here(engine: str) -> bool:
    """Return True if this machine has all that the default voices of `engine` need."""
    try:
        check_voice(Voice(engine=engine), set(VOICES_BY_ENGINE[engine].values()))
    except ForgeError:
        return False
    return True


def sound(sample: Sample, folder: Path) -> bytes:
    """Speak the sample, with a file in `folder`; return it as MP3."""
    path = folder / f"{sample.engine}-{sample.code}.wav"
    make_voice(Voice(engine=sample.engine), sample.voice).speak(sample.text, path)
    return mp3(wav.finish(*wav.read(path)).samples)


def mp3(samples: wav.Samples) -> bytes:
    """Return `samples` (48 kHz) as an MP3 file, mono."""
    content = io.BytesIO()
    with av.open(content, "w", format="mp3") as file:
        stream = file.add_stream("libmp3lame", rate=wav.RATE, layout="mono")
        stream.bit_rate = BIT_RATE
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16p", layout="mono")
        frame.sample_rate = wav.RATE
        file.mux([*stream.encode(frame), *stream.encode(None)])
    return content.getvalue()


def rows() -> Iterator[tuple[str, ...]]:
    """Yield language, engine, voice and sample of each row of the table."""
    for sample in samples():
        player = f'<audio controls preload="none" src="{sample.path}"></audio>'
        yield (
            f"{sample.language} `{sample.code}`",
            f"`{sample.engine}`",
            f"`{sample.voice}`",
            player if sample in sounds() else "not installed where this page was made",
        )
