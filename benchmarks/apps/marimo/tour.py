"""A notebook in marimo: a slider, a button whose count takes 3 s, a cell of one's own."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import text_to_be_present_in_element as text_in
from selenium.webdriver.support.wait import WebDriverWait

from forge import By, Tutorial

tour = Tutorial("A notebook in marimo", id="marimo-notebook")
RUN = "(//button[@data-testid='run-button'])[last()]"


def inside(browser, host, css):
    """What `css` selects in the shadow of the first `host`."""
    root = browser.find_element(By.CSS_SELECTOR, host).shadow_root
    return root.find_element(By.CSS_SELECTOR, css)


def shows(browser, text, seconds=10):
    WebDriverWait(browser, seconds).until(text_in((By.TAG_NAME, "body"), text))


@tour.step
def welcome(browser):
    """This is a notebook in marimo. Its cells know of one another."""


@tour.step
def run(browser):
    """The arrow at the bottom runs all of them."""
    browser.find_element(By.XPATH, RUN).click()
    shows(browser, "has an area of 25", 20)


@tour.step
def slider(browser):
    """Drag the slider, and what depends on it is worked out anew."""
    thumb = inside(browser, "marimo-slider", "[role=slider]")
    ActionChains(browser).drag_and_drop_by_offset(thumb, 60, 0).perform()
    WebDriverWait(browser, 10).until_not(text_in((By.TAG_NAME, "body"), "has an area of 25"))


@tour.step
def count(browser):
    """Click Count trees. It takes three seconds, and a bar shows how far it is."""
    inside(browser, "marimo-button", "button").click()
    shows(browser, "There are 400 trees", 30)


@tour.step
def new_cell(browser):
    """At the end of the notebook, add a cell."""
    cells = len(browser.find_elements(By.CSS_SELECTOR, ".marimo-cell"))
    python = "(//button[contains(., 'Python')])[last()]"
    browser.find_element(By.XPATH, python).click()
    WebDriverWait(browser, 10).until(
        lambda b: len(b.find_elements(By.CSS_SELECTOR, ".marimo-cell")) > cells
    )


@tour.step
def write(browser):
    """Write a line of Python, and press Control and Enter to run it."""
    cell = browser.find_elements(By.CSS_SELECTOR, ".marimo-cell .cm-content")[-1]
    cell.click()
    cell.send_keys("sum(n * n for n in range(100))")
    cell.send_keys(Keys.CONTROL, Keys.ENTER)
    shows(browser, "328350")


@tour.step
def slow(browser):
    """Change the size once more, and watch: everything that needs it follows."""
    thumb = inside(browser, "marimo-slider", "[role=slider]")
    ActionChains(browser).drag_and_drop_by_offset(thumb, -40, 0).perform()
