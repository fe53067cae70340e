"""`batch.json`, and reports that cannot be written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from forge.errors import MachineError
from forge.model.records import JobResult
from forge.report.writer import batch_json
from forge.store.atomic import write_text
from tests.support.results import RESULTS


def test_batch_json_has_one_entry_a_job(tmp_path: Path) -> None:
    path = tmp_path / "new" / "batch.json"
    write_text(path, batch_json(RESULTS))
    entries = json.loads(path.read_text())
    assert [entry["job"] for entry in entries] == ["a.en", "a.es", "b.en"]
    promised = {
        "job",
        "status",
        "output",
        "video_s",
        "wall_s",
        "phases",
        "attempts",
        "error",
        "exact",
        "outside",
    }
    assert all(promised <= set(entry) for entry in entries)
    assert entries[0]["phases"] == {"speak": 1.0, "record": 20.0, "compose": 9.0}
    assert entries[1]["error"]["line"] == 7
    assert [entry["exact"] for entry in entries] == [True, None, None]
    assert list(path.parent.iterdir()) == [path]
    assert [JobResult.model_validate(entry) for entry in entries] == RESULTS


@pytest.mark.parametrize("where", ["in a file", "over a folder", "over a fifo"])
def test_unwritable_report_leaves_no_part(tmp_path: Path, where: str) -> None:
    if where == "in a file":
        (tmp_path / "file").write_text("mine")
        path = tmp_path / "file" / "batch.json"
    elif where == "over a folder":
        path = tmp_path / "folder"
        path.mkdir()
    else:
        path = tmp_path / "a link to a fifo"
        os.mkfifo(tmp_path / "fifo")
        path.symlink_to(tmp_path / "fifo")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(MachineError, match="cannot be written"):
        write_text(path, batch_json(RESULTS))
    assert sorted(tmp_path.iterdir()) == before
    assert path.is_symlink() is (where == "over a fifo")
