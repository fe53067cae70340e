"""The reports of a batch, written into its folder: `batch.json`, `junit.xml`, `index.html`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from forge.errors import MachineError
from forge.model.records import JobResult
from forge.report.html.gallery import GALLERY_FILE, Gallery, gallery_json
from forge.report.html.page import PAGE_FILE, Place, is_ours, page
from forge.report.summary import batch_json, junit_xml, write_report

BATCH_FILE, JUNIT_FILE = "batch.json", "junit.xml"


def write_reports(
    folder: Path,
    results: Sequence[JobResult],
    make_gallery: Callable[[], Gallery],
    stderr: Console,
    *,
    also: Path | None = None,
    merged: bool = False,
) -> bool:
    """Write every report; `also` is one more place for `batch.json`.

    With what `forge merge` needs, unless it is `merged`. Returns whether all could be written: a
    disk may have filled up since the folders were checked.
    """
    text = batch_json(results)
    files = {folder / BATCH_FILE: text, folder / JUNIT_FILE: junit_xml(results)}
    written = _write(files | ({also: text} if also else {}), stderr)
    gallery = make_gallery()  # pictures take a moment, and the results are safe by now
    target = folder / PAGE_FILE
    files = {folder / GALLERY_FILE: gallery_json(gallery)} if not merged else {}
    if is_ours(target):
        files[target] = page(gallery, results, Place(folder, elsewhere=merged))
    else:
        _say(stderr, "[yellow]warning:[/yellow] {} is not forge's: it stays as it is", target)
    return _write(files, stderr) and written


def tell_page(folder: Path, console: Console) -> None:
    """Say where the page of the batch is."""
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
