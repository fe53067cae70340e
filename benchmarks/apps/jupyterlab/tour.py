"""A notebook in JupyterLab: its cell answers line by line, over a web socket, for four seconds."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import text_to_be_present_in_element as text_in
from selenium.webdriver.support.wait import WebDriverWait
from serve import seen

from forge import By, Tutorial

tour = Tutorial("Your first notebook in JupyterLab", id="first-notebook")
CELL = ".jp-Notebook .jp-Cell:last-child .cm-content"
FILES = ".jp-DirListing-content"


@tour.step
def welcome(browser):
    """This is the launcher of JupyterLab. From here we start our first notebook."""


@tour.step(wait_for=(By.CSS_SELECTOR, CELL), wait_timeout_s=30)
def new_notebook(browser):
    """Under Notebook, click Python 3. A kernel starts, and an empty cell is waiting for us."""
    browser.find_element(By.CSS_SELECTOR, ".jp-LauncherCard[data-category=Notebook]").click()
    WebDriverWait(browser, 30).until(
        lambda b: b.find_elements(By.CSS_SELECTOR, "[data-status=idle]")
    )


@tour.step
def type_code(browser):
    """Type a few lines of Python. The editor colours them as you type."""
    cell = browser.find_element(By.CSS_SELECTOR, CELL)
    cell.click()
    cell.send_keys("import time\nfor n in range(4):\n")
    cell.send_keys("print('step', n)\ntime.sleep(1)")


@tour.step
def run(browser):
    """Press Shift and Enter to run it. The output comes line by line, while the cell is busy."""
    browser.find_element(By.CSS_SELECTOR, CELL).send_keys(Keys.SHIFT, Keys.ENTER)
    WebDriverWait(browser, 30).until(text_in((By.CSS_SELECTOR, ".jp-Notebook"), "step 3"))


@tour.step(wait_for=(By.CSS_SELECTOR, ".jp-Dialog input"))
def save(browser):
    """In the File menu, choose Save Notebook. It asks for a name the first time."""
    menu = "//li[contains(@class,'lm-MenuBar-item')][.//div[text()='File']]"
    browser.find_element(By.XPATH, menu).click()
    item = ".lm-Menu-item[data-command='docmanager:save']"
    seen(browser, item, 5)
    browser.find_element(By.CSS_SELECTOR, item).click()


@tour.step
def rename(browser):
    """Call it hello, and confirm. The tab and the file list show the new name."""
    field = browser.find_element(By.CSS_SELECTOR, ".jp-Dialog input")
    field.clear()
    field.send_keys("hello.ipynb")
    browser.find_element(By.CSS_SELECTOR, ".jp-Dialog .jp-mod-accept").click()
    WebDriverWait(browser, 10).until(text_in((By.CSS_SELECTOR, FILES), "hello.ipynb"))


@tour.step
def open_table(browser):
    """Double click a file in the list to open it: here a table of sales."""
    row = "//li[contains(@class,'jp-DirListing-item')][.//span[text()='sales.csv']]"
    ActionChains(browser).double_click(browser.find_element(By.XPATH, row)).perform()
    seen(browser, ".jp-CSVViewer", 15)
