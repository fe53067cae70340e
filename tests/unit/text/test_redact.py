"""Removing passwords from URLs, and secrets from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.errors import RecordingError, SettingsError
from forge.model.records import Event, Failure, JobResult
from forge.text import redact
from forge.text.redact import without_passwords, without_secrets
from forge.workers.entry import explain
from forge.workers.recording.browser.outside_register import Outsides
from forge.workers.recording.browser.requests import LONGEST_ADDRESS, Request

URL = "https://me:s3cret@shop.example/a?b=c@d"
CUT = "https://shop.example/a?b=c@d"


@pytest.mark.parametrize(
    ("said", "cut"),
    [
        (f"GET {URL} failed", f"GET {CUT} failed"),
        (f"{URL}\n{URL}", f"{CUT}\n{CUT}"),
        ("ws://s3cret@host:1/x", "ws://host:1/x"),
        ("http://me:s3@cret@host/", "http://host/"),
        ("http://me:s'3(c)\\ret@host", "http://host"),
        ("{'url': 'http://me:s3cret@host'}", "{'url': 'http://host'}"),
        ("http://me:s3cret@[::1]:8/", "http://[::1]:8/"),
        ("http://mé:s3cret%40@host#a@b", "http://host#a@b"),
        (r'"https:\/\/me:s3cret@shop.test\/a"', r'"https:\/\/shop.test\/a"'),
        ("HTTP://me:s3cret@HOST", "HTTP://HOST"),
        (r'{"url": "http:\/\/me:s3cret@host"}', r'{"url": "http:\/\/host"}'),
        ("see http://host/@me, write to me@host", "see http://host/@me, write to me@host"),
        ('"http://host" and "me@host"', '"http://host" and "me@host"'),
        ("a://" * 50_000, "a://" * 50_000),
        ("http://" + "a" * 200_000, "http://" + "a" * 200_000),
    ],
)
def test_url_loses_only_its_user_and_password(said: str, cut: str) -> None:
    assert without_passwords(said) == cut


def test_messages_of_a_job_have_no_password() -> None:
    failure = Failure(kind="E", message=URL, hint=URL)
    result = JobResult(job="a", status="done", error=failure, warnings=(URL,), outside=(URL,))
    event = Event(kind="warning", slot=0, text=URL)
    for record in (result, event):
        said = record.model_dump_json()
        assert "s3cret" not in said
        assert CUT in said
    assert str(SettingsError(f"base_url = {URL}", hint=URL)) == f"base_url = {CUT}\n  hint: {CUT}"
    for error in (RecordingError(URL), ValueError(URL), KeyError(URL)):
        assert "s3cret" not in explain(error).model_dump_json()


def test_waiting_requests_are_told_without_passwords() -> None:
    long = f"http://me:{'s3cret' * LONGEST_ADDRESS}@host/a"
    request = Request("XHR", "GET", long, "loader", long, navigates=False, asked_s=0.0)
    assert request.label == "GET http://host/a"
    outsides = Outsides()
    outsides.opened(("window", "1"), "web socket", URL)
    assert outsides.open() == ("web socket " + CUT.partition("?")[0],)


def test_programs_get_the_environment_without_secrets() -> None:
    kept = {"PATH": "/bin", "HOME": "/root", "LANG": "C", "XAUTHORITY": "x", "http_proxy": "p"}
    secret = (
        *("OPENAI_API_KEY", "ELEVENLABS_API_KEY", "MY_api_key", "FORGE_VOICE__BASE_URL"),
        *("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "GOOGLE_APPLICATION_CREDENTIALS"),
    )
    assert without_secrets(kept | dict.fromkeys(secret, "s3cret")) == kept


def test_log_of_an_error_has_no_password(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from forge.workers import log_redirect

    try:
        raise ValueError(URL)
    except ValueError:
        log_redirect.trace()
    assert "s3cret" not in (said := capfd.readouterr().err)
    assert f"ValueError: {CUT}" in said


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget, after the test, which values are hidden."""
    monkeypatch.setattr(redact, "_hidden", set())


@pytest.mark.usefixtures("hidden")
@pytest.mark.parametrize(
    ("said", "cut"),
    [
        ('the page says: a "b" & c/ü', "the page says: •••"),
        ("https://shop.example/?q=a%20%22b%22%20%26%20c%2F%C3%BC", "https://shop.example/?q=•••"),
        ("https://shop.example/?q=a+%22b%22+%26+c%2F%C3%BC", "https://shop.example/?q=•••"),
        ("<input value='a &quot;b&quot; &amp; c/ü'>", "<input value='•••'>"),
        ('<b>a "b" &amp; c/ü</b>', "<b>•••</b>"),
        (r'{"password": "a \"b\" & c/ü"}', '{"password": "•••"}'),
        (r'{"password": "a \"b\" & c/\u00fc"}', '{"password": "•••"}'),
    ],
)
def test_hidden_value_is_cut_out_however_it_is_written(said: str, cut: str) -> None:
    assert without_passwords(said) == said
    redact.hide('a "b" & c/ü')
    assert without_passwords(said) == cut
    assert RecordingError(said).message == cut


@pytest.mark.usefixtures("hidden")
def test_value_that_contains_another_is_cut_out_whole_and_a_short_one_stays() -> None:
    for value in ("tea", "teatime", "teatime-cake"):
        redact.hide(value)
    assert without_passwords("tea, teatime, teatime-cake") == "tea, •••, •••"
