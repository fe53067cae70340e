"""The weather desk: an answer at once, a slider, a bar of 3 s, words that come for 4 s."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import (
    text_to_be_present_in_element_value as value_in,
)
from selenium.webdriver.support.wait import WebDriverWait

from forge import By, Tutorial

tour = Tutorial("The weather desk", id="weather-desk")


def says(browser, box, text, seconds=10):
    """Wait until the box with this id holds the text."""
    place = (By.CSS_SELECTOR, f"#{box} :is(textarea, input)")
    WebDriverWait(browser, seconds).until(value_in(place, text))


@tour.step
def welcome(browser):
    """This is the desk of our weather station."""


@tour.step
def name(browser):
    """Tell it your name, and press Enter. It greets you at once."""
    field = browser.find_element(By.CSS_SELECTOR, "#name :is(textarea, input)")
    field.send_keys("Ada" + Keys.ENTER)
    says(browser, "greeting", "Good morning, Ada")


@tour.step
def days(browser):
    """Drag the slider to the right for more days."""
    slider = browser.find_element(By.CSS_SELECTOR, "#days input[type=range]")
    chain = ActionChains(browser).move_to_element(slider).click_and_hold()
    chain.move_by_offset(200, 0).release().perform()
    says(browser, "hours", "days are")


@tour.step
def report(browser):
    """Click Make report. It takes three seconds, and a bar shows how far it is."""
    browser.find_element(By.ID, "make").click()
    says(browser, "made", "All 15 parts", 30)


@tour.step
def forecast(browser):
    """Ask for the forecast. It comes word by word."""
    browser.find_element(By.ID, "ask").click()
    says(browser, "said", "night to follow", 30)


@tour.step
def again(browser):
    """Ask once more, and read along: we need not wait for its last word."""
    browser.find_element(By.ID, "ask").click()


@tour.step
def done(browser):
    """That is all there is to it."""
