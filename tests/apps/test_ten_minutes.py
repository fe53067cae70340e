"""The page "Your app in ten minutes", word for word: each way ends with a narrated video."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from forge.workers.composing.encoding.probe import probe
from tests.apps.conftest import Installed
from tests.support.project import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.voice,
    pytest.mark.usefixtures("nothing_left_behind"),
]

PAGE = ROOT / "docs" / "your-own-app.md"


def ways() -> Iterator[tuple[str, str]]:
    """Yield the headings of the page under which a project is rendered, and their commands."""
    for part in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        found = re.search(r"```sh\n(.*?)```", part, re.DOTALL)
        if found and "forge render" in found[1]:
            yield part.partition("\n")[0], found[1]


WAYS = dict(ways())
NEEDS = {"Streamlit": "streamlit", "Django": "django"}


def test_the_page_has_a_way_for_each_kind() -> None:
    assert list(WAYS) == ["Plain pages", "A Node app", "Streamlit", "Django"]


@pytest.mark.parametrize("way", ["Plain pages", "A Node app"])
def test_a_way_without_an_installation_works(way: str, tmp_path: Path) -> None:
    if way == "A Node app" and shutil.which("node") is None:
        pytest.skip("there is no Node: apt-get install nodejs")
    follow(way, tmp_path, Path(sys.executable).parent)


@pytest.mark.apps
@pytest.mark.parametrize("way", NEEDS)
def test_a_way_with_an_installation_works(way: str, tmp_path: Path, installed: Installed) -> None:
    follow(way, tmp_path, installed(NEEDS[way]))


def follow(way: str, folder: Path, programs: Path) -> None:
    """Run the commands of `way` as they are written; look for its video, which must have sound."""
    path = os.pathsep.join((str(programs), str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "-euc", WAYS[way]],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (video,) = folder.glob("*/dist/*.mp4")
    found = probe(video)
    assert (found.width, found.height) == (1920, 1080)
    assert found.duration_s > 5
    assert "1 done, 0 failed" in done.stdout
