"""Fixtures for the tests of the hand."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains

from forge.model.settings import Settings
from forge.workers.recording.hand.hand import Hand
from tests.support.chains import ChainDriver
from tests.support.fake_body import FakeBody


@pytest.fixture
def driver() -> ChainDriver:
    return ChainDriver()


@pytest.fixture
def chain(driver: ChainDriver) -> ActionChains:
    return ActionChains(driver)  # type: ignore[arg-type]


@pytest.fixture
def body() -> FakeBody:
    return FakeBody()


@pytest.fixture
def hand(body: FakeBody) -> Hand:
    hand = Hand(body, Settings().hand, 640, 360)
    hand.begin()
    return hand
