"""The hand's arithmetic: its pace, its clock, and chains taken apart."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from selenium.common.exceptions import UnexpectedAlertPresentException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.webelement import WebElement

from forge.model.easing import ease, glide_ms
from forge.model.settings import Settings
from forge.workers.recording.hand.chains import PAUSE, Source, parts, shares
from forge.workers.recording.hand.geometry import PLACE_SCRIPT, PRESS_SCRIPT
from forge.workers.recording.hand.hand import Hand
from forge.workers.recording.hand.timing import movement, strokes
from forge.workers.recording.hand.wheel import WHEEL_SCRIPT
from forge.workers.recording.screencast.bendable_clock import TakeClock


class Driver:
    """Takes a chain in place of a browser."""

    def __init__(self) -> None:
        self.sources: list[Source] = []

    def execute(self, command: str, params: dict[str, list[Source]]) -> None:
        self.sources = params["actions"]


@pytest.fixture
def driver() -> Driver:
    return Driver()


@pytest.fixture
def chain(driver: Driver) -> ActionChains:
    return ActionChains(driver)  # type: ignore[arg-type]


ONE, TWO = WebElement(None, "one"), WebElement(None, "two")


def kinds(driver: Driver, *, held: bool = False) -> list[str]:
    return [part.kind for part in parts(driver.sources, held=held)]


def test_a_drag_is_a_press_a_way_and_a_release(driver: Driver, chain: ActionChains) -> None:
    chain.drag_and_drop(ONE, TWO).perform()
    assert kinds(driver) == ["move", "press", "drag", "release"]
    assert kinds(driver, held=True)[0] == "drag", "a button that was down stays down"


def test_what_is_done_at_the_same_time_stays_together(driver: Driver, chain: ActionChains) -> None:
    chain.click(ONE).perform()
    press = {"type": "keyDown", "value": "a"}
    driver.sources.append({"type": "key", "id": "other", "actions": [PAUSE, press]})
    assert kinds(driver) == ["other"]


@pytest.mark.parametrize(
    ("does", "kind"), [("click", "click"), ("double_click", "double"), ("context_click", "context")]
)
def test_clicks_are_told_apart(driver: Driver, chain: ActionChains, does: str, kind: str) -> None:
    getattr(chain, does)(ONE).perform()
    assert kinds(driver) == ["move", kind]


def test_keys_are_strokes_unless_a_modifier_is_held(driver: Driver, chain: ActionChains) -> None:
    chain.send_keys("ab").key_down(Keys.SHIFT).send_keys("c").key_up(Keys.SHIFT).perform()
    assert kinds(driver) == ["key", "key", "other", "other", "other", "other"]


def test_the_parts_of_a_chain_are_the_chain(driver: Driver, chain: ActionChains) -> None:
    chain.move_to_element(ONE).pause(1).click().send_keys("x").scroll_by_amount(0, 9).perform()
    for source in driver.sources:
        sent = [
            action
            for part in parts(driver.sources, held=False)
            for one in part.sources
            if one["id"] == source["id"]
            for action in one["actions"]
        ]
        assert sent == source["actions"]


def test_fingers_are_left_alone() -> None:
    touch = {"type": "pointer", "parameters": {"pointerType": "touch"}, "id": "f", "actions": [{}]}
    assert [part.kind for part in parts([touch], held=False)] == ["other"]


@pytest.mark.parametrize("total", [-900, -7, 0, 1, 100, 12345])
def test_shares_of_a_scroll_add_up(total: int) -> None:
    assert sum(shares(total, movement(800))) == total


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("abc", ["a", "b", "c"]),
        ("", []),
        ("e\u0301a", ["e\u0301", "a"]),
        ("\U0001f469\u200d\U0001f4bb!", ["\U0001f469\u200d\U0001f4bb", "!"]),
    ],
)
def test_a_stroke_is_what_people_call_a_character(text: str, typed: list[str]) -> None:
    assert strokes(text, 16) == typed


def test_a_long_text_takes_no_longer_than_four_seconds() -> None:
    for length in (64, 65, 500):
        typed = strokes("x" * length, 16)
        assert len(typed) / 16 <= 4
        assert "".join(typed) == "x" * length


def test_the_hand_is_slower_only_for_long_ways() -> None:
    assert glide_ms(10) == glide_ms(600) == 350
    assert 350 < glide_ms(1000) < glide_ms(1400) <= 650
    assert [ease(part) for part in (-1, 0, 0.5, 1, 2)] == [0, 0, 0.5, 1, 1]


class Moments:
    """A machine's time, set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 1000.0
        monkeypatch.setattr(time, "time", lambda: self.now_s)

    def pass_ms(self, ms: float) -> None:
        self.now_s += ms / 1000


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Moments:
    return Moments(monkeypatch)


def test_what_is_skipped_comes_between_two_moments(moments: Moments) -> None:
    clock = TakeClock()
    moments.pass_ms(100)
    clock.skip(350)
    moments.pass_ms(50)
    assert clock.now_ms() == 500
    assert [clock.take_ms(real) for real in (99, 101)] == [99, 451]


