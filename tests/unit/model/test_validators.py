"""Validators of forge's own classes are made without a look at all installed packages."""

from __future__ import annotations

import os

import pytest
from pydantic import BaseModel

from forge.model.validators import SWITCH, make_validators
from tests.support.loaded import errors_of
from tests.support.project import Project

PROGRAM = """
import importlib.metadata, sys

def refuse(**options):
    raise AssertionError("the metadata of all packages was read")

importlib.metadata.entry_points = refuse
from forge.cli import console
sys.exit(console(sys.argv[1:]))
"""


@pytest.mark.parametrize("words", [(), ("--shard", "1/1")], ids=["alone", "with the adapter"])
def test_a_list_reads_no_metadata_of_packages(
    project: Project, command_environment: dict[str, str], words: tuple[str, ...]
) -> None:
    errors_of(PROGRAM, ["list", *words], project, command_environment)


@pytest.mark.parametrize("before", [None, "logfire-plugin"])
def test_the_environment_stays_as_it_is(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    if before is not None:
        monkeypatch.setenv(SWITCH, before)

    class Kind(BaseModel, defer_build=True):
        number: int

    make_validators(Kind)
    assert os.environ.get(SWITCH) == before
    assert Kind.model_validate({"number": "1"}).number == 1
