"""A page is written, published and found in Wagtail's admin."""

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import (
    element_to_be_clickable,
    visibility_of_element_located,
)
from selenium.webdriver.support.wait import WebDriverWait
from serve import seen

from forge import By, Tutorial

tour = Tutorial("Publish a page with Wagtail", id="publish-a-page")
PAGES = "//nav//button[.//span[text()='Pages']] | //nav//a[.//span[text()='Pages']]"
HOME = "//*[contains(@class,'c-page-explorer')]//a[contains(.,'Home')]"
MORE = "footer .w-dropdown button, footer [data-controller='w-dropdown'] button"


def click(browser, by, value):
    WebDriverWait(browser, 10).until(element_to_be_clickable((by, value))).click()


@tour.step
def dashboard(browser):
    """This is the dashboard of Wagtail. All of a site's content is edited from here."""


@tour.step(settle_until="idle")
def pages(browser):
    """Pages, on the left, opens the tree of pages."""
    click(browser, By.XPATH, PAGES)
    click(browser, By.XPATH, HOME)


@tour.step(wait_for=(By.NAME, "title"))
def add(browser):
    """Add a child page to the home page."""
    click(browser, By.CSS_SELECTOR, "a[href$='add_subpage/']")


@tour.step
def title(browser):
    """Give it a title."""
    browser.find_element(By.NAME, "title").clear()
    browser.find_element(By.NAME, "title").send_keys("Opening hours")


@tour.step
def publish(browser):
    """The arrow beside Save opens a menu. Choose Publish."""
    click(browser, By.CSS_SELECTOR, MORE)
    click(browser, By.NAME, "action-publish")
    seen(browser, ".messages .success", 20)


@tour.step
def search(browser):
    """And the search finds it."""
    browser.find_element(By.CSS_SELECTOR, "input[name=q]").send_keys("opening" + Keys.ENTER)
    link = (By.PARTIAL_LINK_TEXT, "Opening hours")
    WebDriverWait(browser, 20).until(visibility_of_element_located(link))
