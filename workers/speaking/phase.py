"""The speak phase of one job."""

from __future__ import annotations

import math
from collections.abc import Callable

from forge.model.records import Job, Line
from forge.model.settings import Settings
from forge.model.speech import Speech, SpokenLine, Word
from forge.model.utterance import Utterance
from forge.store.paths import SPEECH_CACHE
from forge.workers.speaking import wav
from forge.workers.speaking.cache import SpeechCache
from forge.workers.speaking.heard import Heard
from forge.workers.speaking.voice import make_voice


def speak(job: Job, settings: Settings, on_line: Callable[[int, Line], object]) -> Speech:
    """Speak every line of `job`; call `on_line(number from 1, line)` before each.

    Raises:
        SpeechError: a line cannot be spoken.
        MachineError: the engine is not installed.
    """
    voice = make_voice(settings.voice, job.voice, settings.project_dir)
    cache = SpeechCache(settings.work_root / SPEECH_CACHE)
    spoken = []
    for number, line in enumerate(job.lines, start=1):
        on_line(number, line)
        if not line.text:
            spoken.append(
                SpokenLine(step=line.step, text="", audio_file=None, audio_ms=0, marks=line.marks)
            )
            continue
        said = Utterance(line.text, language=job.lang or settings.source_language)
        path, samples, heard = cache.spoken(voice, said)
        spoken.append(
            SpokenLine(
                step=line.step,
                text=line.text,
                audio_file=str(path),
                audio_ms=math.ceil(samples * 1000 / wav.RATE),
                marks=line.marks,
                words=tuple(_word(word) for word in heard),
            )
        )
    return Speech(lines=tuple(spoken))


def _word(heard: Heard) -> Word:
    from_ms, until_ms = (round(time_s * 1000) for time_s in (heard.from_s, heard.until_s))
    return Word(at=heard.at, end=heard.end, from_ms=from_ms, until_ms=until_ms)
