"""`forge record URL`: write a tutorial module while a person clicks in a browser window."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rich.console import Console

from forge.commands.arguments import add_project, say, warn
from forge.commands.import_recording import add_module, check_id
from forge.commands.recorded_into import Destination, destination
from forge.errors import UsageError
from forge.recordings.live import LiveRecording
from forge.recordings.module_text import ModuleText
from forge.recordings.writing import refuse_existing
from forge.store.atomic import write_text
from forge.tutorial import slug

DEFAULT_ID = "recording"
SCHEMES = ("http://", "https://", "file://")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_project(parser)
    parser.add_argument("url", metavar="URL", help="the page to begin with")
    add_module(parser)


def run(args: argparse.Namespace) -> int:
    """Record until the window is closed, or Ctrl-C; return the exit code."""
    from forge.workers import studio

    check_id(args.id)
    url = args.url if "://" in args.url else f"http://{args.url}"
    if not url.startswith(SCHEMES):
        raise UsageError(f"{args.url} is not the address of a page", hint="http://localhost:8000")
    place = destination(args)
    path = _path(args, place)
    tutorial_id = args.id or slug(path.stem) or DEFAULT_ID
    place.refuse_other(tutorial_id, path)
    refuse_existing(path, force=args.force)
    console, draft = Console(), _Draft(path, tutorial_id, url, place.start_page)
    with _ctrl_c_by_any_signal(), studio.tracked_browser(place.settings, url) as said:
        say(console, f"recording to {path}: close the window, or press Ctrl-C, when you are done")
        with suppress(KeyboardInterrupt):
            for one in said:
                draft.add(one)
    if draft.module is None:
        raise UsageError(f"nothing was recorded, so {path} was not written")
    for lost in draft.module.lost:
        warn(Console(stderr=True), f"not carried over: {lost}")
    say(console, f"wrote {path}: rewrite its sentences, then `forge render {path}`")
    return 0


class _Draft:
    """The module of a recording that goes on; each event is written to the disk at once."""

    def __init__(self, path: Path, tutorial_id: str, url: str, start_page: str | None) -> None:
        self._path, self._id, self._url, self._start_page = path, tutorial_id, url, start_page
        self._live = LiveRecording()
        self.module: ModuleText | None = None

    def add(self, said: Mapping[str, Any]) -> None:
        if self._live.add(said):
            made_of = self._live.recording
            self.module = ModuleText(made_of, self._id, self._url, self._start_page)
            write_text(self._path, self.module.text)


def _path(args: argparse.Namespace, place: Destination) -> Path:
    out: Path | None = args.out
    name = f"{(args.id or DEFAULT_ID).replace('-', '_')}.py"
    if out is None:
        return place.folder / name
    return out / name if out.is_dir() else out


@contextmanager
def _ctrl_c_by_any_signal() -> Iterator[None]:
    """Take a signal that ends the command as Ctrl-C, so that the browser is ended, too."""
    signals = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(one, signal.default_int_handler) for one in signals]
    try:
        yield
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)
