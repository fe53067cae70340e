"""Voices of services on the network: requests, retries, and a shared rate limit.

The API key is read from the environment and put into the request's headers. It never gets into
settings (which are shown and pickled), `Voice.key`, logs or messages.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from urllib.parse import urlsplit

from forge.errors import MachineError, SettingsError, SpeechError
from forge.model import settings
from forge.text.segments import clipped
from forge.workers import real_time
from forge.workers.speaking import rate as rates
from forge.workers.speaking import wav
from forge.workers.speaking.engines.extras import need
from forge.workers.speaking.heard import Heard

if TYPE_CHECKING:
    import httpx

TRIES = 5
BACKOFF_S = 1.0  # the pause before the second try; it doubles for each one after
LONGEST_WAIT_S = 60.0  # a service that asks for a longer pause fails the job
LARGEST_BYTES = 50_000_000  # larger than the sound of any sentence


class Ask(NamedTuple):
    """A request for one line: the path below the service's address, its headers and JSON body."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class _Retry(Exception):
    """A try that failed, where another may succeed. `wait_s`: the pause the service asks for."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class RemoteEngine(ABC):
    """What all services share; a subclass builds the request (`ask`)."""

    engine: ClassVar[str]  # its name in the settings, and the name of the extra
    title: ClassVar[str]  # its name in messages
    variable: ClassVar[str]  # the environment variable with the API key
    address: ClassVar[str]  # unless `voice.base_url` is set
    usual_voice: ClassVar[str]
    usual_model: ClassVar[str]
    speeds: ClassVar[tuple[float, float]]  # the slowest and the fastest it accepts

    def __init__(self, config: settings.Voice, project_dir: Path) -> None:
        self.config = config
        self.model = config.model or self.usual_model
        self.base_url = (config.base_url or self.address).rstrip("/")
        least, most = self.speeds
        self.speed = min(max(round(config.rate / rates.NATURAL, 2), least), most)

    @abstractmethod
    def ask(self, text: str, voice: str, secret: str) -> Ask:
        """Return the request for `text`."""

    def sound(self, data: bytes, text: str) -> tuple[bytes, list[Heard] | None]:
        """Return the sound file in an answer, and when the words are heard, if it says so.

        Raises:
            SpeechError: there is no sound in it.
        """
        return data, None

    def voice(self, name: str | None) -> RemoteVoice:
        """Return the voice of that name. Only the service knows if it exists."""
        return RemoteVoice(self, name or self.usual_voice)

    def check(self, names: set[str | None]) -> list[str]:
        """Check the extra, the API key and the address; return warnings. Sends no request."""
        need("httpx", self.engine)
        self.secret()
        warnings = []
        if self._is_unencrypted():
            warnings.append(f"voice.base_url: the key in {self.variable} travels unencrypted")
        if abs(self.config.rate / rates.NATURAL - self.speed) > 0.01:
            rate = self.config.rate
            warnings.append(f"voice.rate = {rate}: {self.title} speaks at ×{self.speed:g}")
        return warnings

    def _is_unencrypted(self) -> bool:
        """Return True if requests cross a network in plain text (http, and not to this machine).

        Raises:
            SettingsError: `voice.base_url` is not an http(s) address.
        """
        try:
            address = urlsplit(self.base_url)
            usable = address.scheme in ("http", "https") and address.hostname and address.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise SettingsError(
                f"voice.base_url = {self.config.base_url!r} is not an http or https address",
                hint=f"it looks like {self.address}",
            )
        here = address.hostname in ("localhost", "127.0.0.1", "::1")
        return address.scheme == "http" and not here

    def secret(self) -> str:
        """Return the API key.

        Raises:
            MachineError: it is not set, or has characters that no header can carry.
        """
        secret = os.environ.get(self.variable, "").strip()
        if not secret:
            raise MachineError(
                f"voice.engine = {self.engine!r} needs an API key in the environment variable"
                f" {self.variable}, which is not set",
                hint=f"export {self.variable}=…; it is read from nowhere else",
            )
        if not secret.isascii() or not secret.isprintable() or " " in secret:
            raise MachineError(
                f"the environment variable {self.variable} has characters that no API key has",
                hint="copy the key once more, without quotes or line breaks",
            )
        return secret


class RemoteVoice:
    """One voice of a service."""

    lines_at_once = 2  # services allow their smallest customers no more

    def __init__(self, engine: RemoteEngine, name: str) -> None:
        self._engine, self._name = engine, name

    @property
    def key(self) -> str:
        """Engine, address, model, voice and speed (`Voice.key`)."""
        engine = self._engine
        parts = (engine.engine, engine.base_url, engine.model, self._name, f"{engine.speed:g}")
        return "/".join(parts)

    def speak(self, text: str, path: Path) -> list[Heard] | None:
        """Speak `text` into `path`; retry what may be temporary, after the pause it asks for.

        Returns:
            when the words are heard, if the service says so.

        Raises:
            SpeechError: the service refuses, does not answer, or sends no usable sound.
        """
        secret = self._engine.secret()
        number = 0
        while True:
            number += 1
            try:
                samples, rate, heard = self._try(text, path.parent, secret)
                wav.write(path, samples, rate)
                return heard
            except _Retry as problem:
                wait_s = problem.wait_s if problem.wait_s is not None else _backoff_s(number)
                if number == TRIES or wait_s > LONGEST_WAIT_S:
                    raise SpeechError(
                        f"{self._engine.title} cannot speak {clipped(text, 60)!r}: {problem}",
                        hint=_advice(wait_s),
                        transient=True,
                    ) from None
                real_time.sleep(wait_s)

    def _try(
        self, text: str, folder: Path, secret: str
    ) -> tuple[wav.Samples, int, list[Heard] | None]:
        config = self._engine.config
        if config.per_minute:
            await_turn(folder / f".{self._engine.engine}.turn", config.per_minute)
        ask = self._engine.ask(text, self._name, secret)
        data = _post(self._engine, ask, secret)
        try:
            sound, heard = self._engine.sound(data, text)
            samples, rate = wav.decode(sound)
        except SpeechError as problem:
            raise _Retry(f"the sound it sent is {problem.message}") from problem
        if rates.is_truncated(text, samples.size / rate):
            raise _Retry(f"the sound it sent is only {samples.size / rate:.2f} s long")
        return samples, rate, heard


def _post(engine: RemoteEngine, ask: Ask, secret: str) -> bytes:
    """Send the request; return the body of the answer.

    Raises:
        SpeechError: the service refuses for good.
        _Retry: no connection, no complete answer in time, or a temporary refusal.
    """
    import httpx

    limit_s = engine.config.timeout_s
    until_s = real_time.monotonic() + limit_s
    try:
        with (
            # It follows no redirects, which would take the key along.
            httpx.Client(timeout=limit_s) as client,
            client.stream(
                "POST", f"{engine.base_url}{ask.path}", headers=ask.headers, json=ask.body
            ) as answer,
        ):
            data = b""
            for part in answer.iter_bytes():
                data += part
                if real_time.monotonic() > until_s or len(data) > LARGEST_BYTES:
                    raise _Retry(f"no complete answer within {limit_s:g} s")
    except httpx.TimeoutException as problem:
        raise _Retry(f"no answer within {limit_s:g} s") from problem
    except httpx.TransportError as problem:
        reason = str(problem).replace(secret, "…")
        raise _Retry(f"no connection to {urlsplit(engine.base_url).hostname}: {reason}") from None
    if answer.status_code != httpx.codes.OK:
        raise _refusal(engine, answer, data, secret)
    return data


def _refusal(
    engine: RemoteEngine, answer: httpx.Response, data: bytes, secret: str
) -> SpeechError | _Retry:
    status = answer.status_code
    reason = f"{status}: {_message(data, secret)}"
    if status == 429 and "quota" in reason:  # a used-up quota does not refill within seconds
        return SpeechError(f"{engine.title} answers {reason}")
    if status in (408, 429) or status >= 500:
        return _Retry(f"it answers {reason}", _retry_after_s(answer.headers.get("retry-after", "")))
    if status in (401, 403):
        return SpeechError(
            f"{engine.title} refuses the key in {engine.variable}: {reason}",
            hint=f"check {engine.variable}: is it complete, and for this service?",
        )
    return SpeechError(f"{engine.title} refuses to speak: {reason}", hint="check [voice]")


def _message(data: bytes, secret: str) -> str:
    """Return the reason in a service's error message, JSON or plain text, without the API key."""
    text = data.decode("utf-8", errors="replace")
    try:
        found: Any = json.loads(text)
        for key in ("error", "detail", "message"):
            found = found.get(key, found) if isinstance(found, dict) else found
    except ValueError:
        found = text
    return clipped(" ".join(str(found).replace(secret, "…").split()), 200) or "no reason given"


