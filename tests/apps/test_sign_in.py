"""Signing in to real apps: once for each worker, again when the session is over, and in secret."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from forge.adapters.contract import Context, Slot
from forge.errors import AdapterError, RecordingError
from forge.text import redact
from forge.waits import Awaited
from tests.support.live_browser import live_browser
from tests.support.project import Project
from tests.support.token_shop import token_shop

pytest.importorskip("django")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOPS = Path(__file__).with_name("shops")
DJANGO = [sys.executable, str(SHOPS / "django_shop.py")]
SERVE = [*DJANGO, "runserver", "--noreload", "127.0.0.1:{port}"]
USER, PASSWORD = "ada@marker.example", "m4rker & <passw0rd>"
FIELDS = {"User": "$SHOP_USER", "Password": "$SHOP_PASSWORD"}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder with a short path: a browser makes sockets in it."""
    made = Path(tempfile.mkdtemp(prefix="ft-", dir="/tmp"))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def made_browser(folder: Path) -> Iterator[Chrome]:
    with live_browser(folder) as browser:
        yield browser


@pytest.fixture
def browser(made_browser: Chrome, monkeypatch: pytest.MonkeyPatch) -> Chrome:
    """A browser as after its start, and the secrets in the environment."""
    made_browser.get("about:blank")
    forget(made_browser)
    monkeypatch.setattr(redact, "_hidden", set())
    monkeypatch.setenv("SHOP_USER", USER)
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    return made_browser


def forget(browser: Chrome, *origins: str) -> None:
    """Make the browser like a fresh one."""
    browser.execute_cdp_cmd("Storage.clearCookies", {})
    for origin in origins:
        browser.execute_cdp_cmd(
            "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"}
        )


def make_shop(path: Path) -> None:
    environment = {"SHOP_DB": str(path), "SHOP_USER": USER, "SHOP_PASSWORD": PASSWORD}
    subprocess.run([*DJANGO, "make"], env={**os.environ, **environment}, check=True)


@pytest.fixture(scope="module")
def seed(folder: Path) -> Path:
    make_shop(folder / "shop.db")
    return folder / "shop.db"


class Shop:
    """The Django shop, served for one slot."""

    def __init__(self, slot: Slot, database: Path) -> None:
        self._slot, self._database = slot, database
        self.url = self.start()

    def start(self, key: str = "of a test") -> str:
        """Start it, with another port; sessions are valid for one key."""
        self.url = self._slot.serve(
            SERVE,
            ready="/health",
            env={"SHOP_DB": str(self._database), "SHOP_KEY": key},
        )
        return self.url

    def asked(self) -> int:
        """Return how often the form was sent."""
        return (self._slot.dir / "app-0.log").read_text().count("POST /login")


@pytest.fixture
def slot(tmp_path: Path) -> Iterator[Slot]:
    (tmp_path / "slot-0").mkdir()
    slot = Slot(0, tmp_path / "slot-0", tmp_path)
    yield slot
    slot.end_servers()


@pytest.fixture
def shop(slot: Slot, seed: Path) -> Shop:
    return Shop(slot, seed)


def sign_in(browser: Chrome, slot: Slot, shop: Shop, done: Awaited | None = None) -> str:
    """Sign in to the Django shop as in a new render; return the heading of the page then."""
    context = Context(None, slot, "tour")
    context.sign_in(browser, f"{shop.url}/login", FIELDS, "Sign in", done)
    heading: str = browser.execute_script("return document.querySelector('h1').innerText")
    return heading


def test_session_serves_later_renders_until_it_expires(
    browser: Chrome, slot: Slot, shop: Shop
) -> None:
    assert (sign_in(browser, slot, shop), shop.asked()) == (f"Goods of {USER}", 1)
    shop.start()
    forget(browser, shop.url)
    assert (sign_in(browser, slot, shop), shop.asked()) == (f"Goods of {USER}", 1)
    assert browser.current_url == f"{shop.url}/"
    shop.start(key="another")
    forget(browser, shop.url)
    assert (sign_in(browser, slot, shop, done=("css selector", "ul li")), shop.asked()) == (
        f"Goods of {USER}",
        2,
    )


