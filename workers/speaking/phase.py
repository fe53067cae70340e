"""The speak phase of one job."""

from __future__ import annotations

import math
from collections.abc import Callable

from forge.model.records import Job, Line
from forge.model.settings import Settings
from forge.model.speech import Speech, SpokenLine
from forge.store.paths import SPEECH_CACHE
from forge.workers.speaking import wav
from forge.workers.speaking.cache import SpeechCache
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
        path, samples = cache.spoken(voice, line.text)
        spoken.append(
            SpokenLine(
                step=line.step,
                text=line.text,
                audio_file=str(path),
                audio_ms=math.ceil(samples * 1000 / wav.RATE),
                marks=line.marks,
            )
        )
    return Speech(lines=tuple(spoken))
