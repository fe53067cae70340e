"""The silent voice."""

from __future__ import annotations

from pathlib import Path

from forge.model.speech import silent_ms
from forge.model.utterance import Utterance
from forge.workers.speaking import wav
from forge.workers.speaking.cache import SpeechCache
from forge.workers.speaking.engines.silent import SilentVoice


def test_the_silent_voice_lasts_as_long_as_speech(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    for text, expected_ms in (("One.", 1200), ("word " * 10, 3800)):
        path, samples, _ = cache.spoken(SilentVoice(), Utterance(text))
        assert silent_ms(text) == expected_ms
        assert samples == expected_ms * 48
        assert not wav.read(path)[0].any()
