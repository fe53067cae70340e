"""The reports of a batch, written into its folder: `batch.json`, `junit.xml`, `index.html`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from forge.errors import MachineError
from forge.model.records import JobResult
from forge.report.html.gallery import GALLERY_FILE, Gallery, gallery_json
from forge.report.html.page import PAGE_FILE, Place, is_ours, page
from forge.report.junit import junit_xml
from forge.store.atomic import whole

BATCH_FILE, JUNIT_FILE = "batch.json", "junit.xml"


def batch_json(results: Sequence[JobResult]) -> str:
    """Return the results as JSON: one entry a job, in job order, with the fields of `JobResult`."""
    return json.dumps([result.model_dump(mode="json") for result in results], indent=2) + "\n"


def write_report(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all.

    Raises:
        MachineError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise MachineError(f"{path} cannot be written: {problem}") from problem


def write_reports(
    folder: Path,
    results: Sequence[JobResult],
    make_gallery: Callable[[], Gallery],
    stderr: Console,
    *,
    also: Path | None = None,
    merged: bool = False,
) -> bool:
    """Write all reports; return False if one could not be written, since a disk may fill up.

    `also` is one more file for the content of `batch.json`. Unless the batch is `merged`,
    `gallery.json` is written too, which `forge merge` needs.
    """
    text = batch_json(results)
    files = {folder / BATCH_FILE: text, folder / JUNIT_FILE: junit_xml(results)}
    written = _write(files | ({also: text} if also else {}), stderr)
    gallery = make_gallery()  # after the results are written, because its pictures take a while
    target = folder / PAGE_FILE
    files = {folder / GALLERY_FILE: gallery_json(gallery)} if not merged else {}
    if is_ours(target):
        files[target] = page(gallery, results, Place(folder, elsewhere=merged))
    else:
        _say(
            stderr,
            "[yellow]warning:[/yellow] {} was not written by forge, and stays as it is",
            target,
        )
    return _write(files, stderr) and written


def tell_page(folder: Path, console: Console) -> None:
    """Print the path of the page."""
    target = folder / PAGE_FILE
    if target.is_file() and is_ours(target):
        _say(console, "page: {}", target)


def _write(files: Mapping[Path, str], stderr: Console) -> bool:
    written = True
    for path, text in files.items():
        try:
            write_report(path, text)
        except MachineError as problem:
            _say(stderr, "[red]error:[/red] {}", problem.message)
            written = False
    return written


def _say(console: Console, text: str, what: object) -> None:
    console.print(text.format(escape(f"{what}")), highlight=False, soft_wrap=True)
