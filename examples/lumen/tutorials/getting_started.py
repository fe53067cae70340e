"""Create an event in Lumen Events and find it again."""

from selenium.webdriver import Chrome
from selenium.webdriver.support.select import Select

from forge import By, Tutorial

tour = Tutorial(
    "Getting started with Lumen Events",
    id="getting-started",
    objectives=["Create your first event", "Find it in the list"],
    summary="Your first event is drafted, and you know where to find it.",
)


@tour.step
def welcome(browser: Chrome) -> None:
    """Welcome to Lumen Events. In this tour we create our first event."""


@tour.step
def open_form(browser: Chrome) -> None:
    """This is everything your team is planning. To add an event, {here} click New event."""
    browser.find_element(By.ID, "new-event").click()


@tour.step
def name_event(browser: Chrome) -> None:
    """First, give the event a name that your guests will find easy to remember."""
    browser.find_element(By.ID, "title").send_keys("Summer Reading Night")


@tour.step
def choose_venue(browser: Chrome) -> None:
    """Then choose where it takes place. We meet at the City Library."""
    Select(browser.find_element(By.ID, "venue")).select_by_visible_text("City Library")


@tour.step
def set_date(browser: Chrome) -> None:
    """Type the date the way you would say it: {here} the twelfth of June, twenty twenty-seven."""
    browser.find_element(By.ID, "date").send_keys("12 June 2027")


@tour.step
def describe_event(browser: Chrome) -> None:
    """Add a sentence for your guests, and list the event so that anyone can join."""
    browser.find_element(By.ID, "about").send_keys("Bring a book you love.")
    browser.find_element(By.ID, "listed").click()


@tour.step(wait_for=(By.CSS_SELECTOR, "#toast.show"))
def create_event(browser: Chrome) -> None:
    """Click Create event. Saving takes a moment, and then your draft opens."""
    browser.find_element(By.ID, "create").click()


@tour.step
def find_event(browser: Chrome) -> None:
    """To find it again, {here} go back to the list, and {here} search for a word of its name."""
    browser.find_element(By.ID, "nav-events").click()
    browser.find_element(By.ID, "search").send_keys("reading")


@tour.step
def recap(browser: Chrome) -> None:
    """That is all. Your first event is drafted, and you know where to find it."""
