"""The whole way over ssh: `forge render --hosts`, real workers, real renders, keys that stay."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.project import ForgeCommand, Project
from tests.support.sshd import Hosts, make_keys, program, require_sshd
from tests.support.stand_in import Answer, stand_in, tone
from tests.support.token_shop import token_shop
from tests.support.tours import VIRTUAL, write_project

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FORGE = """
import sys
from forge.cli import console
if __name__ == "__main__":
    sys.exit(console())
"""
SSH = "import os, sys\nos.execv('/usr/bin/ssh', ['ssh', '-F', {config!r}, *sys.argv[1:]])\n"
SECRET = "sk-3141592653-never-told"
OF_ANA = {"SHOP_USER": "ana@shop.example", "SHOP_PASSWORD": "a word of ana"}
SIGN_IN = """
    [app]
    url = "{url}"
    parallel_safe = true
    [app.sign_in]
    page = "/"
    fields = {{ "Email" = "$SHOP_USER", "Password" = "$SHOP_PASSWORD" }}
    button = "Go on"
"""
APP = """
    import os
    from forge import Adapter

    class App(Adapter):
        def setup(self, browser, context):
            browser.get("data:text/html," + os.environ.get("SHOP_USER", "unset"))
"""
TOUR = '''
from forge import Tutorial

tour = Tutorial("A tour", id="{name}")


@tour.step
def look(browser):
    """Look at {name}."""
    browser.get("data:text/html,<h1>{name}</h1>")
'''


class Home:
    """A project on this machine, and two hosts, `ana` and `ben`, that its ssh finds."""

    def __init__(self, folder: Path, hosts: Hosts, project: Project) -> None:
        self.hosts, self.project = hosts, project
        shim = program(folder / "home-programs", "ssh", SSH.format(config=str(hosts.config)))
        self.variables = {"PATH": f"{shim}:{os.environ['PATH']}"}

    def render(self, *args: str, **variables: str) -> Project:
        return self.project.rendered(*args, **self.variables, **variables)

    def written(self) -> bytes:
        """Return all that lies in the folders of the hosts, one file after another."""
        folders = [self.hosts.cache(name) for name in ("ana", "ben")]
        return b"".join(
            path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()
        )


@pytest.fixture
def home(
    tmp_path: Path, nothing_left_behind: Path, command_environment: dict[str, str]
) -> Iterator[Home]:
    require_sshd()
    hosts = Hosts(tmp_path, make_keys(tmp_path))
    forge = program(tmp_path / "programs", "forge", FORGE)
    variables = {
        "TMPDIR": str(nothing_left_behind),
        "PYTHONPATH": command_environment.get("PYTHONPATH", ""),
    }
    project = write_project(tmp_path / "project", TOUR.format(name="one"), video=VIRTUAL)
    with ExitStack() as stack:
        for name, own in (("ana", OF_ANA), ("ben", {})):
            stack.enter_context(hosts.host(name, forge, **variables, **own))
        yield Home(tmp_path, hosts, project)


def test_batch_on_two_hosts_gives_the_bytes_of_a_local_one(home: Home) -> None:
    home.project.write("tutorials/two.py", TOUR.format(name="two"))
    home.project.write(".env", "FORGE_STRICT=true\n")
    home.render("--hosts", "ana:1,nowhere.invalid,ben:1")
    assert "left out: ssh does not reach nowhere.invalid" in home.project.output
    assert {result["host"] for result in home.project.batch()} == {"ana", "ben"}
    videos = {name: home.project.video(name).read_bytes() for name in ("one", "two")}
    assert b"FORGE_STRICT" not in home.written()
    home.render("--force")
    assert {name: home.project.video(name).read_bytes() for name in videos} == videos


@pytest.mark.extras
def test_key_of_a_voice_stays_at_home(home: Home) -> None:
    with stand_in(Answer(body=tone(2.0))) as service:
        toml = home.project.folder / "forge.toml"
        text = toml.read_text().replace('"silent"', f'"openai"\nbase_url = "{service.url}"')
        toml.write_text(text)
        home.render("--hosts", "ana:1", OPENAI_API_KEY=SECRET, NO_PROXY="127.0.0.1")
    assert len(service.asked) == 1
    written = home.written()
    assert b"Look at one." in written, "the project is there"
    assert SECRET.encode() not in written
    assert SECRET not in home.project.output + home.project.logs()


def test_hosts_sign_in_with_secrets_of_their_own(home: Home) -> None:
    with token_shop() as shop:
        shop.accepts = OF_ANA["SHOP_PASSWORD"]
        settings = textwrap.dedent(SIGN_IN.format(url=shop.url)) + textwrap.dedent(VIRTUAL)
        home.project.write("forge.toml", settings)
        home.project.write(".env", f"SHOP_USER=home@shop.example\nSHOP_PASSWORD={SECRET}\n")
        home.render("--hosts", "ana:1,ben:1", SHOP_PASSWORD=SECRET, NO_PROXY="127.0.0.1")
    assert "left out: ben: app.sign_in.fields: the environment variables" in (home.project.output)
    assert "SHOP_USER, SHOP_PASSWORD are not set on" in home.project.output
    assert [result["host"] for result in home.project.batch()] == ["ana"]
    assert shop.asked == 1
    assert SECRET.encode() not in home.written()
    assert SECRET not in home.project.output + home.project.logs()


def test_doctor_compares_the_hosts_and_tries_the_setup(home: Home, forge_cli: ForgeCommand) -> None:
    home.project.write("app.py", APP)
    toml = home.project.folder / "forge.toml"
    toml.write_text(f'adapter = "app.py:App"\n{toml.read_text()}')
    words = ["--setup", "--project", str(home.project.folder), "--hosts"]
    names = "ana:3,ben:1,nowhere.invalid"
    done = forge_cli("doctor", *words, names, cwd=home.project.folder, env=home.variables)
    assert done.returncode == 2
    for found in (
        "ok   here: forge ",
        "ok   set-up: App reached data:text/html,unset",
        "ok   host ana: equal; 3 lanes, ",
        "ok   set-up on ana: App reached data:text/html,ana@shop.example",
        "ok   set-up on ben: App reached data:text/html,unset",
        "no   host nowhere.invalid: ssh does not reach nowhere.invalid: ",
    ):
        assert found in done.stdout


def test_verify_compares_a_render_here_with_one_there(home: Home, forge_cli: ForgeCommand) -> None:
    home.project.write("tutorials/two.py", TOUR.format(name="two"))
    words = ["verify", "--project", str(home.project.folder), "-j", "1", "--hosts", "ana:1"]
    done = forge_cli(*words, cwd=home.project.folder, env=home.variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "exact and same one\nexact and same two\n" in done.stdout
    assert {result["lane"] for result in home.project.batch()} == {"here/0", "ana/0"}
