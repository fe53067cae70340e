"""The reports of a batch, written into its folder: `batch.json`, `junit.xml`, `index.html`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape

from forge.errors import MachineError
from forge.model.records import JobResult
from forge.report.html.gallery import GALLERY_FILE, Gallery, gallery_json
from forge.report.html.page import PAGE_FILE, Place, is_ours, page
from forge.report.junit import junit_xml
from forge.store.atomic import write_text
from forge.store.portable import portable

BATCH_FILE, JUNIT_FILE = "batch.json", "junit.xml"


def batch_json(results: Sequence[JobResult]) -> str:
    """Return the results as JSON: one entry a job, in job order, with the fields of `JobResult`."""
    return json.dumps([result.model_dump(mode="json") for result in results], indent=2) + "\n"


class Written(NamedTuple):
    """The reports that were written, and messages about those that were not."""

    paths: tuple[Path, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def write_reports(
    folder: Path,
    results: Sequence[JobResult],
    make_gallery: Callable[[], Gallery],
    *,
    project_dir: Path | None,
    also: Path | None = None,
) -> Written:
    """Write all reports into `folder`, as far as they can be written: a disk may fill up.

    `also` is one more file for the content of `batch.json`, in which paths are relative to
    `project_dir`. That is None if the batch is merged of those of several machines; of any other,
    `gallery.json` is written too, which `forge merge` needs.
    """
    merged = project_dir is None
    text = batch_json([portable(r, project_dir) for r in results] if project_dir else results)
    files = {folder / BATCH_FILE: text, folder / JUNIT_FILE: junit_xml(results)}
    errors = [*_write(files | ({also: text} if also else {}))]
    gallery = make_gallery()  # after the results are written, because its pictures take a while
    target = folder / PAGE_FILE
    warnings: tuple[str, ...] = ()
    files = {folder / GALLERY_FILE: gallery_json(gallery)} if not merged else {}
    if is_ours(target):
        files[target] = page(gallery, results, Place(folder, elsewhere=merged))
    else:
        warnings = (f"{target} was not written by forge, and stays as it is",)
    errors += _write(files)
    wanted = (folder / BATCH_FILE, folder / JUNIT_FILE, target, also)
    paths = tuple(path for path in wanted if path and path.is_file())
    return Written(paths, tuple(errors), warnings)


def tell_page(folder: Path, console: Console) -> None:
    """Print the path of the page."""
    target = folder / PAGE_FILE
    if target.is_file() and is_ours(target):
        console.print(f"page: {escape(str(target))}", highlight=False, soft_wrap=True)


def _write(files: Mapping[Path, str]) -> Iterator[str]:
    """Write `files`; yield a message for each that cannot be written."""
    for path, text in files.items():
        try:
            write_text(path, text)
        except MachineError as problem:
            yield problem.message