def _retry_after_s(text: str) -> float | None:
    """Return the seconds that a Retry-After header asks for, as a number or a date, or None."""
    try:
        wait_s = float(text)
    except ValueError:
        try:
            wait_s = parsedate_to_datetime(text).timestamp() - real_time.time()
        except ValueError:
            return None
    return max(0.0, wait_s) if math.isfinite(wait_s) else None


def _backoff_s(number: int) -> float:
    """Return the pause after try `number`, a little different in each process.

    Lanes that were refused together should not come back together.
    """
    return BACKOFF_S * 2.0 ** (number - 1) * (1 + os.getpid() % 10 / 40)


def _advice(wait_s: float) -> str:
    if wait_s > LONGEST_WAIT_S:
        return f"it asks for a pause of {wait_s:.0f} s: render again after that"
    return "if it answers 429 (too many requests), set voice.per_minute or use fewer lanes"


def await_turn(file: Path, per_minute: int) -> None:
    """Wait until this process may send a request: all lanes together send `per_minute`.

    `file` holds the time (Unix, seconds) of the next free turn, under a lock.
    """
    with file.open("a+") as turns:
        fcntl.flock(turns, fcntl.LOCK_EX)
        turns.seek(0)
        now_s = real_time.time()
        try:
            free_s = float(turns.read())
        except ValueError:
            free_s = now_s
        if free_s > now_s + 10 * LONGEST_WAIT_S:  # the machine's clock was set back
            free_s = now_s
        mine_s = max(now_s, free_s)
        turns.truncate(0)
        turns.write(repr(mine_s + 60 / per_minute))
    real_time.sleep(mine_s - now_s)
