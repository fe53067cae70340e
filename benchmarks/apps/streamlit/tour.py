"""The sales board: a name, a slider, a list, and a report with a bar that fills for 3 s."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import element_to_be_clickable
from selenium.webdriver.support.expected_conditions import text_to_be_present_in_element as text_in
from selenium.webdriver.support.wait import WebDriverWait
from serve import seen

from forge import By, Tutorial

tour = Tutorial("The sales board", id="sales-board")


@tour.step(focus=(By.CSS_SELECTOR, "[data-testid=stVegaLiteChart]"))
def welcome(browser):
    """This board shows what our two shops have sold."""


@tour.step
def name(browser):
    """Tell it your name, and press Enter. It greets you at once."""
    field = browser.find_element(By.CSS_SELECTOR, "[data-testid=stSidebar] input[type=text]")
    field.send_keys("Ada" + Keys.ENTER)
    WebDriverWait(browser, 10).until(text_in((By.TAG_NAME, "body"), "Good morning"))


@tour.step
def days(browser):
    """Drag the slider to the left to see fewer days."""
    thumb = browser.find_element(By.XPATH, "//*[@data-testid='stSliderThumbValue']/..")
    ActionChains(browser).drag_and_drop_by_offset(thumb, -60, 0).perform()


@tour.step
def region(browser):
    """Choose a region from the list."""
    browser.find_element(By.CSS_SELECTOR, "[data-testid=stSelectbox] button").click()
    south = (By.XPATH, "//*[@role='option'][contains(.,'south')]")
    WebDriverWait(browser, 5).until(element_to_be_clickable(south)).click()


@tour.step
def tabs(browser):
    """Under the chart, open the Report tab."""
    browser.find_element(By.XPATH, "//*[@role='tab'][contains(.,'Report')]").click()


@tour.step
def report(browser):
    """Click Make report. It takes a few seconds, and a bar shows how far it is."""
    browser.find_element(By.XPATH, "//button[contains(.,'Make report')]").click()
    seen(browser, "[data-testid=stAlert]", 30)


@tour.step
def done(browser):
    """There it is, and a few balloons to celebrate."""
