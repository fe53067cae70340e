"""Choosing from lists and pickers, which the browser draws in no picture."""

from __future__ import annotations

from typing import Any

from selenium.webdriver.remote.command import Command

from forge.model.take import Interaction
from forge.model.widgets import OpenList, Palette
from forge.workers.recording.hand.body import OpenDialog
from forge.workers.recording.hand.hand import Hand
from forge.workers.recording.hand.timing import AIM_MS, OPEN_MS, REACH_MS
from tests.support.fake_body import FakeBody

ROWS = [{"label": name, "group": False, "disabled": False} for name in ("Oslo", "Rome")]


def shown(chosen: int, before: int = 0) -> dict[str, Any]:
    """Return what the page answers about a select."""
    widget = {"kind": "list", "rows": ROWS, "before": before, "chosen": chosen, "font_px": 18}
    return {"value": chosen, "widget": widget}


def act(hand: Hand, body: FakeBody, command: str, **more: str) -> Interaction:
    hand.perform(command, {"id": "one", **more}, body.execute)
    return hand.done()[-1]


def test_a_list_opens_before_its_option_is_chosen(hand: Hand, body: FakeBody) -> None:
    body.found, body.pressable, body.looks = {"widget": "option"}, False, [shown(1)]
    done = act(hand, body, Command.CLICK_ELEMENT)
    assert isinstance(done.widget, OpenList)
    times = done.widget.from_ms, done.widget.there_ms, done.until_ms
    since = [ms - done.at_ms for ms in times if ms is not None]
    assert since == [OPEN_MS, OPEN_MS + REACH_MS, OPEN_MS + REACH_MS + AIM_MS]
    assert (done.kind, done.widget.before, done.widget.chosen) == ("choose", 0, 1)
    assert body.sent == [(Command.CLICK_ELEMENT, {"id": "one"})]


def test_keys_choose_what_is_selected_after_them(hand: Hand, body: FakeBody) -> None:
    body.found, body.looks = {"widget": "list", "editable": False}, [shown(0), shown(1)]
    done = act(hand, body, Command.SEND_KEYS_TO_ELEMENT, text="Ro")
    assert isinstance(done.widget, OpenList)
    assert done.widget.chosen == 1
    assert body.looks == []


def test_a_tab_out_of_a_select_opens_no_list(hand: Hand, body: FakeBody) -> None:
    body.found = {"widget": "list", "editable": False}
    done = act(hand, body, Command.SEND_KEYS_TO_ELEMENT, text="\ue004")
    assert (done.kind, done.widget, [key.label for key in done.keys]) == ("type", None, ["Tab"])


def test_a_list_that_a_click_has_opened_does_not_open_again(hand: Hand, body: FakeBody) -> None:
    body.found, body.pressable, body.looks = {"widget": "list"}, False, [shown(0), shown(1)]
    opening = act(hand, body, Command.CLICK_ELEMENT)
    body.found = {"widget": "option"}
    done = act(hand, body, Command.CLICK_ELEMENT)
    assert isinstance(opening.widget, OpenList)
    assert isinstance(done.widget, OpenList)
    assert (opening.kind, opening.widget.chosen) == ("click", None)
    assert (done.there_ms, done.widget.from_ms) == (None, done.at_ms)


def test_a_dialog_that_a_choice_opens_is_left_open(hand: Hand, body: FakeBody) -> None:
    body.found = {"widget": "picker", "editable": False}
    colour = {"kind": "palette", "before": "#000000", "after": "#000000"}
    body.looks = [{"value": "#000000", "widget": colour}]

    def execute(command: str, params: dict[str, Any]) -> None:
        body.opened = OpenDialog(body.now_ms(), "Sure?")

    hand.perform(Command.SEND_KEYS_TO_ELEMENT, {"id": "one", "text": "#ff0000"}, execute)
    assert hand.done()[-1].widget is not None, "the page was not asked again: that would dismiss it"


def test_a_colour_is_known_after_it_was_typed(hand: Hand, body: FakeBody) -> None:
    body.found = {"widget": "picker", "editable": False}
    colours = [("#000000", "#000000"), ("#000000", "#ff0000")]
    body.looks = [
        {"value": after, "widget": {"kind": "palette", "before": before, "after": after}}
        for before, after in colours
    ]
    done = act(hand, body, Command.SEND_KEYS_TO_ELEMENT, text="#ff0000")
    assert isinstance(done.widget, Palette)
    assert (done.widget.before, done.widget.after) == ("#000000", "#ff0000")


def test_a_cleared_picker_shows_no_choice(hand: Hand, body: FakeBody) -> None:
    body.found = {"widget": "picker", "editable": False}
    body.looks = [{"value": "", "widget": None}, {"value": "", "widget": None}]
    done = act(hand, body, Command.SEND_KEYS_TO_ELEMENT, text="1")
    assert (done.kind, done.widget) == ("type", None)


def test_a_list_that_is_gone_does_not_stop_the_choice(hand: Hand, body: FakeBody) -> None:
    body.found, body.pressable, body.looks = {"widget": "option"}, False, []
    done = act(hand, body, Command.CLICK_ELEMENT)
    assert (done.kind, done.widget) == ("click", None)
    assert [command for command, _ in body.sent] == [Command.CLICK_ELEMENT]
