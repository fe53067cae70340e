"""Fixtures for the tests of the hand."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains

from tests.support.chains import ChainDriver


@pytest.fixture
def driver() -> ChainDriver:
    return ChainDriver()


@pytest.fixture
def chain(driver: ChainDriver) -> ActionChains:
    return ActionChains(driver)  # type: ignore[arg-type]
