"""Samples of voices: each default voice says a sentence of its language, in a small file."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from docs import voice_samples
from docs.voice_samples import SENTENCES, Sample, mp3, rows, samples
from forge.model.settings import DEFAULT_VOICES
from forge.workers.speaking import wav


def test_each_default_voice_has_a_sentence_and_each_sentence_a_voice() -> None:
    said = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    assert {sample.code for sample in samples()} == set(said)
    assert set(DEFAULT_VOICES) <= set(said)
    assert len({sample.path for sample in samples()}) == len(samples())


def test_a_sample_is_small_and_as_long_as_the_speech() -> None:
    noise = np.random.default_rng(1).normal(0, 6000, 5 * wav.RATE).astype(np.int16)
    sound = mp3(noise)
    assert len(sound) < 30_000
    samples, rate = wav.decode(sound)
    assert samples.size / rate == pytest.approx(5, abs=0.1)


def test_only_what_was_spoken_has_a_player(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Sample("piper", "en", "English", "en_US-joe-medium", "Hello.")
    away = Sample("kokoro", "ja", "Japanese", "ja/jf_alpha", "はい。")
    monkeypatch.setattr(voice_samples, "samples", lambda: [here, away])
    monkeypatch.setattr(voice_samples, "sounds", lambda: {here: b""})
    first, second = rows()
    assert first[-1] == '<audio controls preload="none" src="samples/piper-en.mp3"></audio>'
    assert "not installed" in second[-1]


def test_an_engine_whose_package_is_missing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forge.workers.speaking.engines.extras.find_spec", lambda module: None)
    voice_samples.is_here.cache_clear()
    try:
        assert not voice_samples.is_here("piper")
        assert not voice_samples.is_here("kokoro")
    finally:
        voice_samples.is_here.cache_clear()
