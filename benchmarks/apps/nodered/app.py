"""Node-RED: SVG, drag and drop, Monaco, a web socket."""

from selenium.webdriver.support.expected_conditions import invisibility_of_element_located
from selenium.webdriver.support.wait import WebDriverWait
from serve import NODE, ServedApp, seen

from forge import By

SETTINGS = """module.exports = {
  flowFile: 'flows.json',
  telemetry: {enabled: false, updateNotification: false},
  editorTheme: {tours: false},
}
"""


class Editor(ServedApp):
    def setup(self, browser, ctx):
        self.stop()
        folder = self.fresh("red")
        settings = folder / "settings.js"
        settings.write_text(SETTINGS)
        port = self.slot.free_port()
        url = f"http://127.0.0.1:{port}/"
        self.serve([NODE / "node-red", "-p", port, "-u", folder, "-s", settings], url)
        browser.get(url)
        seen(browser, ".red-ui-palette-node[data-palette-type=inject]")
        loading = (By.ID, "red-ui-loading-progress")
        WebDriverWait(browser, 60).until(invisibility_of_element_located(loading))
