"""The adapters that `[app]` stands for: when the app is started anew, and what it is given."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest
from selenium.common.exceptions import InvalidSelectorException

from forge.adapters import RemoteApp, ServerApp, StaticSite
from forge.adapters.app_table import adapter_of
from forge.adapters.contract import Context, Slot
from forge.adapters.data_copy import DataCopy
from forge.errors import AdapterError
from forge.locators import Locator, wording
from forge.model.app_settings import App
from forge.model.settings import Settings
from tests.support.project import ROOT

SERVER = [sys.executable, "-S", str(ROOT / "tests" / "support" / "small_server.py"), "{port}"]
SHELL = ["sh", "-c"]


class FakeBrowser:
    """Notes the pages that it opens. `shows`: what a page has after how many looks."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.asked: list[str] = []
        self.current_url = "http://app/"

    def get(self, url: str) -> None:
        self.opened.append(url)

    def visible(self, locator: Locator) -> list[str]:
        self.asked.append(wording(locator))
        if locator[1] == "#":
            raise InvalidSelectorException("'#' is not a valid selector")
        return [] if "never" in locator[1] else ["an element"]

    def nearest(self, locator: Locator) -> str:
        return 'the nearest: h1 "Prices"'


@pytest.fixture
def slot(tmp_path: Path) -> Iterator[Slot]:
    (tmp_path / "slot-0").mkdir()
    (tmp_path / "seed").mkdir()
    (tmp_path / "seed" / "db").write_text("seeded")
    slot = Slot(0, tmp_path / "slot-0", tmp_path)
    yield slot
    slot.end_servers()


@pytest.fixture
def browser() -> Any:
    return FakeBrowser()


def render(app: Any, browser: Any, slot: Slot) -> Any:
    return app.setup(browser, Context(None, slot, "tour"))


def process(slot: Slot) -> int:
    pid: int = slot.servers["app"].running.pid
    return pid


def test_an_app_without_data_runs_on_from_render_to_render(slot: Slot, browser: Any) -> None:
    app = ServerApp(command=SERVER, start_page="/events")
    app.start(slot)
    first = process(slot)
    state = render(app, browser, slot)
    assert render(app, browser, slot) == state
    assert (process(slot), state.data) == (first, "")
    assert browser.opened == [f"{state.base_url}/events"] * 2
    app.stop()
    assert slot.servers == {}


def test_data_is_fresh_and_the_app_started_anew_for_each_render(slot: Slot, browser: Any) -> None:
    app = ServerApp(command=[*SERVER, "200", "{data}"], data="seed")
    app.start(slot)
    first = process(slot)
    copy = Path(render(app, browser, slot).data)
    assert process(slot) == first
    (copy / "db").write_text("sold")
    render(app, browser, slot)
    assert process(slot) != first
    assert (copy / "db").read_text() == "seeded"
    assert (copy / "starts").read_text() == "start\n"
    assert not (slot.project_dir / "seed" / "starts").exists()


def test_data_of_a_worker_stays(slot: Slot, browser: Any) -> None:
    app = ServerApp(command=[*SERVER, "200", "{data}"], data="seed", per="worker")
    app.start(slot)
    copy = Path(render(app, browser, slot).data)
    (copy / "db").write_text("sold")
    render(app, browser, slot)
    assert ((copy / "db").read_text(), (copy / "starts").read_text()) == ("sold", "start\n")


def test_an_app_that_has_died_between_renders_is_started_again(slot: Slot, browser: Any) -> None:
    app = ServerApp(command=SERVER)
    app.start(slot)
    render(app, browser, slot)
    slot.servers["app"].running.end()
    first = process(slot)
    render(app, browser, slot)
    assert process(slot) != first


def test_reset_runs_before_each_render_while_the_app_runs(slot: Slot, browser: Any) -> None:
    reset = [*SHELL, "echo {port} >> {dir}/resets"]
    app = ServerApp(command=SERVER, reset=reset)
    app.start(slot)
    port = render(app, browser, slot).base_url.rpartition(":")[2]
    render(app, browser, slot)
    assert (slot.dir / "resets").read_text() == f"{port}\n" * 2


def test_a_reset_that_fails_is_named_with_its_output(slot: Slot, browser: Any) -> None:
    app = ServerApp(command=SERVER, reset=[*SHELL, "echo no fixtures; exit 4"])
    app.start(slot)
    with pytest.raises(AdapterError, match=r"ServerApp\.reset: sh failed with exit code 4") as info:
        render(app, browser, slot)
    assert "no fixtures" in info.value.hint
    assert browser.opened == []


def test_the_home_of_the_app_is_empty_at_each_start(slot: Slot, browser: Any) -> None:
    app = ServerApp(command=[*SERVER, "200", "{data}"], data="seed")
    app.start(slot)
    (slot.dir / "home" / "history").touch()
    render(app, browser, slot)
    render(app, browser, slot)
    assert not (slot.dir / "home" / "history").exists()


