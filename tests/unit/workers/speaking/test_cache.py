"""The speech cache: each line is spoken once; many may write; damage is noticed."""

from __future__ import annotations

import subprocess
import sys
import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

from forge.errors import ComposeError, SpeechError
from forge.model.utterance import Utterance
from forge.workers.composing.sound.narration import narration
from forge.workers.speaking import wav
from forge.workers.speaking.cache import SpeechCache
from forge.workers.speaking.heard import Heard
from tests.support.takes import manifest, said

WRITERS = 6
HELLO = Utterance("Hello.")


class FakeVoice:
    """Writes a second of noise, and counts its calls."""

    def __init__(self, key: str = "fake-1", *, fails: bool = False) -> None:
        self.key = key
        self.fails = fails
        self.asked: list[str] = []

    def speak(self, text: str, path: Path) -> None:
        self.asked.append(text)
        wav.write(path, np.full(48_000, 1000, dtype=np.int16))
        if self.fails:
            raise SpeechError("hoarse")


@pytest.fixture
def cache(tmp_path: Path) -> SpeechCache:
    return SpeechCache(tmp_path / "speech")


def test_a_line_is_spoken_once(cache: SpeechCache) -> None:
    voice = FakeVoice()
    first, again = cache.spoken(voice, HELLO), cache.spoken(voice, HELLO)
    assert first == again == (cache.path(voice, HELLO), 48_000, [Heard(0, 5, 0.0, 1.0)])
    assert voice.asked == ["Hello."]


def test_another_text_or_voice_is_another_file(cache: SpeechCache) -> None:
    paths = {
        cache.path(voice, Utterance(text, language=language))
        for voice in (FakeVoice("a"), FakeVoice("b"))
        for text in ("Hello.", "Hello!")
        for language in ("en", "de")
    }
    assert len(paths) == 8


def test_threads_may_speak_the_same_line_at_once(cache: SpeechCache) -> None:
    both = Barrier(2, timeout=20)

    class Duet(FakeVoice):
        def speak(self, text: str, path: Path) -> None:
            super().speak(f"{path}", path)
            both.wait()

    voice = Duet()
    with ThreadPoolExecutor(2) as threads:
        first, other = threads.map(lambda _: cache.spoken(voice, HELLO), range(2))
    assert first == other
    assert len(set(voice.asked)) == 2, "each has a file of its own until it is whole"
    assert [*cache.folder.iterdir()] == [first.path]


@pytest.mark.parametrize("keep", [0, 30, 1000, 1001])
def test_a_damaged_file_is_spoken_again(cache: SpeechCache, keep: int) -> None:
    voice = FakeVoice()
    path, *_ = cache.spoken(voice, HELLO)
    good = path.read_bytes()
    path.write_bytes(good[:keep])
    assert cache.spoken(voice, HELLO)[:2] == (path, 48_000)
    assert path.read_bytes() == good
    assert len(voice.asked) == 2


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def put_noise(path: Path) -> None:
    """Replace the file with a valid sound file of the same length."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, wav.RATE, 0, "NONE", ""))
        file.writeframes(b"\x10\x20" * 48_000)


@pytest.mark.parametrize("damage", [flip_a_bit, put_noise])
def test_another_sound_of_the_same_length_is_noticed(
    cache: SpeechCache, damage: Callable[[Path], None]
) -> None:
    voice = FakeVoice()
    path, *_ = cache.spoken(voice, HELLO)
    good = path.read_bytes()
    damage(path)
    assert wav.read(path)[0].size == 48_000
    with pytest.raises(ComposeError, match="damaged, or not written by forge"):
        narration(manifest(1000, [], [said("Hello.", 0, 1000, str(path))]))
    assert cache.spoken(voice, HELLO)[:2] == (path, 48_000)
    assert path.read_bytes() == good


def test_the_file_of_another_line_is_noticed(cache: SpeechCache) -> None:
    voice = FakeVoice()
    path, *_ = cache.spoken(voice, HELLO)
    other, *_ = cache.spoken(voice, Utterance("Good bye."))
    good = path.read_bytes()
    path.write_bytes(other.read_bytes())
    with pytest.raises(ComposeError, match="another line's sound"):
        narration(manifest(1000, [], [said("Hello.", 0, 1000, str(path))]))
    assert cache.spoken(voice, HELLO)[:2] == (path, 48_000)
    assert path.read_bytes() == good
    assert voice.asked == ["Hello.", "Good bye.", "Hello."]


def test_a_file_that_does_not_say_whose_line_it_is_is_spoken_again(cache: SpeechCache) -> None:
    voice = FakeVoice()
    path, *_ = cache.spoken(voice, HELLO)
    kept = wav.read_sealed(path)
    wav.write(path, kept.samples, notes={wav.WORDS: kept.notes[wav.WORDS]})
    cache.spoken(voice, HELLO)
    assert voice.asked == ["Hello.", "Hello."]


def test_a_file_of_another_rate_is_spoken_again(cache: SpeechCache) -> None:
    voice = FakeVoice()
    path, *_ = cache.spoken(voice, HELLO)
    wav.write(path, np.full(100, 1000, dtype=np.int16), 22_050)
    assert cache.spoken(voice, HELLO)[:2] == (path, 48_000)


def test_a_voice_that_fails_leaves_nothing(cache: SpeechCache) -> None:
    with pytest.raises(SpeechError, match="hoarse"):
        cache.spoken(FakeVoice(fails=True), HELLO)
    assert list(cache.folder.iterdir()) == []


SPEAK_AT_ONCE = """
import sys
from pathlib import Path

from forge.model.settings import Voice
from forge.model.utterance import Utterance
from forge.workers.speaking.cache import SpeechCache
from forge.workers.speaking.voice import make_voice

folder, engine = sys.argv[1:]
voice = make_voice(Voice(engine=engine), None)
print("ready", flush=True)
sys.stdin.readline()
said = Utterance("The very same sentence.")
print(SpeechCache(Path(folder)).spoken(voice, said).samples, flush=True)
"""


def speak_in_many_processes(folder: Path, engine: str, env: dict[str, str]) -> None:
    """Let WRITERS processes speak one sentence at the same time; they must leave one good file."""
    started = [
        subprocess.Popen(
            [sys.executable, "-P", "-c", SPEAK_AT_ONCE, str(folder), engine],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(WRITERS)
    ]
    for process in started:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    lengths = {process.communicate(timeout=100)[0] for process in started}
    assert [process.returncode for process in started] == [0] * WRITERS
    (kept,) = folder.iterdir()
    samples, rate = wav.read(kept)
    assert rate == 48_000
    assert lengths == {f"{samples.size}\n"}


@pytest.mark.slow(reason="starts six processes")
def test_many_processes_leave_one_good_file(
    tmp_path: Path, command_environment: dict[str, str]
) -> None:
    speak_in_many_processes(tmp_path / "speech", "silent", command_environment)


@pytest.mark.voice
def test_many_processes_with_a_real_voice_leave_one_file(
    tmp_path: Path, command_environment: dict[str, str]
) -> None:
    speak_in_many_processes(tmp_path / "speech", "pyttsx3", command_environment)
