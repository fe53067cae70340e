"""Secrets that a render must not reveal to files, programs or other users."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.project import Project

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("nothing_left_behind")]

TOUR = """
    import json, urllib.error, urllib.request
    from pathlib import Path
    import psutil
    from forge import Tutorial
    tour = Tutorial("A tour", id="tour")
    URL = "http://me:s3cret@127.0.0.1:PORT/"

    @tour.step
    def sign_in(browser):
        '''Sign in.'''
        browser.get(URL)
        browser.execute_script("console.log('here is ' + arguments[0])", URL)
        browser.execute_script("console.log('half \\\\ud800')")

    @tour.step
    def look(browser):
        '''What others see.'''
        driver = psutil.Process(browser.service.process.pid)
        programs = [driver, *driver.children(recursive=True)]
        told = {"environments": [program.environ() for program in programs]}
        port = f"http://127.0.0.1:{browser.service.port}"
        for path in ("/status", "/sessions", "/session", "/shutdown"):
            try:
                told[path] = urllib.request.urlopen(port + path, timeout=5).status
            except urllib.error.HTTPError as refused:
                told[path] = refused.code
        Path("FOLDER/told.json").write_text(json.dumps(told))
        raise RuntimeError(f"{URL} is not to be told")
"""


class Server(BaseHTTPRequestHandler):
    """A server of one page, whose picture is missing and whose script fails."""

    def do_GET(self) -> None:
        found = self.path == "/"
        body = b"<img src=missing.png><script>not_there()</script>" if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_failed_render_reveals_no_secret(make_project: Callable[..., Project], port: int) -> None:
    tour = TOUR.replace("PORT", str(port))
    project = make_project("")
    project.write("tutorials/tour.py", tour.replace("FOLDER", str(project.folder)))
    secrets = {"OPENAI_API_KEY": "k3y", "GITHUB_TOKEN": "k3y", "FORGE_RETRIES": "0"}
    project.render(**secrets)

    assert project.code == 1
    assert f"http://127.0.0.1:{port}/ is not to be told" in project.output
    console = (project.work("tour") / "console.log").read_text()
    for said in (f"here is http://127.0.0.1:{port}/", "404", "not_there is not defined", "half "):
        assert said in console
    written = [
        path
        for folder in (project.folder / ".forge", project.folder / "dist")
        for path in folder.rglob("*")
        if path.is_file()
    ]
    assert "s3cret" not in project.output
    for path in written:
        assert b"s3cret" not in path.read_bytes(), path
        assert b"k3y" not in path.read_bytes(), path

    assert (project.folder / ".forge").stat().st_mode & 0o777 == 0o700
    evidence = [p for p in written if p.suffix == ".log" or p.name == "failure.png"]
    assert len(evidence) >= 5, "console, picture, and the logs of batch, lane and job"
    assert {path.stat().st_mode & 0o777 for path in evidence} == {0o600}

    told = json.loads((project.folder / "told.json").read_text())
    environments = told.pop("environments")
    assert len(environments) >= 2, "the driver's and the browser's"
    assert environments[0]["PATH"]
    for environment in environments:
        assert not secrets.keys() & environment.keys()

    assert set(told.values()) == {400}, "the driver answers only who knows its path"