def test_the_home_of_the_user_may_be_asked_for(
    slot: Slot, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    app = ServerApp(command=SERVER, home="user")
    app.start(slot)
    with build_opener(ProxyHandler({})).open(app.base_url) as answer:
        assert answer.read() == b"/home/ada"


def test_the_start_page_is_waited_for(slot: Slot, browser: Any) -> None:
    app = ServerApp(command=SERVER, wait_for="text: Sales", timeout_s=5)
    app.start(slot)
    render(app, browser, slot)
    assert browser.asked == ['text "Sales"']
    app = ServerApp(command=SERVER, wait_for="#chart")
    app.start(slot)
    render(app, browser, slot)
    assert browser.asked == ['text "Sales"', 'css selector "#chart"']


def test_a_start_page_that_never_shows_it_is_an_error(slot: Slot, browser: Any) -> None:
    app = RemoteApp(url="http://app", wait_for="text: never", timeout_s=0.01)
    app.start(slot)
    said = (
        r"wait_for: http://app/ did not show 'text: never' in 0\.01 s; the nearest: h1 \"Prices\""
    )
    with pytest.raises(AdapterError, match=said) as told:
        render(app, browser, slot)
    assert not told.value.any_clock
    assert "RemoteApp.timeout_s" in told.value.hint and "selector" not in told.value.hint


def test_a_wrong_selector_is_named(slot: Slot, browser: Any) -> None:
    app = RemoteApp(url="http://app", wait_for="#")
    app.start(slot)
    with pytest.raises(AdapterError, match=r"RemoteApp\.wait_for: '#' is no selector") as told:
        render(app, browser, slot)
    assert told.value.any_clock


def test_keys_may_be_attributes_of_a_class(slot: Slot, browser: Any) -> None:
    class Shop(ServerApp):
        command = (*SERVER, "200", "{data}")
        data = "seed"

    class Small(Shop):
        start_page = "/small"

    app = Small()
    app.start(slot)
    assert render(app, browser, slot).data.endswith("seed")
    assert browser.opened[0].endswith("/small")
    assert Small.why_serial() == ""


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"comand": SERVER}, r"ServerApp\.comand: there is no such key"),
        ({"command": SERVER, "timeout_s": "long"}, r"ServerApp\.timeout_s = 'long'"),
        ({"command": SERVER, "ready": "soon"}, r"ServerApp\.ready: 'soon' is no condition"),
        (
            {"command": SERVER, "data": "postgresql://db.example"},
            r"ServerApp\.data: the address of the data names no database",
        ),
    ],
)
def test_wrong_keys_are_named(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(AdapterError, match=says):
        ServerApp(**keys)


def test_another_source_of_data_is_asked_and_dropped(slot: Slot, browser: Any) -> None:
    done: list[str] = []

    class Database(DataCopy):
        def fresh(self, slot: Any) -> str:
            done.append("fresh")
            return "postgres://slot"

        def drop(self) -> None:
            done.append("drop")

    app = ServerApp(command=[*SERVER, "200", "{data}"], data=Database())
    app.start(slot)
    assert render(app, browser, slot).data == "postgres://slot"
    app.stop()
    assert done == ["fresh", "drop"]


def test_static_pages_are_served(slot: Slot, browser: Any) -> None:
    (slot.project_dir / "{site}").mkdir()
    (slot.project_dir / "{site}" / "index.html").write_text("hello")
    app = StaticSite(static="{site}")
    app.start(slot)
    state = render(app, browser, slot)
    with build_opener(ProxyHandler({})).open(state.base_url) as answer:
        assert answer.read() == b"hello"
    app.stop()
    with pytest.raises(AdapterError, match=r"StaticSite\.static: there is no folder .*/nowhere"):
        StaticSite(static="nowhere").start(slot)


def test_an_app_elsewhere_gets_the_number_of_the_slot(slot: Slot, browser: Any) -> None:
    app = RemoteApp(url="https://t{slot}.example.com/shop/")
    app.start(slot)
    assert render(app, browser, slot).base_url == "https://t0.example.com/shop"
    assert browser.opened == ["https://t0.example.com/shop/"]


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        ({"command": SERVER}, ServerApp),
        ({"static": "site"}, StaticSite),
        ({"url": "https://example.com"}, RemoteApp),
    ],
)
def test_the_table_makes_an_adapter(keys: dict[str, Any], kind: type, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    settings = Settings(project_dir=tmp_path, app=App.model_validate({**keys, "localized": True}))
    made = adapter_of(settings)
    assert issubclass(made, kind)
    assert (made.__name__, made.localized) == (kind.__name__, True)
    assert made().app == settings.app  # type: ignore[attr-defined]
    assert made.where("url") == "pyproject.toml: app.url"  # type: ignore[attr-defined]
