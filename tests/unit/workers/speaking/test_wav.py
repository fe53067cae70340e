"""WAV files: damage is noticed, resampling is exact, and lines end without a click."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from forge.errors import SpeechError
from forge.workers.speaking import wav


def tone(rate: int, seconds: float, hz: float = 440, level: int = 12_000) -> NDArray[np.int16]:
    at = np.arange(int(rate * seconds)) / rate
    return np.asarray(np.rint(np.cos(2 * np.pi * hz * at) * level), dtype=np.int16)


def silence(rate: int, seconds: float) -> NDArray[np.int16]:
    return np.zeros(int(rate * seconds), dtype=np.int16)


def test_written_samples_are_read_back(tmp_path: Path) -> None:
    samples = tone(48_000, 0.1)
    wav.write(tmp_path / "x.wav", samples)
    read, rate = wav.read(tmp_path / "x.wav")
    assert rate == 48_000
    assert np.array_equal(read, samples)


def damaged(folder: Path, how: str) -> Path:
    path = folder / "x.wav"
    wav.write(path, tone(48_000, 0.1))
    good = path.read_bytes()
    texts = {
        "empty": b"",
        "no WAV": b"not a wave file at all, but long enough to be one",
        "only a header": good[:44],
        "header cut": good[:30],
        "cut at an odd byte": good[:1001],
        "cut at an even byte": good[:1000],
    }
    path.write_bytes(texts[how]) if how in texts else path.unlink()
    return path


@pytest.mark.parametrize(
    "how",
    [
        "missing",
        "empty",
        "no WAV",
        "only a header",
        "header cut",
        "cut at an odd byte",
        "cut at an even byte",
    ],
)
def test_a_damaged_file_is_a_speech_error(tmp_path: Path, how: str) -> None:
    with pytest.raises(SpeechError, match=r"x\.wav"):
        wav.read(damaged(tmp_path, how))


@pytest.mark.parametrize(("channels", "width"), [(2, 2), (1, 1)])
def test_stereo_and_eight_bit_are_refused(tmp_path: Path, channels: int, width: int) -> None:
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(48_000)
        file.writeframes(bytes(400))
    with pytest.raises(SpeechError, match="not a mono 16-bit WAV file"):
        wav.read(tmp_path / "x.wav")


def test_a_file_of_no_samples_is_refused(tmp_path: Path) -> None:
    wav.write(tmp_path / "x.wav", silence(48_000, 0))
    with pytest.raises(SpeechError, match="without samples"):
        wav.read(tmp_path / "x.wav")


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
def test_resampling_keeps_length_and_onset_to_the_sample(rate: int) -> None:
    raw = np.concatenate([silence(rate, 0.25), tone(rate, 0.5)])
    out = wav.resample(raw, rate)
    assert abs(out.size - raw.size * 48_000 / rate) <= 2
    # A cosine begins at its full level, so the onset is where it first passes half of that.
    onset = int(np.flatnonzero(np.abs(out) > 6000)[0])
    assert abs(onset - int(rate * 0.25) * 48_000 / rate) <= 2


@pytest.mark.parametrize("rate", [22_050, 48_000])
def test_resampling_keeps_the_sound(rate: int) -> None:
    middle = slice(4800, 19_200)
    out = wav.resample(tone(rate, 0.5), rate)[middle].astype(float)
    wanted = tone(48_000, 0.5)[middle].astype(float)
    noise = np.sqrt(np.mean((out - wanted) ** 2))
    assert noise < 12_000 / 1000  # −60 dB below the tone


@pytest.mark.parametrize("rate", [22_050, 48_000])
def test_silence_at_both_ends_is_trimmed(rate: int) -> None:
    raw = np.concatenate([silence(rate, 0.1), tone(rate, 0.5), silence(rate, 0.3)])
    out = wav.finish(raw, rate).samples
    assert abs(out.size / 48_000 - (0.5 + (wav.LEAD_KEPT_MS + wav.PAUSE_KEPT_MS) / 1000)) < 0.001
    onset = int(np.flatnonzero(np.abs(out) > 6000)[0])
    assert abs(onset / 48 - wav.LEAD_KEPT_MS) < 0.2


def test_a_pause_within_a_line_is_kept() -> None:
    raw = np.concatenate([tone(48_000, 0.2), silence(48_000, 1.0), tone(48_000, 0.2)])
    assert wav.finish(raw, 48_000).samples.size == raw.size


def test_silence_alone_stays_as_long_as_it_is() -> None:
    assert wav.finish(silence(48_000, 1.2), 48_000).samples.size == 57_600


def test_a_loud_end_is_faded_out() -> None:
    raw = tone(48_000, 0.5)
    out = wav.finish(raw, 48_000).samples
    fade = wav.RATE * wav.FADE_MS // 1000
    assert out[-1] == 0
    assert np.array_equal(out[:-fade], raw[:-fade])
    envelope = np.abs(out[-fade:]).astype(int)
    limit = np.linspace(12_000, 0, fade) + 1
    assert (envelope <= limit).all()
    # No jump between neighbouring samples is larger than those of the tone itself.
    assert np.abs(np.diff(out.astype(int))).max() <= np.abs(np.diff(raw.astype(int))).max() + 40


def test_a_very_short_line_is_faded_too() -> None:
    out = wav.finish(np.full(10, 1000, dtype=np.int16), 48_000).samples
    assert (out[0], out[-1], out.size) == (1000, 0, 10)


def test_resampling_clips_nothing() -> None:
    """A full square wave is higher between its samples than at them."""
    square = np.where(np.sin(np.arange(22_050) * 2 * np.pi * 5000 / 22_050) > 0, 32_767, -32_768)
    out = wav.resample(square.astype(np.int16), 22_050).astype(int)
    assert np.count_nonzero(np.abs(out) >= 32_767) <= 1


def test_a_sealed_file_is_a_valid_wav_file(tmp_path: Path) -> None:
    samples = np.arange(480, dtype=np.int16)
    wav.write(tmp_path / "a.wav", samples)
    data = (tmp_path / "a.wav").read_bytes()
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    for found, _ in (wav.read(tmp_path / "a.wav"), wav.decode(data)):
        assert np.array_equal(found, samples)


def test_a_sealed_file_that_ends_before_its_samples_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    wav.write(path, np.arange(480, dtype=np.int16))
    head = path.read_bytes()[: wav.HEADER_BYTES]
    path.write_bytes(head + wav._seal_of(head))
    with pytest.raises(SpeechError, match="without samples"):
        wav.read_sealed(path)


@pytest.mark.parametrize("note", [b"", b"odd", b"even"])
def test_notes_are_kept_beside_the_samples(tmp_path: Path, note: bytes) -> None:
    samples = np.arange(480, dtype=np.int16)
    notes = {wav.WORDS: note, wav.LEVELS: b"more"}
    wav.write(tmp_path / "a.wav", samples, 22_050, notes)
    kept = wav.read_sealed(tmp_path / "a.wav")
    assert (kept.rate, kept.notes) == (22_050, notes)
    data = (tmp_path / "a.wav").read_bytes()
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    for found in (kept.samples, wav.read(tmp_path / "a.wav")[0], wav.decode(data)[0]):
        assert np.array_equal(found, samples)


@pytest.mark.parametrize("rate", [22_050, 48_000])
def test_it_is_told_how_much_was_cut_at_the_beginning(rate: int) -> None:
    raw = np.concatenate([silence(rate, 0.1), tone(rate, 0.5)])
    assert abs(wav.finish(raw, rate).cut_s - (0.1 - wav.LEAD_KEPT_MS / 1000)) < 0.0001
    assert wav.finish(silence(rate, 1), rate).cut_s == 0
