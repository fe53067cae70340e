"""Voices on the network: requests, retries, rate limits, and an API key that is never shown."""

from __future__ import annotations

import time
from collections.abc import Sequence
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from forge.errors import MachineError, SettingsError, SpeechError
from forge.model.settings import Settings, Voice
from forge.store.fingerprint import video_prints
from forge.workers import real_time
from forge.workers.speaking import wav
from forge.workers.speaking.engines.remote import await_turn
from forge.workers.speaking.heard import Heard
from forge.workers.speaking.reported import by_word
from forge.workers.speaking.voice import check_voice, make_voice
from tests.support.project import ForgeCommand, Project
from tests.support.stand_in import RATE, Answer, Service, stand_in, timed, tone

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


def say(
    service: Service, path: Path, engine: str = "openai", **settings: Any
) -> Sequence[Heard] | None:
    config = Voice.model_validate({"engine": engine, "base_url": service.url, **settings})
    return make_voice(config, None).speak(TEXT, path / "line.wav")


def refused(service: Service, path: Path, **settings: Any) -> SpeechError:
    with pytest.raises(SpeechError) as caught:
        say(service, path, **settings)
    assert SECRET[:8] not in str(caught.value)
    assert not list(path.iterdir())
    return caught.value


@pytest.mark.parametrize("engine", VARIABLES)
def test_each_service_gets_its_own_request(engine: str, tmp_path: Path) -> None:
    body_sent = tone(2.0) if engine == "openai" else timed(TEXT)
    with stand_in(Answer(body=body_sent)) as service:
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
        assert path == "/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/with-timestamps"
        assert query == "output_format=mp3_44100_128"
        assert asked["headers"]["xi-api-key"] == SECRET
        body = {"text": TEXT, "model_id": "best", "seed": 1}
        assert asked["body"] == body | {"voice_settings": {"speed": speed}}


def test_elevenlabs_reports_when_characters_are_heard(tmp_path: Path) -> None:
    with stand_in(Answer(body=timed(TEXT))) as service:
        heard = say(service, tmp_path, "elevenlabs")
    samples, rate = wav.read(tmp_path / "line.wav")
    words = by_word(TEXT, "en", heard or [], samples, rate)
    assert [TEXT[word.at : word.end] for word in words] == ["Create", "your", "first", "event"]
    for word in words:
        assert word.from_s == pytest.approx(2 * word.at / len(TEXT))
        assert word.until_s == pytest.approx(2 * word.end / len(TEXT))


@pytest.mark.parametrize("answer", [timed("Create 1 event."), timed(TEXT).replace(b"_end_", b"_")])
def test_times_of_another_text_are_not_used(answer: bytes, tmp_path: Path) -> None:
    with stand_in(Answer(body=answer)) as service:
        assert say(service, tmp_path, "elevenlabs") is None
    assert wav.read(tmp_path / "line.wav")[0].size == 2 * RATE


@pytest.mark.parametrize("body", [b"garbage", b"[]", b"{}", b'{"audio_base64": "=A"}'])
def test_an_answer_of_other_json_is_retried(
    body: bytes, tmp_path: Path, pauses: list[float]
) -> None:
    with stand_in(Answer(body=body), Answer(body=timed(TEXT))) as service:
        assert say(service, tmp_path, "elevenlabs")
    assert len(service.asked) == 2


def test_temporary_refusals_are_retried_after_the_asked_pause(
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
    assert 4 <= pauses[2] <= 5  # without Retry-After: 1, 2, 4 s plus up to a quarter
    assert wav.read(tmp_path / "line.wav")[0].size == 2 * RATE


def test_a_lasting_refusal_is_a_transient_error(tmp_path: Path, pauses: list[float]) -> None:
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
def test_permanent_refusals_are_not_retried(
    answer: Answer, says: str, transient: bool, tmp_path: Path, pauses: list[float]
) -> None:
    with stand_in(answer) as service:
        problem = refused(service, tmp_path)
    assert says in problem.message
    assert (problem.transient, len(service.asked), pauses) == (transient, 1, [])


@pytest.mark.parametrize("body", [b"garbage" * 999, b"", b"<html>log in</html>" * 99, tone(0.1)])
def test_an_answer_without_speech_is_retried(
    body: bytes, tmp_path: Path, pauses: list[float]
) -> None:
    with stand_in(Answer(body=body), Answer()) as service:
        say(service, tmp_path)
        service.answers = service.answers[:1]
        (tmp_path / "line.wav").unlink()
        assert "the sound it sent is " in refused(service, tmp_path).message
    assert len(service.asked) == 2 + 5


def test_slow_and_missing_answers_time_out(tmp_path: Path, pauses: list[float]) -> None:
    with stand_in(Answer(stalls=True), Answer()) as service:
        say(service, tmp_path, timeout_s=1.0)
    (tmp_path / "line.wav").unlink()
    problem = refused(service, tmp_path)  # the service has ended
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


def test_a_wrong_base_url_is_refused() -> None:
    for wrong in ("here", "ftp://tts.example", "http://tts.example:port", "http://[::1"):
        with pytest.raises(SettingsError, match="is not an http or https address"):
            check_voice(Voice(engine="openai", base_url=wrong), {None})
    config = Voice(engine="elevenlabs", base_url="http://tts.example", rate=300)
    assert [note.split(":")[0] for note in check_voice(config, {None})] == [
        "voice.base_url",
        "voice.rate = 300",
    ]


def test_voice_keys_differ_and_hold_no_secret() -> None:
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
def test_the_api_key_appears_in_no_file_or_output(
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
