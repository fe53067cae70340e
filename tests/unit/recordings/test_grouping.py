"""One step for each thing that is to be understood, and its sentence."""

from __future__ import annotations

from typing import Any

import pytest

from forge.recordings.events import Event, Role, Target, Way
from forge.recordings.grouping import group
from forge.recordings.keys import KeyJoiner, spoken
from forge.recordings.wording import escaped, sentence


def of(name: str, role: Role = "button", **more: Any) -> Target:
    return Target((Way("role", name, role), Way("id", name)), name, **more)


def click(name: str, role: Role = "button", *, leads: bool = False) -> Event:
    return Event("click", of(name, role), leads=leads)


def enter(name: str, text: str = "x", **more: bool) -> Event:
    return Event("enter", of(name, "field", **more), text)


def told(*events: Event) -> list[str]:
    return [sentence(one) for one in group(events)]


def test_fields_of_a_form_are_one_step_and_the_click_another() -> None:
    events = [
        *(click("Name", "field"), enter("Name", "A"), enter("Name", "Ada")),
        *(Event("key", text="Tab"), enter("Email"), Event("scroll"), click("Send")),
    ]
    assert told(*events) == ["Fill in Name and Email.", "Click Send."]
    assert [len(one.events) for one in group(events)] == [2, 1]


@pytest.mark.parametrize(
    ("events", "sentences"),
    [
        ([enter("Search", "tide"), Event("key", text="Enter")],
         ["Enter tide in Search and then press Enter."]),
        ([enter("Password", "hunter2", secret=True)], ["Fill in Password."]),
        ([enter("Text", "one\ntwo")], ["Fill in Text."]),
        ([enter(name) for name in "ABCDE"], ["Fill in A, B, C and 2 more fields."]),
        ([Event("click", of("News", "field", ticks=True))], ["Tick News."]),
        ([click("File", "menu"), click("Save", "menu")], ["Click File and then click Save."]),
        ([click("Kind"), click("Talk", "option")], ["Click Kind and then click Talk."]),
        ([click("a"), click("a"), Event("double", of("a"))], ["Double-click a."]),
        ([Event("hover", of("More")), click("Copy")], ["Point at More and then click Copy."]),
        ([Event("context", of("a"))], ["Right-click a."]),
        ([Event("open", text="http://x/"), Event("open", text="http://x/b/c")],
         ["Open x.", "Open b/c."]),
        ([click("a", leads=True), enter("b", "c")], ["Click a.", "Enter c in b."]),
        ([Event("key", text="Control+s")], ["Press Ctrl+S."]),
        ([Event("scroll", count=900)], ["Scroll down."]),
        ([Event("scroll", count=9), click("a")], ["Click a."]),
        ([Event("click", Target((Way("css", "li"),)))], ["Click it."]),
    ],
)  # fmt: skip
def test_step_says_what_is_done(events: list[Event], sentences: list[str]) -> None:
    assert told(*events) == sentences


def test_wait_belongs_to_the_step_before_it() -> None:
    events = [click("Go"), Event("wait", of("done")), click("On")]
    assert [len(one.events) for one in group(events)] == [2, 1]


def test_what_is_lost_is_noted_where_it_was() -> None:
    groups = group([click("Go"), Event("lost", text="a drag"), click("On")])
    assert [one.lost for one in groups] == [["a drag"], []]


def test_twenty_events_are_at_most_ten_steps() -> None:
    clicks = [click(f"b{number}", leads=number % 3 == 0) for number in range(20)]
    groups = group([Event("open", text="http://x/"), *clicks[1:]])
    assert len(groups) == 10
    assert [one for group in groups for one in group.events][1:] == clicks[1:], "in order, all"
    assert [event.kind for event in groups[0].events] == ["open"], "the first page stays alone"


def test_nine_clicks_stay_nine_steps() -> None:
    assert len(group([click(f"b{number}") for number in range(9)])) == 9


def test_keys_are_joined_to_chords() -> None:
    def keys(*given: str) -> list[Event]:
        return [Event("key", text=key[1:], count=int(key[0] == "+")) for key in given]

    strokes = keys("+Control", "+Shift", "+z", "-z", "-Shift", "-Control", "+a", "-a", "+Enter")
    chords = [event.text for event in KeyJoiner().joined(strokes)]
    assert chords == ["Control+z", "Enter"]
    assert spoken("Control++") == "Ctrl++"


def test_no_mark_is_read_in_a_recorded_name() -> None:
    assert escaped("say {here}, {name}") == "say {{here}}, {name}"
