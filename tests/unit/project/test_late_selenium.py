"""The parts of Selenium that few processes need are imported at their first use."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

LARGE = ("selenium.webdriver.common.bidi", "urllib3", "websocket")
#: What a program does after `import_late()`, and what it must be.
USES = {
    "a name of a module that was left out": (
        "from selenium.webdriver.remote import webdriver\n"
        "network = webdriver.Network(None)\n"
        "from selenium.webdriver.common.bidi.network import Network\n"
        "assert type(network) is Network and isinstance(network, webdriver.Network)"
    ),
    "a class of one": (
        "from selenium.webdriver.remote import webdriver\n"
        "class Own(webdriver.Script): pass\n"
        "from selenium.webdriver.common.bidi.script import Script\n"
        "assert Own.__bases__ == (Script,) and webdriver.Script.__name__ == 'Script'"
    ),
    "the modules themselves": (
        "import selenium.webdriver, selenium.webdriver.common.bidi.network as network\n"
        "import urllib3.util, websocket\n"
        "assert isinstance(network.Network, type) and urllib3.PoolManager() and websocket.__file__"
    ),
    "the HTTP client": (
        "from selenium.webdriver.remote.remote_connection import RemoteConnection\n"
        "manager = RemoteConnection('http://127.0.0.1:9')._get_connection_manager()\n"
        "import urllib3\n"
        "assert type(manager) is urllib3.PoolManager"
    ),
    "the error of an HTTP client": (
        "from selenium import webdriver\n"
        "import selenium.webdriver.remote.remote_connection as connection\n"
        "try:\n    connection.urllib3.util.parse_url('http://[')\n"
        "except connection.urllib3.exceptions.HTTPError:\n    pass"
    ),
    "the WebSocket client": (
        "from selenium.webdriver.remote import websocket_connection\n"
        "app = websocket_connection.WebSocketApp('ws://127.0.0.1:9')\n"
        "import websocket\n"
        "assert type(app) is websocket.WebSocketApp"
    ),
    "a driver": (
        "import pickle, selenium.webdriver as of\n"
        "from selenium.webdriver.remote.webdriver import WebDriver\n"
        "assert issubclass(of.Chrome, WebDriver) and issubclass(of.Firefox, WebDriver)\n"
        "assert pickle.loads(pickle.dumps(of.Chrome)) is of.Chrome"
    ),
    "the tools of a tutorial": (
        "from selenium.webdriver import ActionChains, Keys\n"
        "from selenium.webdriver.support.ui import Select, WebDriverWait\n"
        "from selenium.webdriver.support import expected_conditions as EC\n"
        "assert EC.title_is('x') and WebDriverWait(None, 1)"
    ),
    "a module that needs them at once": (
        "from forge.project import late_selenium\n"
        "late_selenium.LATE['needing'] = ('urllib3',)\n"
        "import needing\n"
        "assert needing.SIZE > 0"
    ),
}


def run(program: str, env: Mapping[str, str], folder: Path, *, drives: bool = False) -> str:
    start = f"from forge.project.late_selenium import import_late\nimport_late(drives={drives})\n"
    done = subprocess.run(
        [sys.executable, "-c", start + program],
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_driver_is_imported_without_what_drives_a_browser(
    command_environment: dict[str, str], tmp_path: Path
) -> None:
    program = f"""
import sys
from selenium.webdriver import Chrome
from selenium.webdriver.support.select import Select
print([name for name in sys.modules if name.startswith({LARGE!r})])"""
    assert run(program, command_environment, tmp_path) == "[]\n"


def test_a_worker_imports_bidi_late(command_environment: dict[str, str], tmp_path: Path) -> None:
    program = f"""
import sys
from selenium.webdriver import Chrome
print(*[name for name in {LARGE!r} if name in sys.modules])"""
    assert run(program, command_environment, tmp_path, drives=True) == "urllib3 websocket\n"


@pytest.mark.parametrize("drives", [False, True], ids=["plans", "drives"])
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_what_is_used_is_imported(
    use: str, command_environment: dict[str, str], tmp_path: Path, drives: bool
) -> None:
    needing = "import urllib3\nSIZE = len(urllib3.__version__ + '1')"
    (tmp_path / "needing.py").write_text(needing, encoding="utf-8")
    run(use, command_environment, tmp_path, drives=drives)
