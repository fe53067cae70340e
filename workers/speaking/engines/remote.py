"""Voices of a service on the network: how it is asked, asked again, and not asked too often.

The key comes from the environment and goes into the request's head, nowhere else: not into
settings, which are shown and pickled, nor a voice's key, a log or a message.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from urllib.parse import urlsplit

from forge.errors import MachineError, SettingsError, SpeechError
from forge.model import settings
from forge.workers.speaking import wav
from forge.workers.speaking.engines.extras import need

if TYPE_CHECKING:
    import httpx

TRIES = 5
BACKOFF_S = 1.0  # the pause before the second try, doubled for each one after
LONGEST_WAIT_S = 60.0  # a service that wants to be left alone for longer fails the job
LARGEST_BYTES = 50_000_000  # no sentence is as long
WORDS_PER_MINUTE_MAX = 900  # faster than any voice speaks: a line shorter than that is truncated
USUAL_RATE = 175  # words a minute: the rate at which a service speaks at its own pace


class Ask(NamedTuple):
    """A request for one line: the path below the service's address, and what is sent there."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class _Again(Exception):
    """This try failed, and another one may not. `wait_s`: for how long the service asks."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class RemoteEngine(ABC):
    """What services have in common; each says how it is asked."""

    engine: ClassVar[str]  # the name in the settings, and of the extra
    title: ClassVar[str]
    variable: ClassVar[str]  # the environment variable with the key
    address: ClassVar[str]
    usual_voice: ClassVar[str]
    usual_model: ClassVar[str]
    speeds: ClassVar[tuple[float, float]]

    def __init__(self, config: settings.Voice, project_dir: Path) -> None:
        self.config = config
        self.model = config.model or self.usual_model
        self.base_url = (config.base_url or self.address).rstrip("/")
        least, most = self.speeds
        self.speed = min(max(round(config.rate / USUAL_RATE, 2), least), most)

    @abstractmethod
    def ask(self, text: str, voice: str, secret: str) -> Ask:
        """The request for `text`."""

    def voice(self, name: str | None) -> RemoteVoice:
        """The voice of that name; the service knows whether there is one."""
        return RemoteVoice(self, name or self.usual_voice)

    def check(self, names: set[str | None]) -> list[str]:
        """Whether the extra and the key are there; nothing is asked of the service yet."""
        need("httpx", self.engine)
        self.secret()
        warnings = []
        if self._is_open():
            warnings.append(f"voice.base_url: the key in {self.variable} travels unencrypted")
        if abs(self.config.rate / USUAL_RATE - self.speed) > 0.01:
            rate = self.config.rate
            warnings.append(f"voice.rate = {rate}: {self.title} speaks at ×{self.speed:g}")
        return warnings

    def _is_open(self) -> bool:
        """Whether others could read on the way what is sent to the address."""
        try:
            address = urlsplit(self.base_url)
            usable = address.scheme in ("http", "https") and address.hostname and address.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise SettingsError(
                f"voice.base_url = {self.config.base_url!r}: not an address",
                hint=f"it looks like {self.address}",
            )
        here = address.hostname in ("localhost", "127.0.0.1", "::1")
        return address.scheme == "http" and not here

    def secret(self) -> str:
        """The key; MachineError when there is none, or one that no request could carry."""
        secret = os.environ.get(self.variable, "").strip()
        if not secret:
            raise MachineError(
                f"voice.engine = {self.engine!r} needs a key in the environment variable"
                f" {self.variable}, which is not set",
                hint=f"export {self.variable}=…; it is read from nowhere else",
            )
        if not secret.isascii() or not secret.isprintable() or " " in secret:
            raise MachineError(
                f"the environment variable {self.variable} has signs in it that no key has",
                hint="copy the key once more, without quotes or line breaks",
            )
        return secret


class RemoteVoice:
    """One voice of a service."""

    def __init__(self, engine: RemoteEngine, name: str) -> None:
        self._engine, self._name = engine, name

    @property
    def key(self) -> str:
        """What the sound depends on besides the text."""
        engine = self._engine
        parts = (engine.engine, engine.base_url, engine.model, self._name, f"{engine.speed:g}")
        return "/".join(parts)

    def speak(self, text: str, path: Path) -> None:
        """Speak `text` into `path`; what may pass is tried again, as slowly as the service asks.

        Raises:
            SpeechError: the service refuses, does not answer, or sends something else.
        """
        secret = self._engine.secret()
        for number in range(1, TRIES + 1):
            try:
                wav.write(path, *self._try(text, path.parent, secret))
                return
            except _Again as problem:
                wait_s = problem.wait_s if problem.wait_s is not None else _backoff_s(number)
                if number == TRIES or wait_s > LONGEST_WAIT_S:
                    raise SpeechError(
                        f"{self._engine.title} cannot speak {text[:60]!r}: {problem}",
                        hint=_patience(wait_s),
                        transient=True,
                    ) from None
                time.sleep(wait_s)

    def _try(self, text: str, folder: Path, secret: str) -> tuple[wav.Samples, int]:
        config = self._engine.config
        if config.per_minute:
            take_turn(folder / f".{self._engine.engine}.turn", config.per_minute)
        ask = self._engine.ask(text, self._name, secret)
        data = _post(self._engine, ask, secret)
        try:
            samples, rate = wav.decode(data)
        except SpeechError as problem:
            raise _Again(f"what it sent is {problem.message}") from problem
        if samples.size / rate < len(text.split()) * 60 / WORDS_PER_MINUTE_MAX:
            raise _Again(f"what it sent is only {samples.size / rate:.2f} s long")
        return samples, rate


def _post(engine: RemoteEngine, ask: Ask, secret: str) -> bytes:
    """What the service answers, whole and within the time that a line may take."""
    import httpx

    limit_s = engine.config.timeout_s
    until_s = time.monotonic() + limit_s
    try:
        with (
            httpx.Client(timeout=limit_s) as client,  # a redirect is an error: it had our key
            client.stream(
                "POST", f"{engine.base_url}{ask.path}", headers=ask.headers, json=ask.body
            ) as answer,
        ):
            data = b""
            for part in answer.iter_bytes():
                data += part
                if time.monotonic() > until_s or len(data) > LARGEST_BYTES:
                    raise _Again(f"no whole answer within {limit_s:g} s")
    except httpx.TimeoutException as problem:
        raise _Again(f"no answer within {limit_s:g} s") from problem
    except httpx.TransportError as problem:
        reason = str(problem).replace(secret, "…")
        raise _Again(f"no connection to {urlsplit(engine.base_url).hostname}: {reason}") from None
    if answer.status_code != httpx.codes.OK:
        raise _refusal(engine, answer, data, secret)
    return data


def _refusal(
    engine: RemoteEngine, answer: httpx.Response, data: bytes, secret: str
) -> SpeechError | _Again:
    status = answer.status_code
    said = f"{status}: {_message(data, secret)}"
    if status == 429 and "quota" in said:  # it will be as empty in a minute
        return SpeechError(f"{engine.title} answers {said}")
    if status in (408, 429) or status >= 500:
        return _Again(f"it answers {said}", _retry_after_s(answer.headers.get("retry-after", "")))
    if status in (401, 403):
        return SpeechError(
            f"{engine.title} refuses the key in {engine.variable}: {said}",
            hint=f"look at {engine.variable}: is it whole, and is it of this service?",
        )
    return SpeechError(f"{engine.title} refuses to speak: {said}", hint="look at [voice]")


def _message(data: bytes, secret: str) -> str:
    """What a service says of an error, in its own or anybody's words, without the key."""
    text = data.decode("utf-8", errors="replace")
    try:
        found: Any = json.loads(text)
        for key in ("error", "detail", "message"):
            found = found.get(key, found) if isinstance(found, dict) else found
    except ValueError:
        found = text
    return " ".join(str(found).replace(secret, "…").split())[:200] or "no reason given"


