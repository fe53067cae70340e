"""Invite a guest to an event of Lumen Events."""

from selenium.webdriver import Chrome
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from forge import By, Tutorial

SCROLL_TO_END = "window.scrollTo({top: document.body.scrollHeight, behavior: 'smooth'})"
AT_END = "return innerHeight + scrollY >= document.body.scrollHeight - 1"

tour = Tutorial(
    "Invite guests to an event",
    id="invite-guests",
    objectives=["Read the guest list", "Send an invitation"],
    summary="Your guest is invited, and the answer will show up in the list.",
)


@tour.step
def welcome(browser: Chrome) -> None:
    """Your event is planned, and now it needs guests. In this tour we invite one."""


@tour.step
def open_event(browser: Chrome) -> None:
    """Open the Spring Garden Concert to see its programme and the main facts."""
    browser.find_element(By.ID, "event-1").click()


@tour.step
def open_guests(browser: Chrome) -> None:
    """The Guests tab shows who is invited, and what each of them answered."""
    browser.find_element(By.ID, "tab-guests").click()


@tour.step
def scroll_list(browser: Chrome) -> None:
    """Sixty people make a long list. {here} Scroll down to see the most recent ones."""
    browser.execute_script(SCROLL_TO_END)
    WebDriverWait(browser, 5).until(lambda b: b.execute_script(AT_END))


@tour.step(wait_for=(By.ID, "invite-dialog"))
def open_invitation(browser: Chrome) -> None:
    """The Invite guest button stays in view wherever you are on the page. {here} Click it."""
    browser.find_element(By.ID, "invite").click()


@tour.step
def enter_guest(browser: Chrome) -> None:
    """Enter the name and the email address of the person you would like to see there."""
    browser.find_element(By.ID, "guest-name").send_keys("Ada Moreau")
    browser.find_element(By.ID, "guest-email").send_keys("ada@example.com")


@tour.step
def choose_role(browser: Chrome) -> None:
    """Ada is going to say a few words at the concert, {here} so her role is speaker."""
    Select(browser.find_element(By.ID, "guest-role")).select_by_visible_text("Speaker")


@tour.step(settle_s=0.8, wait_for=(By.CSS_SELECTOR, "#toast.show"))
def send_invitation(browser: Chrome) -> None:
    """Send the invitation. It takes a second, and Ada appears at the end of the list."""
    browser.find_element(By.ID, "send-invite").click()


@tour.step
def recap(browser: Chrome) -> None:
    """Done. Your guest is invited, and her answer will show up right here."""
