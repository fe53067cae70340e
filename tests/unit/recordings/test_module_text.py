"""The module that is made of a recording: it compiles, is formatted, and keeps no password."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forge.recordings.events import Event, Recording, Target, Way
from forge.recordings.module_text import ModuleText
from forge.recordings.reading import read_recordings
from forge.recordings.source import quoted
from tests.support.project import ROOT

DATA = ROOT / "tests" / "data" / "recordings"
FILES = sorted(DATA.iterdir())
TEXTS = st.text(max_size=120)


def modules(file: Path) -> list[ModuleText]:
    return [ModuleText(one, None, file.name) for one in read_recordings(file)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_module_is_formatted_and_loads(file: Path, tmp_path: Path) -> None:
    for module in modules(file):
        path = tmp_path / f"{module.id}.py"
        path.write_text(module.text)
    for what in (["format", "--check"], ["check", "--select", "E,F,I,B", "--line-length", "200"]):
        ruff = [sys.executable, "-m", "ruff", *what, "--isolated", "--no-cache", str(tmp_path)]
        done = subprocess.run(ruff, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stdout


def test_password_is_a_variable_of_the_environment() -> None:
    for module in (one for file in FILES for one in modules(file)):
        assert "hunter2" not in module.text
    (plan,) = modules(DATA / "plan.json")
    assert 'os.environ["PLAN_AN_EVENT_PASSWORD"]' in plan.text
    assert "set the variable PLAN_AN_EVENT_PASSWORD" in plan.text


def test_address_loses_the_users_name_and_password() -> None:
    opened = Event("open", text="http://ada:pass-1@shop.example/a")
    assert "pass-1" not in ModuleText(Recording("x", (opened,)), None, "it").text


def test_what_is_lost_is_a_comment_and_a_warning() -> None:
    (plan,) = modules(DATA / "plan.json")
    assert "the custom step 'checkout'" in plan.lost
    for lost in plan.lost:
        assert f"    # Not carried over: {lost}." in plan.text


@given(TEXTS, TEXTS, TEXTS, st.booleans())
def test_any_text_makes_a_module_that_compiles(name: str, text: str, css: str, role: bool) -> None:
    ways = (Way("role", name, "button"),) if role and name.strip() else (Way("css", css or "a"),)
    target = Target(ways, name)
    lines = ("open", "enter", "click", "double", "lost", "expect")
    events = [Event(kind, target, text, comment=text) for kind in lines]  # type: ignore[arg-type]
    events.append(Event("key", text=f"Control+{text[:1]}"))
    module = ModuleText(Recording(text, tuple(events)), None, name)
    compile(module.text, "it.py", "exec")
    module.text.encode()


@given(TEXTS)
def test_quoted_text_is_that_text(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


def test_steps_of_the_example_are_those_that_people_would_make() -> None:
    (plan,) = modules(DATA / "plan.json")
    found = [node.name for node in ast.parse(plan.text).body if isinstance(node, ast.FunctionDef)]
    assert found == [
        *("start", "look", "click_new_event", "fill_in_name_day_kind_and_2_more_fields"),
        *("click_create_event", "point_at_more_and_then_click_rename", "click_inner"),
        *("click_in_frame", "press_ctrl_s", "double_click_quoted_here_name"),
    ]
    assert 'wait(browser, (By.ID, "toast"))' in plan.text
    assert "browser.switch_to.frame(0)" in plan.text
