"""Steps with clocks of their own: a service worker, web sockets and server events, a film."""

import time

from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.wait import WebDriverWait

from forge import By, Tutorial

tour = Tutorial("Loose", id="loose", summary="x")


@tour.step("t")
def service_worker(browser, ctx):
    browser.get(f"{ctx.state}/worker")
    WebDriverWait(browser, 5).until(expect.text_to_be_present_in_element((By.ID, "p"), "worker"))


@tour.step("u")
def sockets(browser, ctx):
    browser.get(f"{ctx.state}/socket")
    WebDriverWait(browser, 5).until(expect.text_to_be_present_in_element((By.ID, "p"), "hello"))
    WebDriverWait(browser, 5).until(expect.text_to_be_present_in_element((By.ID, "e"), "hello"))


@tour.step("w")
def film(browser, ctx):
    browser.get(f"{ctx.state}/film")
    browser.find_element(By.ID, "b").click()
    time.sleep(1)
    assert 0.7 < browser.execute_script("return v.currentTime") < 1.5
    WebDriverWait(browser, 5).until(expect.text_to_be_present_in_element((By.ID, "p"), "over"))
