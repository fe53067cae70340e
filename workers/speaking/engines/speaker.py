"""Speak lines with pyttsx3, as a program of its own: `python -P speaker.py`.

A request is a line of JSON on stdin: {"text", "voice", "rate", "path", "limit_s"} speaks, {} lists
the voices. The answer is a line of JSON on stdout: {"ok": …} or {"error": kind, "message": …}. The
answer to speaking lists the words: [place in the text, length, from_s, until_s] of each.

Each line has a process of its own because espeak's sound depends on what the process spoke
before, and because only a process can be ended when it hangs. The processes are forks of this one,
which has loaded the library and has not started it: starting Python and loading it takes two thirds
of the time of a line. It imports nothing of forge, to start quickly.

espeak works asynchronously, and pyttsx3 2.99 reports the end too early: a plain save_to_file +
runAndWait loses or truncates files (pyttsx3 issues 149, 194, 219, 242, 259). So we wait for espeak
itself (`Synchronize`) after each step. And we take the engine's proxy out of its initial busy
state before setting properties: otherwise they are queued, and errors are not reported. pyttsx3
promises neither hook: its version is pinned, and a test speaks long lines.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import wave
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO


def main() -> int:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # pyttsx3 prints there
    with suppress(LookupError):  # each line reports it
        _load()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _answer(json.loads(line), answers)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            code = os.waitstatus_to_exitcode(status)
            kind = "TimeoutError" if code == -signal.SIGALRM else "ChildProcessError"
            _write({"error": kind, "message": f"exit code {code}"}, answers)
    return 0


def _answer(request: dict[str, Any], answers: TextIO) -> None:
    if limit_s := request.pop("limit_s", 0.0):
        signal.setitimer(signal.ITIMER_REAL, limit_s)  # its signal ends the process
    answer: dict[str, Any]
    try:
        answer = {"ok": _speak(**request) if request else _voices()}
    except Exception as problem:
        answer = {"error": type(problem).__name__, "message": str(problem)}
    _write(answer, answers)


def _write(answer: dict[str, Any], answers: TextIO) -> None:
    print(json.dumps(answer), file=answers, flush=True)


def _load() -> tuple[Any, Any]:
    """Return pyttsx3 and espeak's own module.

    Raises:
        LookupError: espeak-ng's library is not installed.
    """
    try:
        import pyttsx3
        from pyttsx3.drivers import _espeak as espeak
    except (ImportError, RuntimeError, OSError, AttributeError) as problem:
        raise LookupError(f"espeak-ng's library cannot be loaded: {problem}") from problem
    return pyttsx3, espeak


def _start() -> tuple[Any, Any, list[Exception]]:
    """Return an idle engine, espeak's own module, and the list that receives errors.

    Raises:
        LookupError: espeak-ng's library is not installed.
    """
    pyttsx3, espeak = _load()
    errors: list[Exception] = []
    engine = pyttsx3.init("espeak")
    engine.connect("error", lambda name, exception: errors.append(exception))
    espeak.Synchronize()
    engine.proxy.setBusy(False)
    espeak.Synchronize()
    return engine, espeak, errors


def _speak(text: str, voice: str, rate: int, path: str) -> list[list[float]]:
    with Path(path).open("wb"):  # raises now: espeak would hang on a path it cannot write
        pass
    engine, espeak, errors = _start()
    for name, value in (("voice", voice), ("rate", rate)):
        engine.setProperty(name, value)
        espeak.Synchronize()
        if errors:
            raise ValueError(f"{name} {value!r} is not accepted: {errors[0]}")
    if engine.getProperty("rate") != rate:
        raise ValueError(f"rate {rate} was not applied")
    events = _listen(engine, espeak)
    engine.save_to_file(text, path)
    engine.runAndWait()
    espeak.Synchronize()
    if errors:
        raise RuntimeError(f"espeak failed: {errors[0]}")
    with wave.open(path, "rb") as file:
        rate_hz, size = file.getframerate(), file.getnframes()
    ends = [*(event[2] for event in events[1:]), size]
    return [
        [at, length, begin / rate_hz, end / rate_hz]
        for (at, length, begin), end in zip(events, ends, strict=True)
        if length
    ]


def _listen(engine: Any, espeak: Any) -> list[tuple[int, int, int]]:
    """Return a list that receives the words and the ends of clauses, as espeak speaks them.

    Each is (place in the text, length, sample at which it begins); an end has length 0. pyttsx3
    reports words too, but without their times, so its callback is called from this one.
    """
    events: list[tuple[int, int, int]] = []
    pass_on = engine.proxy._driver._onSynth

    def note(sound: Any, size: int, news: Any) -> int:
        for event in _until_end(news, espeak):
            if event.type == espeak.EVENT_WORD:
                events.append((event.text_position - 1, event.length, event.sample))
            elif event.type == espeak.EVENT_END:
                events.append((event.text_position, 0, event.sample))
        return int(pass_on(sound, size, news))

    espeak.SetSynthCallback(note)
    return events


def _until_end(news: Any, espeak: Any) -> Iterator[Any]:
    for event in news:
        if event.type == espeak.EVENT_LIST_TERMINATED:
            return
        yield event


def _voices() -> list[str]:
    engine, _, _ = _start()
    return sorted(voice.id for voice in engine.getProperty("voices"))


if __name__ == "__main__":
    sys.exit(main())
