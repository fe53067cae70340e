"""A first note in TiddlyWiki, whose text is written inside a frame."""

from selenium.webdriver.common.keys import Keys
from serve import seen

from forge import By, Tutorial

tour = Tutorial("A first note in TiddlyWiki", id="first-note")
EDITOR = ".tc-tiddler-edit-frame"
TEXT = "Feed the ''starter'' at night.\n\n* 500 g flour\n* 350 g water\n* 10 g salt"


@tour.step
def welcome(browser):
    """An empty wiki. Everything in it is a small note, called a tiddler."""


@tour.step(wait_for=(By.CSS_SELECTOR, f"{EDITOR} iframe"))
def new(browser):
    """Click the plus to write a new one."""
    plus = ".tc-page-controls button[aria-label='new tiddler']"
    browser.find_element(By.CSS_SELECTOR, plus).click()


@tour.step
def title(browser):
    """Give it a title."""
    field = browser.find_element(By.CSS_SELECTOR, "input.tc-titlebar")
    field.clear()
    field.send_keys("Sourdough")


@tour.step
def text(browser):
    """The text has a toolbar of its own. Two quotes around a word make it bold."""
    browser.switch_to.frame(browser.find_element(By.CSS_SELECTOR, f"{EDITOR} iframe"))
    area = browser.find_element(By.TAG_NAME, "textarea")
    area.clear()
    area.send_keys(TEXT)
    browser.switch_to.default_content()


@tour.step
def tag(browser):
    """Add a tag, so that you find it among the other recipes."""
    field = browser.find_element(By.CSS_SELECTOR, ".tc-edit-tags input")
    field.send_keys("recipe" + Keys.ENTER)
    seen(browser, f"{EDITOR} .tc-tag-label", 10)


@tour.step(wait_for=(By.CSS_SELECTOR, ".tc-tiddler-view-frame[data-tiddler-title=Sourdough]"))
def save(browser):
    """Then the tick mark saves it."""
    tick = f"{EDITOR} button[aria-label='Confirm changes to this tiddler']"
    browser.find_element(By.CSS_SELECTOR, tick).click()


@tour.step
def search(browser):
    """Type a few letters into the search box, and there it is again."""
    browser.find_element(By.CSS_SELECTOR, ".tc-search input[type=search]").send_keys("flour")
    seen(browser, ".tc-search-results a", 10)
