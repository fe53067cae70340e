"""The scripts for pages: each file is one that Chromium can parse."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from forge.model.settings import Browser
from forge.workers.recording.browser.find import find_browser
from forge.workers.recording.javascript import load
from tests.support.project import ROOT

FOLDER = ROOT / "workers" / "recording"
FILES = sorted(FOLDER.rglob("js/*.js"))
#: A file is a function's body, with `arguments` and `return`, or one function.
PARSER = """<!doctype html><pre id=found></pre><script>
const parses = text => {
  try { new Function(text); return true; } catch { new Function(`(${text})`); return true; }
};
const found = {};
for (const [name, text] of Object.entries(FILES)) {
  try { parses(text); } catch (problem) { found[name] = String(problem); }
}
document.getElementById('found').textContent = JSON.stringify(found);
</script>"""


def unparsed(texts: dict[str, str], folder: Path) -> dict[str, str]:
    """Return the error of each text that Chromium cannot parse, by name."""
    given = json.dumps(texts).replace("</", "<\\/")
    page = folder / "page.html"
    page.write_text(PARSER.replace("FILES", given), encoding="utf-8")
    binary = str(find_browser(Browser()).binary)
    command = [binary, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page.as_uri()]
    dumped = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    found: dict[str, str] = json.loads(dumped.partition('<pre id="found">')[2].partition("</")[0])
    return found


@pytest.mark.browser
def test_every_script_parses(tmp_path: Path) -> None:
    texts = {str(path.relative_to(FOLDER)): path.read_text("utf-8") for path in FILES}
    assert len(texts) > 15
    assert unparsed(texts | {"broken": "const = 1"}, tmp_path).keys() == {"broken"}


def test_a_script_is_loaded_without_its_last_newline() -> None:
    text = (FOLDER / "hand" / "js" / "seen.js").read_text("utf-8")
    assert load("forge.workers.recording.hand.geometry", "seen") + "\n" == text