def _retry_after_s(text: str) -> float | None:
    """The header's seconds, or those until its date; None where it says neither."""
    try:
        wait_s = float(text)
    except ValueError:
        try:
            wait_s = parsedate_to_datetime(text).timestamp() - time.time()
        except ValueError:
            return None
    return max(0.0, wait_s) if math.isfinite(wait_s) else None


def _backoff_s(number: int) -> float:
    """Longer after each try, and a little different in each process: lanes must not march."""
    return BACKOFF_S * 2.0 ** (number - 1) * (1 + os.getpid() % 10 / 40)


def _patience(wait_s: float) -> str:
    if wait_s > LONGEST_WAIT_S:
        return f"it asks to be left alone for {wait_s:.0f} s: render again after that"
    return "when it answers 429, set voice.per_minute or use fewer lanes"


def take_turn(file: Path, per_minute: int) -> None:
    """Wait for a turn to ask: the lanes share `per_minute` of them, by the time in `file`."""
    with file.open("a+") as turns:
        fcntl.flock(turns, fcntl.LOCK_EX)
        turns.seek(0)
        now_s = time.time()
        try:
            free_s = float(turns.read())
        except ValueError:
            free_s = now_s
        if free_s > now_s + 10 * LONGEST_WAIT_S:  # the clock was set back
            free_s = now_s
        mine_s = max(now_s, free_s)
        turns.truncate(0)
        turns.write(repr(mine_s + 60 / per_minute))
    time.sleep(mine_s - now_s)
