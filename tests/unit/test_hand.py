"""The hand's arithmetic: its pace, its clock, and chains taken apart."""

from __future__ import annotations

import time

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from forge.motion import ease, glide_ms
from forge.workers.recording.chains import Source, parts, shares
from forge.workers.recording.clock import TakeClock
from forge.workers.recording.pace import movement, strokes


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


def test_a_drag_is_a_move_and_a_haul(driver: Driver, chain: ActionChains) -> None:
    chain.drag_and_drop(ONE, TWO).perform()
    assert kinds(driver) == ["move", "haul"]
    haul = parts(driver.sources, held=False)[1]
    assert [part.kind for part in haul.inner] == ["press", "drag", "release"]
    assert kinds(driver, held=True)[0] == "drag", "a button that was down stays down"


def test_a_press_without_its_release_is_one_part(driver: Driver, chain: ActionChains) -> None:
    chain.click_and_hold(ONE).move_to_element(TWO).perform()
    assert kinds(driver) == ["move", "press", "drag"]


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
