"""Databases of their own for each render: Django on SQLite and on PostgreSQL, PHP on SQLite."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from textwrap import dedent

import pytest

from forge.adapters.app_checks import check_app
from forge.adapters.contract import Slot
from forge.adapters.postgres import PostgresTemplate
from forge.errors import AdapterError, RecordingError
from forge.model.settings import Settings
from tests.support import postgres
from tests.support.postgres import Postgres
from tests.support.processes import eventually
from tests.support.project import ROOT, Project

psycopg = pytest.importorskip("psycopg")
pytest.importorskip("django")
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("nothing_left_behind")]

SHOPS = Path(__file__).with_name("shops")

FORGE_TOML = """
    adapter = "shops.py:Shops"
    [voice]
    engine = "silent"
    [video]
    clock = "elastic"
    width = 640
    height = 360
"""

ADAPTER = """
    import sys
    from forge import Adapter
    from forge.adapters import PostgresTemplate, SqliteCopy

    DJANGO = [sys.executable, "SHOPS/django_shop.py", "runserver", "--noreload", "127.0.0.1:{port}"]
    PHP = ["php", "-S", "127.0.0.1:{port}", "SHOPS/goods.php"]

    class Shops(Adapter):
        parallel_safe = True

        def start(self, slot):
            self.slot = slot
            self.sources = {
                "sqlite": (DJANGO, SqliteCopy("shop.db")),
                "postgres": (DJANGO, PostgresTemplate("shop_template")),
                "php": (PHP, SqliteCopy("goods.db")),
            }
            self.urls = [
                slot.serve(
                    command,
                    ready="port",
                    env={"SHOP_DB": str(source.fresh(slot)), "SHOP_OPEN": "1"},
                    name=name,
                )
                for name, (command, source) in self.sources.items()
            ]

        def setup(self, browser, ctx):
            for _, source in self.sources.values():
                source.fresh(self.slot)
            return self.urls

        def stop(self):
            self.sources["postgres"][1].drop()
"""

TOUR = """
    from forge import By, Tutorial, count, wait
    tour = Tutorial("Add GOOD", id="GOOD")

    def goods(browser):
        return [good.text for good in browser.find_elements(By.TAG_NAME, "li")]

    @tour.step
    def add(browser, ctx):
        '''Add a good to each shop.'''
        for url in ctx.state:
            browser.get(url)
            assert goods(browser) == ["tea"], url
            browser.find_element(By.NAME, "name").send_keys("GOOD")
            browser.find_element(By.TAG_NAME, "button").click()
            wait(browser, count("li", 2))
            assert goods(browser) == ["tea", "GOOD"], url