@pytest.mark.parametrize("real_ms", [0, 10, 60, 250])
def test_a_beat_lasts_as_long_as_it_should_whatever_the_machine_does(
    moments: Moments, real_ms: float
) -> None:
    clock = TakeClock()
    moments.pass_ms(100)
    for _ in range(5):
        with clock.beat(60):
            moments.pass_ms(real_ms)
    assert clock.now_ms() == 400
    inside = [clock.take_ms(ms) for ms in range(100, 100 + round(real_ms * 5) + 1)]
    assert inside == sorted(inside), "time never runs backwards"


def test_a_beat_holds_the_skips_in_it(moments: Moments) -> None:
    clock = TakeClock()
    with clock.beat(350):
        clock.skip(280)
        moments.pass_ms(200)  # more than was left
    assert clock.now_ms() == 350
    assert 280 <= clock.take_ms(100) <= 350


@pytest.mark.parametrize(("real_ms", "take_ms"), [(0, 0), (140, 0), (160, 160)])
def test_a_short_look_takes_no_time_and_a_long_one_its_own(
    moments: Moments, real_ms: float, take_ms: int
) -> None:
    clock = TakeClock()
    with clock.aside(150):
        moments.pass_ms(real_ms)
    assert clock.now_ms() == take_ms


class FakeBody:
    """A page on which everything is where `places` says, at a clock that only moves when asked."""

    def __init__(self) -> None:
        self.now = 0.0
        self.did: list[tuple[float, str, dict[str, Any]]] = []  # by the mouse
        self.sent: list[tuple[str, dict[str, Any]]] = []  # by the driver
        self.found: dict[str, Any] = {}
        self.pressable: Any = [50, 60]
        self.problem: Exception | None = None

    def now_ms(self) -> int:
        return round(self.now)

    def live(self, ms: float) -> None:
        self.now += ms

    def pause(self, ms: float) -> None:
        self.now += ms

    @contextmanager
    def beat(self, ms: float, *, shows: bool = False, lives: bool = False) -> Iterator[None]:
        until = self.now + ms
        yield
        self.now = until

    def ask(self, command: str, params: dict[str, Any], *, acts: bool = False) -> Any:
        if self.problem:
            raise self.problem
        if params["script"] == PRESS_SCRIPT:
            return self.pressable
        if params["script"] == PLACE_SCRIPT:
            box = {"box": [40, 50, 20, 20], "point": [50.5, 60.5], "up": UP, "shape": "arrow"}
            flags = {"hidden": False, "editable": True, "attended": False}
            return box | flags | self.found
        if params["script"] == WHEEL_SCRIPT:
            self.did.append((self.now, "turned", {"by": params["args"][2:4]}))
            return True
        return UP

    def mouse(self, *events: dict[str, Any]) -> None:
        self.did += [(self.now, event["type"], event) for event in events]

    def execute(self, command: str, params: dict[str, Any]) -> Any:
        self.sent.append((command, params))
        return {"value": None}

    def times(self, kind: str) -> list[float]:
        return [at for at, what, _ in self.did if what == kind]


UP = {"way": [0, 0, 1], "levels": 0, "foreign": False}
A_CLICK = {"id": "one"}


@pytest.fixture
def body() -> FakeBody:
    return FakeBody()


@pytest.fixture
def hand(body: FakeBody) -> Hand:
    hand = Hand(body, Settings().hand, 640, 360)
    hand.begin()
    return hand


def perform(hand: Hand, body: FakeBody, driver: Driver) -> None:
    hand.perform(Command.W3C_ACTIONS, {"actions": driver.sources}, body.execute)


def test_a_click_is_pressed_and_let_go_as_a_person_does(hand: Hand, body: FakeBody) -> None:
    hand.perform(Command.CLICK_ELEMENT, A_CLICK, body.execute)
    (down,), (up,) = body.times("mousePressed"), body.times("mouseReleased")
    assert 60 <= up - down <= 100
    assert body.sent == []
    (click,) = hand.done()
    assert (click.kind, click.at_ms) == ("click", down), "the ripple is where it is pressed"
    assert [event["clickCount"] for _, what, event in body.did if what == "mousePressed"] == [1]


def test_a_click_in_a_setup_takes_its_time_too_but_no_way(body: FakeBody) -> None:
    Hand(body, Settings().hand, 640, 360).perform(Command.CLICK_ELEMENT, A_CLICK, body.execute)
    assert body.times("mousePressed") == [0], "no glide, and no ring"
    assert 60 <= body.times("mouseReleased")[0] <= 100


def test_a_click_that_is_more_than_one_is_the_drivers(hand: Hand, body: FakeBody) -> None:
    body.pressable = False
    hand.perform(Command.CLICK_ELEMENT, A_CLICK, body.execute)
    assert body.sent == [(Command.CLICK_ELEMENT, A_CLICK)]
    assert body.times("mousePressed") == []