def test_refusal_has_the_words_of_the_page_and_is_not_repeated(
    browser: Chrome, slot: Slot, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "m4rker-wrong")
    with pytest.raises(RecordingError, match="enter a correct username and password") as problem:
        sign_in(browser, slot, shop)
    assert "check SHOP_USER, SHOP_PASSWORD" in problem.value.hint
    assert not problem.value.transient
    assert problem.value.any_clock
    assert "m4rker" not in str(problem.value)
    assert browser.execute_script("return document.querySelector('#id_username').value") == ""
    other = Slot(1, slot.dir.with_name("slot-1"), slot.project_dir)
    other.dir.mkdir()
    with pytest.raises(RecordingError, match=r"correct username .* \(not tried again"):
        sign_in(browser, other, shop)
    assert shop.asked() == 1


@pytest.mark.parametrize(
    ("page", "fields", "button", "said"),
    [
        ("/login", {"User": "$SHOP_USER", "Code": "$SHOP_PASSWORD"}, "Sign in", 'field "Code"'),
        ("/login", FIELDS, "Log in", 'button "Log in"'),
    ],
)
def test_form_that_is_another_is_said(
    browser: Chrome, slot: Slot, shop: Shop, monkeypatch: pytest.MonkeyPatch,
    page: str, fields: dict[str, str], button: str, said: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("forge.adapters.sign_in.FORM_S", 0.2)
    with pytest.raises(RecordingError, match=f"sign-in at .*{page}: ") as problem:
        Context(None, slot, "tour").sign_in(browser, shop.url + page, fields, button)
    assert said in problem.value.message
    assert USER not in str(problem.value)
    assert shop.asked() == 0


@pytest.mark.parametrize("page", ["/", "/?db"])
def test_session_in_the_pages_storage_is_kept_and_its_end_is_noticed(
    page: str, browser: Chrome, slot: Slot
) -> None:
    fields = {"Email": "$SHOP_USER", "Password": "$SHOP_PASSWORD"}
    context = Context(None, slot, "tour")
    with token_shop() as shop:
        shop.accepts = PASSWORD

        def render() -> tuple[str, int]:
            forget(browser, shop.url)
            context.sign_in(browser, f"{shop.url}{page}", fields, "Go on")
            said: str = browser.execute_script("return document.body.innerText")
            return " ".join(said.split()), shop.asked

        assert render() == ("Goods yes", 1)
        assert render() == ("Goods yes", 1)
        (token,) = shop.tokens
        assert token not in redact.without_passwords(f"the key is {token}")
        shop.tokens.clear()
        assert render() == ("Goods yes", 2)
        shop.tokens.clear()
        shop.accepts = "another"
        with pytest.raises(RecordingError) as problem:
            render()
        assert "the page says: No account for ••• with •••." in problem.value.message
        assert shop.asked == 3


FORGE_TOML = f"""
    [voice]
    engine = "silent"
    [video]
    clock = "elastic"
    width = 800
    height = 600
    [app]
    command = {json.dumps(SERVE)}
    data = "shop.db"
    env = {{ SHOP_DB = "{{data}}" }}
    ready = "/health"
    [app.sign_in]
    fields = {{ "User" = "$SHOP_USER", "Password" = "$SHOP_PASSWORD" }}
"""

GOOD = """
    from forge import Tutorial
    tour = Tutorial("A tour", id="NAME")

    @tour.step
    def look(browser):
        '''These are the goods.'''
        assert "Goods of" in browser.find_element("css selector", "h1").text
"""

BAD = (
    GOOD.replace("NAME", "bad")
    + """
        import json, os, tempfile
        from pathlib import Path
        secret, cookie = os.environ["SHOP_PASSWORD"], browser.get_cookie("sessionid")["value"]
        run = Path(tempfile.gettempdir()).parents[2]
        files = [path for path in run.rglob("*") if path.is_file()]
        told = [str(path) for path in files if secret.encode() in path.read_bytes()]
        Path("FOLDER/told.json").write_text(json.dumps([str(run), len(files), told, cookie]))
        browser.execute_script(
            "console.log(arguments[0]); document.body.dataset.leak = arguments[0]",
            f"here is {secret} and {cookie}",
        )
        raise RuntimeError(f"{secret} {cookie}")
"""
)


def files_with(folder: Path, *texts: str) -> list[str]:
    """Return which files in `folder` have one of `texts` in them; and check that there are many."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    return [
        f"{path}: {text}" for path in files for text in texts if text.encode() in path.read_bytes()
    ]


@pytest.fixture
def project(empty_project: Project, seed: Path) -> Project:
    shutil.copy(seed, empty_project.folder)
    empty_project.write("forge.toml", FORGE_TOML)
    empty_project.write(".env", f"SHOP_USER={USER}\n")
    return empty_project


@pytest.mark.usefixtures("nothing_left_behind")
def test_nothing_that_is_written_has_a_secret(project: Project, tmp_path: Path) -> None:
    for name in ("first", "second"):
        project.write(f"tutorials/{name}.py", GOOD.replace("NAME", name))
    project.write("tutorials/zoo.py", BAD.replace("FOLDER", str(tmp_path)))
    project.render("--keep-going", "--retries", "0", SHOP_PASSWORD=PASSWORD)

    statuses = [entry["status"] for entry in project.batch()]
    assert statuses == ["done", "done", "failed"], project.logs()
    assert project.log("app-0").count("POST /login") == 1
    run, number, told, cookie = json.loads((tmp_path / "told.json").read_text())
    assert number > 10, f"the browser's profile and the logs are in {run}"
    assert told == []
    assert len(cookie) > 50
    assert "RuntimeError: ••• •••" in project.output
    for name in ("console.log", "failure.html"):
        assert "here is ••• and •••" in (project.work("bad") / name).read_text()
    assert "m4rker" not in project.output.replace(USER, "")
    assert cookie not in project.output
    assert files_with(project.folder, PASSWORD, "m4rker &", cookie) == []


@pytest.mark.usefixtures("nothing_left_behind")
def test_refusal_fails_the_jobs_and_is_asked_for_once_by_all_lanes(project: Project) -> None:
    for name in ("first", "second"):
        project.write(f"tutorials/{name}.py", GOOD.replace("NAME", name))
    project.render("-j", "2", "--keep-going", SHOP_PASSWORD="m4rker-wrong")

    assert project.code == 1
    for entry in project.batch():
        assert (entry["status"], entry["attempts"]) == ("failed", 1)
        assert "the page says: Please enter a correct username" in entry["error"]["message"]
        assert entry["error"]["file"] is None, "no line of users' code is the cause"
    pages = [path.read_text() for path in (project.folder / ".forge").glob("*/failure.html")]
    assert sum("Please enter a correct username" in page for page in pages) == 1
    logs = (project.folder / ".forge").rglob("app-?.log")
    assert sum(log.read_text().count("POST /login") for log in logs) == 1
    assert files_with(project.folder, "m4rker-wrong") == []
    assert "m4rker-wrong" not in project.output


def test_variable_that_is_not_set_ends_the_command_before_a_browser_starts(
    project: Project,
) -> None:
    project.write("tutorials/first.py", GOOD.replace("NAME", "first"))
    project.render("--phase", "record")
    assert project.code == 2
    said = "forge.toml: app.sign_in.fields: the environment variable SHOP_PASSWORD is not set"
    assert said in project.output
    assert not (project.folder / ".forge" / "logs").exists()


def test_dialog_after_the_form_was_sent_is_a_refusal(browser: Chrome, slot: Slot) -> None:
    fields = {"Email": "$SHOP_USER", "Password": "$SHOP_PASSWORD"}
    with token_shop() as shop:
        shop.locked = True
        with pytest.raises(RecordingError, match="the page says: Account ••• is locked"):
            Context(None, slot, "tour").sign_in(browser, shop.url, fields, "Go on")
        with pytest.raises(RecordingError, match="not tried again"):
            Context(None, slot, "tour").sign_in(browser, shop.url, fields, "Go on")
        assert shop.asked == 1


def test_step_and_literal_and_unset_variable_are_refused(
    browser: Chrome, slot: Slot, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Context(None, slot, "tour")
    with pytest.raises(AdapterError, match="'Password' is not the name of an env") as problem:
        context.sign_in(browser, shop.url, {"Password": "s3cret"}, "Sign in")
    assert "s3cret" not in str(problem.value)
    monkeypatch.delenv("SHOP_PASSWORD")
    with pytest.raises(AdapterError, match="variable SHOP_PASSWORD is not set on"):
        sign_in(browser, slot, shop)
    context.filming = True
    with pytest.raises(AdapterError, match="would be part of the video"):
        context.sign_in(browser, shop.url, FIELDS, "Sign in")
