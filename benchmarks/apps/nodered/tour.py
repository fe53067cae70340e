"""A first flow in Node-RED: nodes are dragged, wired, edited by double click, and run."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.expected_conditions import invisibility_of_element_located
from selenium.webdriver.support.expected_conditions import text_to_be_present_in_element as text_in
from selenium.webdriver.support.wait import WebDriverWait
from serve import seen

from forge import By, Tutorial

tour = Tutorial("A first flow in Node-RED", id="first-flow")
GROUP = "g.red-ui-flow-node-group"
DEBUG_TAB = ".red-ui-tab-link-button[title^='Debug'], .red-ui-tab-link-buttons i.fa-bug"


def place(browser, kind, x, count):
    """Drag a node of `kind` out of the palette; then there are `count` of them."""
    css = f".red-ui-palette-node[data-palette-type={kind}]"
    node = browser.find_element(By.CSS_SELECTOR, css)
    ActionChains(browser).drag_and_drop_by_offset(node, x, 60).perform()
    WebDriverWait(browser, 5).until(lambda b: len(b.find_elements(By.CSS_SELECTOR, GROUP)) == count)


@tour.step
def welcome(browser):
    """This is the editor of Node-RED: nodes on the left, the flow in the middle."""


@tour.step
def inject(browser):
    """Drag an inject node into the flow. It will start a message."""
    place(browser, "inject", 300, 1)


@tour.step
def debug(browser):
    """Then a debug node, to the right of it. It shows what arrives."""
    place(browser, "debug", 620, 2)


@tour.step
def wire(browser):
    """Draw a wire from one to the other."""
    out = browser.find_element(By.CSS_SELECTOR, "g.red-ui-flow-port-output rect")
    into = browser.find_element(By.CSS_SELECTOR, "g.red-ui-flow-port-input rect")
    ActionChains(browser).drag_and_drop(out, into).perform()
    WebDriverWait(browser, 5).until(
        lambda b: b.find_elements(By.CSS_SELECTOR, "path.red-ui-flow-link-line")
    )


@tour.step(wait_for=(By.ID, "node-input-name"))
def edit(browser):
    """Double click the inject node to open its properties."""
    node = browser.find_element(By.CSS_SELECTOR, f"{GROUP} .red-ui-flow-node")
    ActionChains(browser).double_click(node).perform()


@tour.step
def rename(browser):
    """Name it Hello, and click Done."""
    browser.find_element(By.ID, "node-input-name").send_keys("Hello")
    browser.find_element(By.ID, "node-dialog-ok").click()
    WebDriverWait(browser, 5).until(invisibility_of_element_located((By.ID, "node-dialog-ok")))


@tour.step
def deploy(browser):
    """Deploy sends the flow to the server."""
    browser.find_element(By.ID, "red-ui-header-button-deploy").click()
    WebDriverWait(browser, 10).until(text_in((By.ID, "red-ui-notifications"), "deployed"))


@tour.step
def run(browser):
    """Open the debug sidebar and press the button of the node. A message comes in."""
    button = f"{GROUP} .red-ui-flow-node-button-button"
    ActionChains(browser).click(browser.find_element(By.CSS_SELECTOR, button)).perform()
    browser.find_element(By.CSS_SELECTOR, f".red-ui-sidebar-icon-debug, {DEBUG_TAB}").click()
    seen(browser, ".red-ui-debug-msg", 10)
