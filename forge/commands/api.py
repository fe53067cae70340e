"""`forge.render`: a batch from a Python program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from forge.commands.batch import render as render_batch
from forge.commands.request import BatchOutcome, RenderRequest, Selection, make_access
from forge.model.news import News
from forge.model.records import PhaseChoice
from forge.project.settings_sources import load_settings


def render(
    project_dir: str | Path,
    *,
    paths: Sequence[str | Path] = (),
    only: Sequence[str] = (),
    languages: Sequence[str] | None = None,
    shard: str | None = None,
    lanes: int | Literal["auto"] | None = None,
    phase: PhaseChoice = "all",
    resume: bool = False,
    force: bool = False,
    hosts: str | None = None,
    cluster: str | None = None,
    key: str | Path | None = None,
    settings: Mapping[str, Any] | None = None,
    listener: Callable[[News], object] | None = None,
) -> BatchOutcome:
    """Render the tutorials of a project, as `forge render` does, but print nothing.

    Worker processes import the main module of your program: call this below
    `if __name__ == "__main__":`. Tutorials are loaded in a forked process: call it before your
    program starts threads. A project has one batch at a time. In the main thread, SIGINT, SIGTERM
    and SIGHUP stop the batch in order, as they do in the command.

    Args:
        project_dir: the folder with `forge.toml`.
        paths: tutorial files, folders or globs, from the current folder; empty: all.
        only: ids of tutorials; empty: all.
        languages: such as `["en", "es"]`; None: as in the settings.
        shard: `"2/3"` renders the second of three parts of the jobs; None: all.
        lanes: jobs to render at once, or "auto" to fit processors and memory; None: as in the
            settings.
        phase: run only this phase, on what the others left in `.forge`.
        resume: leave out the jobs that an earlier batch has finished.
        force: render jobs that are up to date, too.
        hosts: other machines to use over ssh, such as `"ana:4,ben:2"`; this machine is then used
            only if `lanes` is given.
        cluster: the address of a Dask scheduler whose workers are to be used.
        key: the file (PEM) with certificate and key of the cluster.
        settings: nested as in `forge.toml`: `{"video": {"clock": "real"}}`. They win over the
            project's files and the environment.
        listener: called with all news (`forge.model.news`), in order, in this thread. An error
            that it raises becomes a warning.

    Returns:
        The results, one a job, and the paths of reports and log. A job that fails raises nothing.

    Raises:
        forge.errors.SettingsError: a setting is wrong.
        forge.errors.ProjectError: a tutorial or the adapter does not load.
        forge.errors.UsageError: there is no project, nothing was selected, or another batch of
            the project is running.
        forge.errors.MachineError: a program is missing, or a folder cannot be written.
    """
    warnings: list[str] = []
    flags = dict(settings or {})
    if languages is not None:
        flags["languages"] = tuple(languages)
    loaded = load_settings(Path(project_dir), flags, warnings.append)
    request = RenderRequest(
        selection=Selection(tuple(map(str, paths)), tuple(only), shard),
        phase=phase,
        lanes=None if lanes is None else str(lanes),
        resume=resume,
        force=force,
        access=make_access(hosts, cluster, key=None if key is None else Path(key).absolute()),
    )
    outcome = render_batch(loaded, request, listener=_Calling(listener) if listener else None)
    return outcome.with_warnings(warnings)


class _Calling:
    """Passes the news of a batch to a function."""

    def __init__(self, function: Callable[[News], object]) -> None:
        self._function = function

    def on(self, news: News) -> None:
        self._function(news)
