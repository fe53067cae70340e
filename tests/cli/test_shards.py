"""A batch in two shards, in two folders instead of on two machines, and its merged report."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.project import ForgeCommand, Project


def jobs(path: Path) -> list[tuple[str, str, str]]:
    entries = json.loads((path / "batch.json").read_text())
    return [(entry["job"], entry["status"], entry["shard"]) for entry in entries]


def test_two_shards_merge_into_one_report(empty_project: Project, forge_cli: ForgeCommand) -> None:
    for name in ("a", "b", "c"):
        empty_project.write_tour(name, name)
    folder = empty_project.folder

    listed = forge_cli("list", "--shard", "2/2", cwd=folder)
    assert [line.split()[0] for line in listed.stdout.splitlines()[1:]] == ["b"]

    for shard in ("1/2", "2/2", "4/4"):
        args = ("--phase", "speak", "--shard", shard, "--out-dir", shard.replace("/", "-"))
        done = forge_cli("render", *args, cwd=folder)
        assert done.returncode == 0, done.stderr
        assert f"page: {folder / args[-1] / 'index.html'}" in done.stdout
    assert "warning: shard 4/4 has no jobs" in done.stderr
    assert jobs(folder / "1-2") == [("a", "done", "1/2"), ("c", "done", "1/2")]

    done = forge_cli("merge", "all", "2-2", "1-2/batch.json", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 done, 0 failed" in done.stdout
    assert jobs(folder / "all") == [
        ("a", "done", "1/2"),
        ("b", "done", "2/2"),
        ("c", "done", "1/2"),
    ]
    assert (folder / "all" / "index.html").exists()

    done = forge_cli("merge", "all", "1-2", cwd=folder)
    assert done.returncode == 2
    assert "missing: shard 2/2" in done.stderr


def test_users_page_is_not_overwritten(project: Project, forge_cli: ForgeCommand) -> None:
    mine = project.write("dist/index.html", "<title>My site</title>")
    done = forge_cli("render", "--phase", "speak", cwd=project.folder)
    assert done.returncode == 0
    assert f"warning: {mine} was not written by forge" in done.stderr
    assert mine.read_text() == "<title>My site</title>"
