"""The lanes of a batch on a host: what they are set up with, and what home is told of takes."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from forge.model.hosts import HomeTake, HostedBatch, RemoteTake
from forge.model.settings import Settings
from forge.store.file_notes import noted
from forge.store.fingerprint import write_printed
from forge.workers.hosting import batch_lanes
from forge.workers.hosting.batch_lanes import BatchLanes, open_lanes
from forge.workers.setup import LaneSetup
from tests.support.jobs import job

PROCESSORS = 4


@pytest.fixture(autouse=True)
def four_processors(monkeypatch: pytest.MonkeyPatch, nothing_left_behind: Path) -> None:
    monkeypatch.setattr(batch_lanes, "processors", lambda: PROCESSORS)


def opened(folder: Path, **fields: Any) -> BatchLanes:
    """Open a batch of a project of one file; its lanes are never made."""
    parcel = folder / "project.zip"
    with zipfile.ZipFile(parcel, "w") as packed:
        entry = zipfile.ZipInfo("tours/forge.toml")
        entry.external_attr = 0o100644 << 16
        packed.writestr(entry, "")
    batch = HostedBatch(
        batch="b",
        digest=sha256(parcel.read_bytes()).hexdigest(),
        settings=Settings(project_dir=Path()),
        clock=None,
        stage="f.py:stage",
        takes=False,
        lease_s=60.0,
        **{"force": False, **fields},
    )
    lanes = open_lanes(batch, folder / "host", parcel, no_lane)
    assert lanes
    return lanes


def no_lane(slot: int, setup: LaneSetup) -> Any:
    raise AssertionError("no job was sent")


@pytest.mark.parametrize(("lanes", "spare"), [(3, True), (4, False), (9, False)])
def test_host_with_fewer_lanes_than_processors_has_one_to_spare(
    tmp_path: Path, lanes: int, spare: bool
) -> None:
    made = opened(tmp_path, lanes=lanes)
    assert made._setup.spare is spare
    made.close(kill=True)


def sent(folder: Path, **files: str) -> tuple[HomeTake, dict[str, Path]]:
    """Return a take of home whose files have arrived in `folder`."""
    paths = {name: folder / f"sent-{name}" for name in files}
    for name, text in files.items():
        paths[name].write_text(text)
    notes = {name: noted(path) for name, path in paths.items()}
    return HomeTake(job="tour.en", prints={"steps": "1"}, files=notes), paths


@pytest.mark.parametrize("force", [False, True])
def test_take_of_home_is_kept_if_it_arrived_whole(tmp_path: Path, force: bool) -> None:
    lanes = opened(tmp_path, force=force)
    es = job("tour", "es", takes_from=("tour.en",))
    take, files = sent(tmp_path, **{"take.json": "{}", "frames.bin": "pictures"})
    work_dir = lanes.path(".forge/tour.en")
    work_dir.mkdir()
    (work_dir / "frames.bin").write_text("older")
    write_printed(work_dir / "take.print.json", take.prints if force else {}, {})
    assert lanes.lacks_take(es, take), "with force, the older one does not count"

    files["frames.bin"].write_text("pictvres")
    assert not lanes.keep_take(take, files)
    assert lanes.lacks_take(es, take)
    files["frames.bin"].write_text("pictures")
    assert lanes.keep_take(take, files)
    assert not lanes.lacks_take(es, take)
    assert lanes.lacks_take(es, take.model_copy(update={"prints": {"steps": "2"}}))
    assert (work_dir / "frames.bin").read_text() == "pictures"
    lanes.close(kill=True)


def test_take_that_two_lanes_were_sent_is_not_replaced(tmp_path: Path) -> None:
    lanes = opened(tmp_path)
    place = lanes.path(".forge/tour.en/frames.bin")
    places = set()
    for _ in range(2):
        assert lanes.keep_take(*sent(tmp_path, **{"frames.bin": "pictures"}))
        places.add(place.stat().st_ino)
    assert len(places) == 1
    lanes.close(kill=True)


@pytest.mark.parametrize("force", [False, True])
def test_home_is_told_of_whole_takes(tmp_path: Path, force: bool) -> None:
    lanes = opened(tmp_path, force=force)
    prints = {"clock": "virtual"}
    for name, text in (("a", json.dumps({"clock": "virtual", "outside": ["live"]})), ("b", "{")):
        work_dir = lanes.path(f".forge/{name}")
        work_dir.mkdir()
        (work_dir / "take.json").write_text(text)
        write_printed(work_dir / "take.print.json", prints, {})
    takes = () if force else (RemoteTake(job="a", prints=prints, exact=False),)
    assert lanes.opened.takes == takes
    lanes.close(kill=True)
