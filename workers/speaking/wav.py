"""WAV files as numpy arrays: mono, 16 bit; in the speech cache always 48 kHz."""

from __future__ import annotations

import io
import wave
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from forge.errors import SpeechError

RATE = 48_000
#: A RIFF chunk after the samples with the CRC-32 of everything before it. Players skip it.
SEAL = b"fcrc"
SEAL_BYTES = 12
HEADER_BYTES = 44  # before the samples, as the module wave writes it
#: RIFF chunks between samples and seal: when words are heard (`heard`), how loud it is (`levels`),
#: and which line it is (`cache`).
WORDS, LEVELS, KEY = b"fwrd", b"flvl", b"fkey"
Samples = NDArray[np.int16]
NOTHING: Mapping[bytes, bytes] = MappingProxyType({})

SILENCE = 24  # |sample| at or below it is silence: −63 dB
LEAD_KEPT_MS = 2  # silence kept at the beginning of a line; a t brings up to 50 ms of it
PAUSE_KEPT_MS = 30  # silence kept at the end of a line
FADE_MS = 8  # without it a line may end in a click


def read(path: Path) -> tuple[Samples, int]:
    """Return the samples of a mono 16-bit WAV file and their rate in Hz.

    Raises:
        SpeechError: the file is missing, truncated, empty, or of another format.
    """
    try:
        with wave.open(str(path), "rb") as file:
            if file.getnchannels() != 1 or file.getsampwidth() != 2:
                raise SpeechError(f"{path}: not a mono 16-bit WAV file")
            data = file.readframes(file.getnframes())
            if len(data) != 2 * file.getnframes():
                raise SpeechError(f"{path}: a truncated WAV file")
            samples = np.frombuffer(data, dtype="<i2")
            rate = file.getframerate()
    except (OSError, EOFError, wave.Error) as problem:
        raise SpeechError(f"{path}: not a usable WAV file: {problem}") from problem
    if not samples.size:
        raise SpeechError(f"{path}: a WAV file without samples")
    return samples, rate


def decode(data: bytes) -> tuple[Samples, int]:
    """Return the samples of a sound file of any format, mixed to mono, and their rate in Hz.

    Raises:
        SpeechError: ffmpeg cannot read it, or there is no sound in it.
    """
    try:
        with av.open(io.BytesIO(data), "r") as file:
            resampler = av.AudioResampler(format="s16", layout="mono")
            frames = [part for frame in file.decode(audio=0) for part in resampler.resample(frame)]
    except (av.FFmpegError, IndexError) as problem:
        reason = getattr(problem, "strerror", None) or "no sound in it"
        raise SpeechError(f"not a usable sound file: {reason}") from problem
    if not frames:
        raise SpeechError("a sound file without samples")
    return np.concatenate([f.to_ndarray().reshape(-1) for f in frames]), frames[0].sample_rate


class Sealed(NamedTuple):
    """The content of a file that `write` wrote: samples, their rate in Hz, and notes by chunk."""

    samples: Samples
    rate: int
    notes: dict[bytes, bytes]


class Finished(NamedTuple):
    """A line at 48 kHz; `cut_s` is how much of its beginning was cut off, in seconds."""

    samples: Samples
    cut_s: float


def write(
    path: Path, samples: Samples, rate: int = RATE, notes: Mapping[bytes, bytes] = NOTHING
) -> None:
    """Write `samples`, of `rate` Hz, and `notes`, with a seal that `read_sealed` checks.

    `notes`: contents by the name of their chunk.
    """
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    for name, note in notes.items():
        padded = note + b"\0" * (len(note) % 2)  # RIFF chunks have even lengths
        content.write(name + len(note).to_bytes(4, "little") + padded)
    data = content.getbuffer()
    data[4:8] = (len(data) - 8 + SEAL_BYTES).to_bytes(4, "little")  # RIFF size: all after it
    path.write_bytes(bytes(data) + _seal_of(data))


def read_sealed(path: Path) -> Sealed:
    """Read a file that `write` wrote.

    Raises:
        SpeechError: it is missing, damaged, or was replaced.
    """
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise SpeechError(f"{path}: {problem}") from problem
    if data[-SEAL_BYTES:] != _seal_of(data[:-SEAL_BYTES]):
        raise SpeechError(f"{path}: damaged, or not written by forge")
    rate, size = (int.from_bytes(data[at : at + 4], "little") for at in (24, 40))
    if not 0 < size <= len(data) - HEADER_BYTES - SEAL_BYTES:
        raise SpeechError(f"{path}: a WAV file without samples")
    samples = np.frombuffer(data, "<i2", size // 2, HEADER_BYTES)
    return Sealed(samples, rate, dict(_chunks(data, HEADER_BYTES + size)))


def read_line(path: Path) -> Sealed:
    """Read the file of a line in the speech cache, or in a copy of it under the same name.

    Raises:
        SpeechError: it is missing or damaged, or another line's file was put in its place.
    """
    line = read_sealed(path)
    if line.notes.get(KEY, key_of(path)) != key_of(path):
        raise SpeechError(f"{path}: another line's sound")
    return line


def key_of(path: Path) -> bytes:
    """Return the key of the line whose file is called so; the file has it as its note KEY."""
    return path.stem.encode()


def _chunks(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and content of each chunk from byte `at` to the seal."""
    while at < len(data) - SEAL_BYTES:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _seal_of(data: bytes | memoryview) -> bytes:
    return SEAL + (4).to_bytes(4, "little") + zlib.crc32(data).to_bytes(4, "little")


def finish(samples: Samples, rate: int) -> Finished:
    """Bring an engine's speech to 48 kHz, with silence cut at both ends and the end faded out."""
    first, loud = 0, audible_at(samples)
    if loud.size:
        first = max(0, int(loud[0]) - rate * LEAD_KEPT_MS // 1000)
        samples = samples[first : loud[-1] + 1 + rate * PAUSE_KEPT_MS // 1000]
    return Finished(_fade_out(resample(samples, rate)), first / rate)


def audible_at(samples: Samples) -> NDArray[np.intp]:
    """Return the numbers of the samples that are not silence."""
    return np.flatnonzero(np.abs(samples.astype(np.int32)) > SILENCE)


def resample(samples: Samples, rate: int) -> Samples:
    """Return `samples` at 48 kHz (libswresample).

    A wave may be higher between its samples than at them. A line that would clip is made softer
    as a whole; composing gives all lines the same loudness anyway.
    """
    if rate == RATE:
        return samples
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    wave = np.concatenate([part.to_ndarray().reshape(-1) for part in parts]) * 32768.0
    softer = min(1.0, 32767 / max(1.0, float(np.abs(wave).max())))
    return np.asarray(np.rint(wave * softer), dtype=np.int16)


def _fade_out(samples: Samples) -> Samples:
    length = min(RATE * FADE_MS // 1000, samples.size)
    faded = samples.astype(np.float64)
    faded[samples.size - length :] *= np.linspace(1, 0, length)
    return np.rint(faded).astype(np.int16)
