"""The trees of a town in Datasette: a table, a facet, a row, a query of one's own."""

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import text_to_be_present_in_element as text_in
from selenium.webdriver.support.wait import WebDriverWait
from serve import seen

from forge import By, Tutorial

tour = Tutorial("The trees of our town", id="town-trees")
QUERY = "select kind, max(height) from trees group by kind"


@tour.step
def welcome(browser):
    """Datasette shows the data of our town."""


@tour.step(wait_for=(By.CSS_SELECTOR, "table.rows-and-columns"))
def table(browser):
    """Open the table of trees."""
    browser.find_element(By.LINK_TEXT, "trees").click()


@tour.step(wait_for=(By.CSS_SELECTOR, ".facet-results"))
def facet(browser):
    """Let it count them by kind."""
    browser.find_element(By.CSS_SELECTOR, "th[data-column=kind] .dropdown-menu-icon").click()
    seen(browser, ".dropdown-facet", 5)
    browser.find_element(By.CSS_SELECTOR, ".dropdown-facet").click()


@tour.step
def oaks(browser):
    """Choose the oaks."""
    browser.find_element(By.CSS_SELECTOR, ".facet-results").find_element(
        By.LINK_TEXT, "oak"
    ).click()
    WebDriverWait(browser, 10).until(text_in((By.TAG_NAME, "h3"), "kind = "))


@tour.step
def sort(browser):
    """Click Height to put them in order."""
    browser.find_element(By.CSS_SELECTOR, "th[data-column=height] a").click()


@tour.step(wait_for=(By.CSS_SELECTOR, ".CodeMirror, .cm-editor"))
def sql(browser):
    """View and edit SQL shows how it was asked."""
    browser.find_element(By.PARTIAL_LINK_TEXT, "View and edit SQL").click()


@tour.step
def query(browser):
    """Write a query of your own, and run it."""
    editor = browser.find_element(By.CSS_SELECTOR, ".CodeMirror, .cm-content")
    editor.click()
    keys = browser.switch_to.active_element
    keys.send_keys(
        Keys.CONTROL + "a" + Keys.NULL + "select kind, max(height) from trees group by kind"
    )
    browser.find_element(By.CSS_SELECTOR, "form.sql input[type=submit]").click()
    WebDriverWait(browser, 10).until(text_in((By.CSS_SELECTOR, "th.col-max-height, th"), "kind"))
