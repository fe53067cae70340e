"""A tutorial of two steps for each page of `world.py`; the first begins an exchange."""

import subprocess
import sys
import threading
import time

from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.wait import WebDriverWait

from forge import By, Tutorial

#: Page → True if its first step waits for the end of the exchange.
WAITS = {
    "reply": False,
    "kernel": True,
    "events": False,
    "stream": True,
    "worker": False,
    "timers": False,
    "shared": True,
    "channel": False,
    "poll": True,
    "spinner": False,
    "caret": False,
    "patient": True,
}


def click(browser):
    browser.find_element(By.ID, "b").click()


def verdict(browser):
    colour = browser.find_element(By.ID, "verdict").value_of_css_property("background-color")
    assert colour.startswith("rgba(0, 170, 0"), colour


def declare(name, waits):
    tour = Tutorial(name, id=name)

    @tour.step("This is what happens when one clicks the button, and then waits.")
    def go(browser):
        click(browser)
        if waits:
            is_green = "return verdict.style.background !== ''"
            WebDriverWait(browser, 10).until(lambda b: b.execute_script(is_green))

    @tour.step("There it is.")
    def read(browser):
        pass

    return tour


for one, waits in WAITS.items():
    globals()[one] = declare(one, waits)

by_itself = Tutorial("By itself", id="by-itself")


@by_itself.step("Nothing is done here.")
def rest(browser):
    click(browser)


@by_itself.step("And something comes.")
def later(browser, ctx):
    arrived = threading.Event()

    def push():
        ctx.state.push()
        arrived.set()

    threading.Timer(0.1, push).start()
    arrived.wait(5)


@by_itself.step("It is seen.")
def seen(browser):
    pass


job = Tutorial("Job", id="job")


@job.step("The step's own code waits for the server.")
def ask(browser, ctx):
    from urllib.request import urlopen

    click(browser)
    for _ in range(20):
        if b"true" in urlopen(ctx.state.url + "/job").read():
            break
        time.sleep(0.25)
    else:
        raise AssertionError("it was not over after 20 looks")
    subprocess.run([sys.executable, "-c", "import time; time.sleep(1)"], check=True)
    browser.execute_script("return look()")
    WebDriverWait(browser, 5).until(expect.text_to_be_present_in_element((By.ID, "out"), "over"))


def thrice(name):
    tour = Tutorial(name, id=name)
    for number in ("one", "two", "three"):
        tour.step(f"Click {number}.")(globals_step(number))
    return tour


def globals_step(number):
    def step(browser):
        click(browser)

    step.__name__ = number
    return step


quiet, silent = thrice("quiet"), thrice("silent")

opener = Tutorial("Opener", id="opener")


@opener.step("A window opens, and the one that opened it tells it something a second later.")
def open_it(browser):
    click(browser)
    browser.switch_to.window(browser.window_handles[1])


@opener.step("It was told.")
def told(browser):
    verdict(browser)