"""

KILLED = """
    import os, signal
    from pathlib import Path
    from forge.adapters.contract import Slot
    from forge.adapters.postgres import PostgresTemplate

    template = PostgresTemplate("shop_template")
    print(template.fresh(Slot(0, Path.cwd(), Path.cwd())), flush=True)
    if KEEPER:
        os.kill(template._keeper._process.pid, signal.SIGKILL)
    os.killpg(0, signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL server with the template of a shop, in which there is tea."""
    if postgres.programs() is None:
        pytest.skip("there is no PostgreSQL: apt-get install postgresql")
    with postgres.running() as server:
        server.run("CREATE DATABASE shop_template")
        make_shop(f"postgresql:///shop_template?host={server.host}", server.environment)
        yield server


def make_shop(address: str, environment: dict[str, str]) -> None:
    """Make the tables of the Django shop, with tea."""
    shop = {"SHOP_DB": address, "SHOP_USER": "ada", "SHOP_PASSWORD": "of ada"}
    subprocess.run(
        [sys.executable, str(SHOPS / "django_shop.py"), "make"],
        env={**os.environ, **environment, **shop},
        check=True,
    )


@pytest.mark.browser
def test_each_render_of_each_lane_has_fresh_databases(
    empty_project: Project, server: Postgres
) -> None:
    if shutil.which("php") is None:
        pytest.skip("there is no PHP: apt-get install php-cli php-sqlite3")
    project = empty_project
    project.write("forge.toml", FORGE_TOML)
    project.write("shops.py", ADAPTER.replace("SHOPS/", f"{SHOPS}/"))
    for name in ("cake", "jam", "milk"):
        project.write(f"tutorials/{name}.py", TOUR.replace("GOOD", name))
    make_shop(str(project.folder / "shop.db"), {})
    with closing(sqlite3.connect(project.folder / "goods.db")) as goods:
        goods.executescript("CREATE TABLE goods (name); INSERT INTO goods VALUES ('tea');")
    before = {path.name: path.read_bytes() for path in project.folder.glob("*.db*")}

    project.rendered("-j", "2", "--phase", "record", **server.environment)

    assert [entry["status"] for entry in project.batch()] == ["done"] * 3
    assert {path.name: path.read_bytes() for path in project.folder.glob("*.db*")} == before
    assert server.databases() == set(), "each was dropped with its slot"
    written = [path for path in project.folder.rglob("*") if path.is_file()]
    assert [p for p in written if postgres.PASSWORD.encode() in p.read_bytes()] == []


@pytest.mark.parametrize("keeper", [False, True], ids=["worker", "worker-and-keeper"])
def test_killed_worker_leaves_no_database(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeper: bool
) -> None:
    program = dedent(KILLED).replace("KEEPER", str(keeper))
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, **server.environment, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, "forge_" in ended.stdout) == (-signal.SIGKILL, True), ended.stderr
    if keeper:
        assert len(server.databases()) == 1
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        template = PostgresTemplate("shop_template")
        template.fresh(Slot(0, tmp_path, Path("/work/next")))
        assert [name[:13] for name in server.databases()] == ["forge_next_0_"], "the old one went"
        template.drop()
    assert eventually(lambda: not server.databases())


def test_databases_are_made_of_the_template_each_time(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    slot, template = Slot(1, Path("/tmp"), Path("/work/Shop")), PostgresTemplate("shop_template")
    try:
        for _ in range(2):
            address = template.fresh(slot)
            (name,) = server.databases()
            assert name.startswith("forge_shop_1_")
            assert server.run("SELECT name FROM shop_good", name) == "tea"
            with psycopg.connect(address) as app:
                app.execute("INSERT INTO shop_good (name) VALUES ('of this render')")
    finally:
        template.drop()
    assert server.databases() == set()


@pytest.mark.parametrize(
    ("template", "environment", "said", "hint"),
    [
        ("no_template", {}, 'database "no_template" does not exist', "psql --list"),
        ("shop_template", {"PGPASSWORD": "wrong-one"}, "authentication failed", "PGPASSWORD"),
        ("shop_template", {"PGHOST": "/nowhere"}, "No such file", "is the server running"),
        ("shop_template", {"PGUSER": "poor"}, "permission denied", "the role needs CREATEDB"),
    ],
)
def test_what_is_wrong_is_said(
    server: Postgres,
    monkeypatch: pytest.MonkeyPatch,
    template: str,
    environment: dict[str, str],
    said: str,
    hint: str,
) -> None:
    if "PGUSER" in environment:
        server.run(f"CREATE ROLE poor LOGIN PASSWORD '{postgres.PASSWORD}'")
    for name, value in {**server.environment, **environment}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RecordingError) as problem:
        PostgresTemplate(template).fresh(Slot(0, Path("/tmp"), Path("/work/shop")))
    assert problem.value.message.startswith(f"PostgresTemplate('{template}'): ")
    assert said in problem.value.message
    assert hint in problem.value.hint
    assert "wrong-one" not in str(problem.value)
    assert server.databases() == set()


@pytest.mark.parametrize(
    ("template", "variables", "said"),
    [
        ("shop_template", {}, ""),
        ("no_template", {}, 'database "no_template" does not exist'),
        ("shop_template", {"PGHOST": "/nowhere"}, "No such file"),
        ("shop_template", {"PGPASSWORD": "wrong-one"}, "authentication failed"),
    ],
)
def test_template_of_an_app_is_looked_for_before_a_browser_starts(
    server: Postgres,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    template: str,
    variables: dict[str, str],
    said: str,
) -> None:
    for name, value in {**server.environment, **variables}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "forge.toml").touch()
    data = f"postgresql:///{template}"
    app = {"command": [sys.executable], "env": {"SHOP_DB": "{data}"}, "data": data}
    settings = Settings.model_validate({"project_dir": tmp_path, "app": app})
    if not said:
        return check_app(settings)
    with pytest.raises(AdapterError, match=r"forge\.toml: app\.data: PostgresTemplate") as problem:
        check_app(settings)
    assert said in problem.value.message
    assert problem.value.hint
