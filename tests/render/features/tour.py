"""A tutorial with a step for each feature of pages."""

import time
from pathlib import Path

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.wait import WebDriverWait

from forge import By, Tutorial

tour = Tutorial("Features", id="tour", summary="x")


@tour.step("a", wait_for=(By.ID, "late"))
def explicit_wait(browser):
    browser.find_element(By.ID, "b").click()
    WebDriverWait(browser, 10).until(expect.text_to_be_present_in_element((By.ID, "p"), "loaded"))


@tour.step("b")
def implicit_wait(browser, ctx):
    browser.get(f"{ctx.state}/waits")
    browser.implicitly_wait(10)
    browser.find_element(By.ID, "b").click()
    browser.find_element(By.ID, "late")
    browser.implicitly_wait(0)


@tour.step("c")
def sleep(browser, ctx):
    browser.get(f"{ctx.state}/time")
    time.sleep(1.5)


@tour.step("d")
def dialogs(browser, ctx):
    browser.get(f"{ctx.state}/dialogs")
    browser.find_element(By.ID, "b").click()
    time.sleep(0.5)
    browser.switch_to.alert.accept()
    assert browser.find_element(By.ID, "p").text == "yes"


@tour.step("e")
def frames(browser, ctx):
    browser.get(f"{ctx.state}/frame")
    browser.switch_to.frame(0)
    browser.find_element(By.ID, "b").click()
    browser.switch_to.default_content()


@tour.step("f")
def shadow(browser, ctx):
    browser.get(f"{ctx.state}/shadow")
    root = browser.find_element(By.CSS_SELECTOR, "my-box").shadow_root
    root.find_element(By.CSS_SELECTOR, "#b").click()


@tour.step("g")
def popup(browser, ctx):
    browser.get(f"{ctx.state}/windows")
    browser.find_element(By.ID, "b").click()
    WebDriverWait(browser, 5).until(expect.number_of_windows_to_be(2))
    browser.switch_to.window(browser.window_handles[1])
    WebDriverWait(browser, 5).until(expect.text_to_be_present_in_element((By.ID, "p"), "ready"))


@tour.step("h")
def back_in_the_first_window(browser):
    browser.close()
    browser.switch_to.window(browser.window_handles[0])


@tour.step("i")
def new_tab(browser, ctx):
    browser.switch_to.new_window("tab")
    browser.get(f"{ctx.state}/second")
    WebDriverWait(browser, 5).until(expect.text_to_be_present_in_element((By.ID, "p"), "ready"))


@tour.step("j")
def tab_closed(browser):
    browser.close()
    browser.switch_to.window(browser.window_handles[0])


@tour.step("k")
def upload(browser, ctx):
    browser.get(f"{ctx.state}/files")
    path = Path(__file__).with_name("upload.txt")
    path.write_text("hello")
    browser.find_element(By.ID, "f").send_keys(str(path))


@tour.step("l")
def download(browser, ctx):
    folder = Path(__file__).parent
    browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)}
    )
    (folder / "report.csv").unlink(missing_ok=True)
    browser.find_element(By.ID, "b").click()
    WebDriverWait(browser, 5).until(lambda _: (folder / "report.csv").exists())


@tour.step("m")
def drag(browser, ctx):
    browser.get(f"{ctx.state}/drag")
    box, place = browser.find_element(By.ID, "a"), browser.find_element(By.ID, "z")
    ActionChains(browser).drag_and_drop(box, place).perform()


@tour.step("n")
def keyboard(browser, ctx):
    browser.get(f"{ctx.state}/keys")
    browser.find_element(By.ID, "f").send_keys("hello")
    ActionChains(browser).key_down(Keys.CONTROL).send_keys("k").key_up(Keys.CONTROL).perform()
    assert browser.find_element(By.ID, "p").text == "palette"


@tour.step("o")
def redirect(browser, ctx):
    browser.get(f"{ctx.state}/moved")
    WebDriverWait(browser, 5).until(expect.text_to_be_present_in_element((By.ID, "p"), "ready"))


@tour.step("p")
def history(browser):
    browser.back()
    browser.forward()
    browser.refresh()
    WebDriverWait(browser, 5).until(expect.text_to_be_present_in_element((By.ID, "p"), "ready"))


@tour.step("q")
def routes(browser, ctx):
    browser.get(f"{ctx.state}/routes")
    browser.find_element(By.ID, "b").click()
    WebDriverWait(browser, 5).until(expect.text_to_be_present_in_element((By.ID, "h"), "two"))


@tour.step("r")
def scroll(browser, ctx):
    browser.get(f"{ctx.state}/scroll")
    browser.execute_script("scrollTo({top: 2000, behavior: 'smooth'})")
    time.sleep(1.5)


@tour.step("s")
def transition(browser, ctx):
    browser.get(f"{ctx.state}/transition")
    browser.find_element(By.ID, "b").click()
    time.sleep(1.5)


@tour.step("v")
def script(browser):
    assert browser.execute_async_script("setTimeout(arguments[0], 1000, 7)") == 7


@tour.step("It polls and moves for as long as anybody looks.")
def polling(browser, ctx):
    browser.get(f"{ctx.state}/polling")
    time.sleep(1)
