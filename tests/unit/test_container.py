"""The container file by rules: small layers, no root, all that forge needs. `make image` builds it.

The usual checkers of such files are no Python packages; the rules are theirs.
"""

from __future__ import annotations

import io
import json
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from dockerfile_parse import DockerfileParser

from forge.project.settings_sources import load_settings
from tests.support.packages import SOURCES
from tests.support.project import ROOT


class Line(NamedTuple):
    """An instruction: its stage (counted from 0; −1 before the first), name and words."""

    stage: int
    name: str
    text: str


def instructions() -> list[Line]:
    content = (ROOT / "Containerfile").read_bytes()
    found, stage = [], -1
    for part in DockerfileParser(fileobj=io.BytesIO(content)).structure:
        stage += part["instruction"] == "FROM"
        if part["instruction"] != "COMMENT":
            found.append(Line(stage, part["instruction"], " ".join(part["value"].split())))
    return found


LINES = instructions()
LAST = [line for line in LINES if line.stage == LINES[-1].stage]


def texts(name: str, lines: list[Line] = LINES) -> list[str]:
    return [line.text for line in lines if line.name == name]


def test_base_has_a_tag_and_can_be_another() -> None:
    bases = [text.partition(" ")[0] for text in texts("FROM")]
    assert set(bases) == {"${BASE}"}
    (base,) = (text for text in texts("ARG") if text.startswith("BASE="))
    assert re.fullmatch(r"BASE=docker\.io/library/debian:(?!latest)[\w-]+-slim", base)


def test_layers_hold_no_lists_and_no_caches() -> None:
    for text in texts("RUN"):
        assert text.count("apt-get update") == text.count("rm -rf /var/lib/apt/lists/*")
        if "apt-get install" in text:
            assert "apt-get update && apt-get install --yes --no-install-recommends" in text
        if "pip install" in text:
            assert "--no-cache-dir" in text
    assert not any("sudo" in text or "curl" in text for text in texts("RUN"))
    assert texts("ADD") == [], "it also unpacks and downloads"
    assert not any("pip" in text for text in texts("RUN", LAST)), "built in the first stage"


def test_image_runs_as_a_user_and_as_its_command() -> None:
    names = [line.name for line in LAST]
    assert texts("USER", LAST) == ["forge"]
    assert "RUN" not in names[names.index("USER") :]
    (entry,), (command,) = texts("ENTRYPOINT"), texts("CMD")
    assert (json.loads(entry), json.loads(command)) == (["tini", "--", "forge"], ["--help"])
    assert texts("WORKDIR") == ["/project"]


def test_image_has_the_packages_that_the_set_up_installs() -> None:
    makefile = (ROOT / "Makefile").read_text()
    needed = re.findall(r"^APT := (.*)$", makefile, re.MULTILINE)[0].split()
    installed = " ".join(texts("RUN", LAST)).split()
    assert set(needed) - {"python3-venv"} <= set(installed)


def test_extras_of_the_image_are_those_of_the_package() -> None:
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (extras,) = (text for text in texts("ARG") if text.startswith("EXTRAS="))
    assert set(extras.removeprefix("EXTRAS=").split(",")) == set(known) - {"dev"}


def test_only_what_a_build_reads_goes_to_the_builder() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {rule[1:] for rule in rules if rule.startswith("!")}
    assert "*" in rules
    assert kept == set(SOURCES)


def test_variables_of_the_image_are_settings(tmp_path: Path) -> None:
    (text,) = texts("ENV")
    variables = dict(pair.split("=", 1) for pair in text.split())
    ours = {name: value for name, value in variables.items() if name.startswith("FORGE_")}
    assert ours == {"FORGE_BROWSER__SANDBOX": "false"}
    (tmp_path / "forge.toml").write_text("[browser]\nsandbox = false\n")
    assert load_settings(tmp_path).browser.sandbox is False
