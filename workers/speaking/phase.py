"""The speak phase of one job."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from forge.model.records import Job, Line
from forge.model.settings import Settings
from forge.model.speech import Speech, SpokenLine, Word
from forge.model.utterance import Script, scripts
from forge.store.paths import SPEECH_CACHE
from forge.text.segments import Span
from forge.workers.speaking import wav
from forge.workers.speaking.advice import advice
from forge.workers.speaking.cache import SpeechCache
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
    spoken = []
    written = zip(job.lines, scripts(job.lines, settings, job.lang), strict=True)
    for number, (line, script) in enumerate(written, start=1):
        on_line(number, line)
        if not line.text:
            spoken.append(
                SpokenLine(step=line.step, text="", audio_file=None, audio_ms=0, marks=line.marks)
            )
            continue
        path, samples, heard = cache.spoken(voice, script.said)
        spoken.append(
            SpokenLine(
                step=line.step,
                text=line.text,
                audio_file=str(path),
                audio_ms=math.ceil(samples * 1000 / wav.RATE),
                marks=line.marks,
                words=shown_words(script, heard),
            )
        )
        if note := advice(line.step, script.said, heard, samples / wav.RATE):
            warn(note)
    return Speech(lines=tuple(spoken))


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
