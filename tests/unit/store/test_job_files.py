"""The records of a job: each can be read after it was written, whatever was there before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from forge.model.card_timing import Titles
from forge.model.speech import Speech
from forge.model.timeline import lay_out
from forge.store.job_files import (
    read_manifest,
    read_speech,
    read_take,
    write_manifest,
    write_speech,
    write_take,
)
from forge.store.paths import SPEECH_FILE, WorkDir
from tests.support.takes import speech, step, take

TAKE = take([step("one", 0, (300, 900), 2000)], [0])


def test_take_is_read_as_written(tmp_path: Path) -> None:
    write_take(TAKE, tmp_path)
    assert read_take(tmp_path) == TAKE
    assert WorkDir(tmp_path).take.stat().st_mode & 0o077 == 0, "a page may be confidential"


def test_manifest_is_read_as_written(tmp_path: Path) -> None:
    manifest = lay_out(
        take([step("one", 0, (300, 900), 2000)], [0]), speech(one=1000), Titles("A tour")
    )
    write_manifest(manifest, tmp_path)
    assert read_manifest(tmp_path) == manifest


@pytest.mark.parametrize("read", [read_speech, read_take, read_manifest])
def test_a_missing_record_is_an_os_error(tmp_path: Path, read: object) -> None:
    with pytest.raises(OSError, match="No such file"):
        read(tmp_path)  # type: ignore[operator]


def test_narration_replaces_folders_and_fifos(tmp_path: Path) -> None:
    (tmp_path / SPEECH_FILE).mkdir()
    os.mkfifo(tmp_path / SPEECH_FILE / "deep")
    write_speech(Speech(lines=()), tmp_path)
    assert read_speech(tmp_path).lines == ()
    (tmp_path / SPEECH_FILE).unlink()
    os.mkfifo(tmp_path / SPEECH_FILE)
    write_speech(Speech(lines=()), tmp_path)
    assert read_speech(tmp_path).lines == ()
