"""Where a recorded module goes, and what the project there says about it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from forge.commands.arguments import settings_of
from forge.errors import ForgeError, UsageError
from forge.model.settings import Settings
from forge.project.plan import make_plan


@dataclass(frozen=True)
class Destination:
    """The project that a module is recorded for, if there is one.

    `folder` is that of its tutorials, or the current one. `start_page` is the path that its `[app]`
    opens, None without `[app]`. `files` are those of its tutorials, by their ids.
    """

    folder: Path = Path()
    settings: Settings = field(default_factory=Settings)
    start_page: str | None = None
    files: Mapping[str, Path] = field(default_factory=dict)

    def has_other(self, tutorial_id: str, path: Path) -> Path | None:
        """Return the file of the tutorial that has this id already, if it is not `path`."""
        there = self.files.get(tutorial_id)
        return None if there is None or there.resolve() == path.resolve() else there

    def refuse_other(self, tutorial_id: str, path: Path) -> None:
        """Refuse an id that another tutorial of the project has.

        Raises:
            UsageError: it has.
        """
        if other := self.has_other(tutorial_id, path):
            raise UsageError(
                f"{other} has the id {tutorial_id!r} already", hint="name another --id"
            )


def destination(args: argparse.Namespace) -> Destination:
    """Return what `--project` names: recordings can be imported anywhere, also without a project.

    Raises:
        ForgeError: a setting of the project is wrong.
    """
    project: Path = args.project
    if not _holds_project(project):
        return Destination()
    settings = settings_of(args)
    first = Path(settings.tutorials[0])
    plain = [part for part in first.parts if not set("*?[") & set(part)]
    folder = Path(*plain)
    return Destination(
        project / (folder.parent if folder.suffix == ".py" else folder),
        settings,
        settings.app.start_page if settings.app.kind else None,
        _files(settings),
    )


def _holds_project(folder: Path) -> bool:
    if (folder / "forge.toml").is_file():
        return True
    with suppress(OSError, UnicodeDecodeError):
        return "[tool.forge" in (folder / "pyproject.toml").read_text(encoding="utf-8")
    return False


def _files(settings: Settings) -> dict[str, Path]:
    """Return the files of the project's tutorials; none if one of them does not load."""
    with suppress(ForgeError):
        jobs = make_plan(settings.model_copy(update={"languages": None})).jobs
        return {job.id: Path(job.tutorial_file) for job in jobs}
    return {}
