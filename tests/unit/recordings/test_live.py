"""What a person does in a browser, as events."""

from __future__ import annotations

from typing import Any

from forge.recordings.actions import Code, locator
from forge.recordings.events import Event
from forge.recordings.live import LiveRecording


def said(kind: str, css: str = "#a", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "css": css, "name": "Go", "role": "button", "named": True} | more


def page(url: str, title: str = "T", **more: Any) -> dict[str, Any]:
    return {"kind": "page", "text": url, "title": title, "how": "navigate"} | more


def events(*all_said: dict[str, Any]) -> list[Event]:
    live = LiveRecording()
    for one in all_said:
        live.add(one)
    return list(live.recording.events)


def test_typing_on_in_a_field_is_one_event() -> None:
    name = {"css": "#name", "group": "field"}
    found = events(
        *(said("enter", text=text, **name) for text in ("A", "Ad", "Ada")), said("click")
    )
    assert [(one.kind, one.text) for one in found] == [("enter", "Ada"), ("click", "")]


def test_page_comes_of_the_click_before_it_or_by_its_address() -> None:
    found = events(
        *(page("http://x/", "Start"), said("click"), page("http://x/a", "A", referred=True)),
        *(page("http://x/a", how="reload"), said("click"), page("http://y/", at_s=1)),
        *(page("http://y/b", referred=True), page("http://z/", at_s=9)),
    )
    assert [one.kind for one in found] == ["open", "click", "open", "click", "open"]
    assert [one.leads for one in found] == [False, True, False, True, False]
    assert found[1].title == "A"


def test_empty_page_of_the_beginning_is_left_out() -> None:
    assert events(page("about:blank")) == []
    assert not LiveRecording().add({"kind": "unheard of"})


def test_title_is_that_of_the_first_page() -> None:
    live = LiveRecording()
    assert live.recording.title == "A recording"
    live.add(page("http://x/", "Shop"))
    assert live.recording.title == "Shop"


def test_name_that_two_elements_have_is_no_locator() -> None:
    one, other = events(said("click"), said("click", named=False))
    assert one.target
    assert other.target
    assert locator(one.target, Code("T")) == 'button("Go")'
    assert locator(other.target, Code("T")) == '(By.ID, "a")'
    assert other.target.name == "Go", "it is spoken all the same"


def test_editor_has_no_name_of_its_own() -> None:
    (event,) = events(said("enter", "#box", code=True, name="", named=False, text="x = 1"))
    assert event.target
    assert event.target.name == "the editor"
    assert locator(event.target, Code("T")) == '(By.ID, "box")'


def test_window_and_frame_and_shadow_hosts_are_kept() -> None:
    (event,) = events(said("click", frame=[0, 2], hosts=["my-app"], window=True, secret=True))
    target = event.target
    assert target
    assert (target.frame, target.window, target.secret) == ((0, 2), True, True)
    assert target.ways[-1].hosts == ("my-app",)
