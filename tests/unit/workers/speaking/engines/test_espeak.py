"""pyttsx3 with espeak-ng: complete lines, the same bytes every time, within a time limit."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from forge.errors import MachineError, SettingsError, SpeechError
from forge.model.settings import DEFAULT_VOICES, Voice
from forge.workers.speaking import wav
from forge.workers.speaking.engines import speakers
from forge.workers.speaking.engines.espeak import EspeakVoice
from forge.workers.speaking.voice import check_voice, make_voice

EIGHTY_WORDS = " ".join(
    ["Welcome to this tour of events, where you will make one and invite your guests."] * 5
    + ["One two three four five."]
)


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    return tmp_path / "line.wav"


@pytest.mark.voice
def test_a_line_of_eighty_words_is_spoken_whole(spoken: Path) -> None:
    assert len(EIGHTY_WORDS.split()) == 80
    EspeakVoice("gmw/en-us", 175, 30).speak(EIGHTY_WORDS, spoken)
    samples, rate = wav.read(spoken)
    assert 80 * 60 / 175 * 0.6 < samples.size / rate < 80 * 60 / 175 * 1.6
    # It speaks to the end: each tenth of it is loud.
    for tenth in np.array_split(samples.astype(float), 10):
        assert np.sqrt(np.mean(tenth**2)) > 300


@pytest.mark.voice
def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    voice, texts = EspeakVoice("roa/es", 160, 30), ("Hola, ¿qué tal?", "Guarda el evento.")
    runs = []
    for order in (texts, reversed(texts)):
        for text in order:
            voice.speak(text, tmp_path / f"{len(text)}.wav")
        runs.append([(tmp_path / f"{len(text)}.wav").read_bytes() for text in texts])
    assert runs[0] == runs[1]


@pytest.mark.voice
def test_each_word_is_reported_where_its_sound_is(spoken: Path) -> None:
    """Each word follows a full stop: silence, so that its onset can be measured in the sound."""
    text = "Open. Überall. Zwei. Save. Pick. Ende."
    reported = EspeakVoice("gmw/de", 175, 30).speak(text, spoken)
    assert [text[word.at : word.end].strip(".") for word in reported] == text[:-1].split(". ")
    samples, rate = wav.read(spoken)
    loud = np.flatnonzero(np.abs(samples.astype(int)) > wav.SILENCE)
    onsets = [loud[0], *loud[1:][np.diff(loud) > 0.15 * rate]]
    for word, onset in zip(reported, onsets, strict=True):
        assert 0 <= onset / rate - word.from_s < 0.08


@pytest.mark.voice
def test_a_faster_rate_is_shorter(tmp_path: Path) -> None:
    lengths = []
    for rate in (120, 175, 350):
        EspeakVoice("gmw/en-us", rate, 30).speak("Create your first event.", tmp_path / "x.wav")
        lengths.append(wav.read(tmp_path / "x.wav")[0].size)
    assert lengths[0] > 1.2 * lengths[1]
    assert lengths[1] > 1.5 * lengths[2]


@pytest.mark.voice
def test_another_voice_sounds_otherwise(tmp_path: Path) -> None:
    for name in ("gmw/en-us", "roa/es"):
        EspeakVoice(name, 175, 30).speak("Lumen", tmp_path / f"{name[:3]}.wav")
    assert (tmp_path / "gmw.wav").read_bytes() != (tmp_path / "roa.wav").read_bytes()


@pytest.mark.voice
def test_an_unknown_voice_is_refused(spoken: Path) -> None:
    with pytest.raises(SettingsError, match="unknown voice 'gmw/en-uss'") as caught:
        check_voice(Voice(), {"gmw/en-uss", "roa/es"})
    assert caught.value.hint == "did you mean 'gmw/en-us'?"
    with pytest.raises(SpeechError, match="'gmw/en-uss' is not accepted"):
        EspeakVoice("gmw/en-uss", 175, 30).speak("Hello.", spoken)
    assert not spoken.exists()


@pytest.mark.voice
def test_default_voices_exist_and_unusable_ones_warn() -> None:
    warnings = check_voice(Voice(), set(DEFAULT_VOICES.values()))
    assert [warning.split("'")[1] for warning in warnings] == [
        "jpx/ja",
        "sem/he",
        "sit/cmn",
    ]
    assert ['"kokoro"' in warning for warning in warnings] == [True, False, True]


@pytest.mark.voice
def test_a_missing_folder_fails_without_hanging(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match=r"cannot speak .* No such file"):
        EspeakVoice("gmw/en-us", 175, 30).speak("Hello.", tmp_path / "nowhere" / "x.wav")


def test_an_engine_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"voice\.engine = 'festival'") as caught:
        check_voice(Voice(engine="festival"), set())
    assert "pyttsx3, silent" in caught.value.hint


def test_the_key_holds_engine_voice_and_rate() -> None:
    keys = {
        make_voice(Voice(rate=rate), name).key
        for rate in (160, 175)
        for name in ("gmw/en-us", "roa/es")
    }
    assert len(keys) == 4
    assert all(key.startswith("pyttsx3-2.99/") for key in keys)


# Speaker programs that misbehave ---------------------------------------------------------------


class FakeSpeaker:
    """Replaces the speaker program; each start leaves a character in `log`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.log = folder / "started"
        self._file = folder / "fake_speaker.py"
        self._monkeypatch = monkeypatch

    def is_program(self, body: str) -> None:
        head = f"import json, sys, time, wave\nopen({str(self.log)!r}, 'a').write('x')\n"
        self._file.write_text(head + textwrap.dedent(body))
        self._monkeypatch.setattr(speakers, "SPEAKER", self._file)

    @property
    def starts(self) -> int:
        return len(self.log.read_text())