def test_a_dialog_in_the_way_is_told_of(hand: Hand, body: FakeBody) -> None:
    body.problem = UnexpectedAlertPresentException("sure?")
    with pytest.raises(UnexpectedAlertPresentException):
        hand.perform(Command.CLICK_ELEMENT, A_CLICK, body.execute)


def test_a_double_click_is_two_that_apps_can_tell_apart(
    hand: Hand, body: FakeBody, driver: Driver, chain: ActionChains
) -> None:
    chain.double_click(ONE).perform()
    perform(hand, body, driver)
    first, second = body.times("mousePressed")
    assert 100 <= second - first <= 140
    counts = [event["clickCount"] for _, what, event in body.did if what == "mousePressed"]
    assert counts == [1, 2]
    assert [done.kind for done in hand.done()] == ["double"]


def test_clicks_of_chains_are_counted_by_the_takes_time(
    hand: Hand, body: FakeBody, driver: Driver, chain: ActionChains
) -> None:
    chain.click().perform()
    for pause_ms in (0, 0, 600):
        body.live(pause_ms)
        perform(hand, body, driver)
    counts = [event["clickCount"] for _, what, event in body.did if what == "mousePressed"]
    assert counts == [1, 2, 1]


def test_what_is_dragged_moves_once_a_beat_over_as_many_chains_as_it_takes(
    hand: Hand, body: FakeBody, driver: Driver
) -> None:
    parts: list[Callable[[ActionChains], ActionChains]] = [
        lambda chain: chain.click_and_hold(ONE),
        lambda chain: chain.move_by_offset(200, 0),
        lambda chain: chain.release(),
    ]
    for add in parts:
        add(ActionChains(driver)).perform()  # type: ignore[arg-type]
        perform(hand, body, driver)
    (down,), (up,) = body.times("mousePressed"), body.times("mouseReleased")
    held = [(at, e) for at, what, e in body.did if what == "mouseMoved" and e["buttons"] == 1]
    assert [round(two - one) for (one, _), (two, _) in pairwise(held)] == [33] * (len(held) - 1)
    assert down <= held[0][0]
    assert held[-1][0] <= up
    assert [e["x"] for _, e in held] == sorted(e["x"] for _, e in held)
    assert (held[-1][1]["x"], held[-1][1]["y"]) == (250, 60)
    assert [done.kind for done in hand.done()] == ["press", "drag", "release"]


def test_a_move_after_a_drag_starts_where_the_drag_ended(
    hand: Hand, body: FakeBody, driver: Driver, chain: ActionChains
) -> None:
    chain.drag_and_drop_by_offset(ONE, 100, 0).move_by_offset(5, 7).perform()
    perform(hand, body, driver)
    _, last = body.sent[-1]
    (move,) = (one for source in last["actions"] for one in source["actions"] if "x" in one)
    assert (move["origin"], move["x"], move["y"]) == ("viewport", 155, 67)


def test_what_is_held_is_let_go_with_everything(
    hand: Hand, body: FakeBody, driver: Driver, chain: ActionChains
) -> None:
    chain.key_down(Keys.SHIFT).click_and_hold(ONE).perform()
    perform(hand, body, driver)
    hand.perform(Command.W3C_CLEAR_ACTIONS, {}, body.execute)
    shifted = [event["modifiers"] for _, what, event in body.did if what == "mousePressed"]
    assert shifted == [8]
    assert len(body.times("mouseReleased")) == 1
    hand.perform(Command.CLICK_ELEMENT, A_CLICK, body.execute)
    assert [e["modifiers"] for _, what, e in body.did if what == "mousePressed"] == [8, 0]


def test_a_drag_out_of_the_window_is_the_drivers_to_refuse(
    hand: Hand, body: FakeBody, driver: Driver, chain: ActionChains
) -> None:
    chain.click_and_hold(ONE).move_by_offset(0, 5000).perform()
    perform(hand, body, driver)
    assert body.sent[-1][1]["actions"][0]["actions"][0]["y"] == 5060


def test_the_wheel_is_turned_by_the_whole_of_it(
    hand: Hand, body: FakeBody, driver: Driver, chain: ActionChains
) -> None:
    chain.scroll_by_amount(30, -400).perform()
    perform(hand, body, driver)
    turns = [event["by"] for _, what, event in body.did if what == "turned"]
    assert len(turns) > 10
    assert [sum(way) for way in zip(*turns, strict=True)] == [30, -400]
    assert body.sent == []


def test_the_hand_stays_where_it_is_for_a_field_that_nobody_sees(
    hand: Hand, body: FakeBody
) -> None:
    at, body.found = hand.at, {"attended": True, "hidden": True}
    for _ in range(2):
        hand.perform(
            Command.SEND_KEYS_TO_ELEMENT,
            {"id": "one", "text": "ab", "value": ["a", "b"]},
            body.execute,
        )
    assert [(done.point, done.there_ms) for done in hand.done()] == [(at, None)] * 2
    assert body.did == []
    assert len(body.sent) == 4, "it is typed key by key all the same"
