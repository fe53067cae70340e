"""`forge verify`: render the same jobs twice, and name the first step in which they differ."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape

from forge.layout import Manifest, read_manifest
from forge.plan import make_plan
from forge.rendering import render
from forge.settings import Settings
from forge.take import FRAMES_FILE, read_take


class Imprint(NamedTuple):
    """What one render came to: its time line, a digest of each of its pictures and of its file."""

    manifest: Manifest
    pictures: list[str]
    file: str


def verify(settings: Settings, args: argparse.Namespace) -> int:
    """Render what `args` select twice, and compare; returns the exit code."""
    names = [job.name for job in make_plan(settings, args.paths, args.only).jobs]
    once: dict[str, Imprint] = {}
    for _ in range(2):
        code = _render(settings, args)
        if code:
            return code
        first, once = once, {name: imprint(settings, name) for name in names}
    console, same = Console(), True
    for name in names:
        what = difference(first[name], once[name])
        mark = "[red]differs[/red]" if what else "[green]same[/green]   "
        console.print(f"{mark} {escape(name)} {escape(what or '')}".rstrip(), highlight=False)
        same = same and what is None
    return 0 if same else 1


def _render(settings: Settings, args: argparse.Namespace) -> int:
    asked = {**vars(args), "phase": "all", "force": True, "resume": False, "json": None}
    return render(settings, argparse.Namespace(**asked))


def imprint(settings: Settings, name: str) -> Imprint:
    """What the last render of job `name` came to."""
    folder = settings.work_root / name
    manifest, frames = read_manifest(folder), read_take(folder).frames
    with (folder / FRAMES_FILE).open("rb") as file:
        pictures = []
        for picture in manifest.pictures:
            frame = frames[picture.frame]
            file.seek(frame.offset)
            pictures.append(hashlib.sha256(file.read(frame.size)).hexdigest())
    return Imprint(manifest, pictures, _digest(settings.output_dir / f"{name}.mp4"))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def difference(one: Imprint, other: Imprint) -> str | None:
    """The first thing in which two renders differ, in words; None when they are the same."""
    for a, b in zip(one.manifest.steps, other.manifest.steps, strict=True):
        for field in type(a).model_fields:
            if getattr(a, field) != getattr(b, field):
                return f"in step {a.id!r}: {field} {getattr(a, field)}, then {getattr(b, field)}"
    if at_ms := _first_picture(one, other):
        step = [s.id for s in one.manifest.steps if s.start_ms <= at_ms[0]][-1]
        return f"in step {step!r}: what shows at {at_ms[0] / 1000:.2f} s"
    if one.file != other.file:
        return "in the file only: time line and pictures are the same"
    return None


def _first_picture(one: Imprint, other: Imprint) -> list[int]:
    """When the first picture that differs shows, if there is one."""
    shown = [
        [
            (picture.at_ms, digest)
            for picture, digest in zip(i.manifest.pictures, i.pictures, strict=True)
        ]
        for i in (one, other)
    ]
    differ = [min(a[0], b[0]) for a, b in zip(*shown, strict=False) if a != b]
    longer = max(shown, key=len)[min(map(len, shown)) :]
    return [*differ, *(at_ms for at_ms, _ in longer)][:1]