@pytest.fixture
def speaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSpeaker]:
    speakers.shared_speakers().close()  # real ones of other tests
    yield FakeSpeaker(tmp_path, monkeypatch)
    speakers.shared_speakers().close()


ANSWERS = """
for line in sys.stdin:
    print(json.dumps({answer}), flush=True)
"""
WRITES_A_SECOND = """
for line in sys.stdin:
    request = json.loads(line)
    with wave.open(request["path"], "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        file.writeframes(b"\\x10\\x20" * 22050)
    print(json.dumps({"ok": []}), flush=True)
"""


def test_a_program_that_was_begun_answers_the_next_request(
    speaker: FakeSpeaker, spoken: Path
) -> None:
    speaker.is_program(WRITES_A_SECOND)
    speakers.shared_speakers().begin()
    EspeakVoice("gmw/en-us", 175, 5.0).speak("Hello.", spoken)
    assert speaker.starts == 1


def test_a_hanging_speaker_is_ended_and_tried_thrice(
    speaker: FakeSpeaker, spoken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speakers, "GRACE_S", 0.0)
    speaker.is_program("time.sleep(600)")
    with pytest.raises(SpeechError, match=r"did not answer within 0\.3 s"):
        EspeakVoice("gmw/en-us", 175, 0.3).speak("Hello.", spoken)
    assert speaker.starts == 3


@pytest.mark.voice
def test_a_line_that_takes_too_long_is_ended(spoken: Path) -> None:
    voice = EspeakVoice("gmw/en-us", 175, 0.001)
    with pytest.raises(SpeechError, match=r"did not answer within 0\.001 s") as caught:
        voice.speak("Hello.", spoken)
    assert caught.value.transient


def test_a_dying_speaker_reports_its_exit_code(speaker: FakeSpeaker, spoken: Path) -> None:
    speaker.is_program("sys.exit(139)")
    with pytest.raises(SpeechError, match=r"the voice's program ended: exit code (139|None)"):
        EspeakVoice("gmw/en-us", 175, 30).speak("Hello.", spoken)


def test_a_missing_file_is_refused(speaker: FakeSpeaker, spoken: Path) -> None:
    speaker.is_program(ANSWERS.format(answer={"ok": []}))
    voice = EspeakVoice("gmw/en-us", 175, 30)
    with pytest.raises(SpeechError, match="not a usable WAV file"):
        voice.speak("Hello.", spoken)
    assert speaker.starts == 1, "a program that answers is kept"


def test_a_truncated_file_is_refused(speaker: FakeSpeaker, spoken: Path) -> None:
    speaker.is_program(WRITES_A_SECOND)
    with pytest.raises(SpeechError, match=r"truncated: 1\.00 s"):
        EspeakVoice("gmw/en-us", 175, 30).speak("word " * 16, spoken)
    assert not spoken.exists()
    EspeakVoice("gmw/en-us", 175, 30).speak("word " * 15, spoken)
    assert spoken.exists()


def test_a_failed_try_is_repeated(speaker: FakeSpeaker, spoken: Path) -> None:
    first_fails = f"if len(open({str(speaker.log)!r}).read()) == 1: sys.exit(1)"
    speaker.is_program(f"{first_fails}\n{WRITES_A_SECOND}")
    EspeakVoice("gmw/en-us", 175, 30).speak("Hello.", spoken)
    assert (speaker.starts, spoken.exists()) == (2, True)


def test_a_missing_library_names_the_package_at_once(speaker: FakeSpeaker, spoken: Path) -> None:
    speaker.is_program(ANSWERS.format(answer={"error": "LookupError", "message": "no espeak"}))
    for ask in (
        lambda: EspeakVoice("gmw/en-us", 175, 30).speak("Hello.", spoken),
        lambda: check_voice(Voice(), set()),
    ):
        with pytest.raises(MachineError, match="no espeak") as caught:
            ask()
        assert "apt-get install libespeak-ng1" in caught.value.hint
    assert speaker.starts == 2


def test_voices_share_the_programs_of_a_process(speaker: FakeSpeaker, tmp_path: Path) -> None:
    speaker.is_program(WRITES_A_SECOND)
    for number, name in enumerate(("gmw/en", "roa/es")):
        EspeakVoice(name, 175, 30).speak("Hello.", tmp_path / f"{number}.wav")
    assert speaker.starts == 1
