"""The speak phase of one job."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from forge.model.records import Job, Line
from forge.model.settings import Settings
from forge.model.speech import Speech, SpokenLine, Word
from forge.model.utterance import Script, scripts
from forge.store.paths import SPEECH_CACHE
from forge.text.segments import Span
from forge.workers.speaking import wav
from forge.workers.speaking.advice import advice
from forge.workers.speaking.cache import SpeechCache, Spoken
from forge.workers.speaking.heard import Heard
from forge.workers.speaking.voice import make_voice


def speak(
    job: Job,
    settings: Settings,
    on_line: Callable[[int, Line], object],
    warn: Callable[[str], object],
) -> Speech:
    """Speak every line of `job`; call `on_line(number from 1, line)` before each.

    `warn` is called with advice that is measured on the sound.

    Raises:
        SpeechError: a line cannot be spoken.
        MachineError: the engine is not installed.
    """
    voice = make_voice(settings.voice, job.voice, settings.project_dir)
    cache = SpeechCache(settings.work_root / SPEECH_CACHE)
    written = list(zip(job.lines, scripts(job.lines, settings, job.lang), strict=True))
    spoken = []
    threads = ThreadPoolExecutor(getattr(voice, "lines_at_once", 1), "forge-speak")
    try:
        coming = [
            threads.submit(cache.spoken, voice, script.said) if line.text else None
            for line, script in written
        ]
        for number, ((line, script), future) in enumerate(zip(written, coming, strict=True), 1):
            on_line(number, line)
            spoken.append(_line(line, script, future.result() if future else None, warn))
    finally:
        threads.shutdown(cancel_futures=True)
    return Speech(lines=tuple(spoken))


def _line(
    line: Line, script: Script, found: Spoken | None, warn: Callable[[str], object]
) -> SpokenLine:
    """Return a line with its sound, None for a line without text."""
    if found is None:
        return SpokenLine(step=line.step, text="", audio_file=None, audio_ms=0, marks=line.marks)
    path, samples, heard = found
    if note := advice(line.step, script.said, heard, samples / wav.RATE):
        warn(note)
    return SpokenLine(
        step=line.step,
        text=line.text,
        audio_file=str(path),
        audio_ms=math.ceil(samples * 1000 / wav.RATE),
        marks=line.marks,
        words=shown_words(script, heard),
    )


def shown_words(script: Script, heard: Sequence[Heard]) -> tuple[Word, ...]:
    """Return the words of the shown text that are heard.

    Spoken words that stand for the same shown word are one.
    """
    found: list[Word] = []
    parts = script.shown_parts(Span(word.at, word.end) for word in heard)
    for (at, end), word in zip(parts, heard, strict=True):
        from_ms, until_ms = round(word.from_s * 1000), round(word.until_s * 1000)
        if found and at < found[-1].end:
            first = found.pop()
            at, end, from_ms = first.at, max(end, first.end), first.from_ms
        found.append(Word(at=at, end=end, from_ms=from_ms, until_ms=until_ms))
    return tuple(found)
