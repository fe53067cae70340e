"""Real apps with at most five lines of `[app]`: JupyterLab, Streamlit, Node-RED, Wagtail."""

from __future__ import annotations

import os
import shutil
import subprocess
from textwrap import dedent

import pytest

from tests.apps.conftest import Installed
from tests.support.project import FORGE_TOML, Project

pytestmark = [
    pytest.mark.apps,
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.usefixtures("nothing_left_behind"),
]

TABLES = {
    "streamlit": """
        command = "PROGRAMS/streamlit run app.py --server.port={port} --server.headless=true"
        ready = "/_stcore/health"
        wait_for = "text: Harbour prices"
    """,
    "jupyterlab": """
        command = "PROGRAMS/jupyter-lab --allow-root --port={port} --IdentityProvider.token="
        cwd = "{data}"
        data = "notebooks"
        start_page = "/lab?reset"
        wait_for = ".jp-LauncherCard"
    """,
    "node-red": """
        command = "PROGRAMS/node-red -p {port} -u {data}"
        data = "flows"
        wait_for = ".red-ui-palette-node[data-palette-type=inject]"
    """,
    "wagtail": """
        command = "PROGRAMS/python manage.py runserver --noreload 127.0.0.1:{port}"
        cwd = "{data}"
        data = "bakery"
        start_page = "/admin/"
        sign_in = { page = "/admin/login/", done = "text: Site summary", fields = { "Username*" = "$CMS", "Password*" = "$WORD" } }
    """,  # noqa: E501
}

FILES = {
    "app.py": """
        import streamlit as st
        st.title("Harbour prices")
        if st.text_input("Your name") == "Ada":
            st.success("Good morning, Ada")
    """,
    "notebooks/tides.txt": "high at noon",
    "flows/flows.json": "[]",
}

#: What makes the files of an app, in the folder of the project.
MAKES = {
    "wagtail": """
        mkdir bakery
        PROGRAMS/wagtail start bakery bakery
        cd bakery
        PROGRAMS/python manage.py migrate -v 0
        PROGRAMS/python manage.py createsuperuser --noinput --username ada --email a@example.com
    """
}
PASSWORDS = {
    "CMS": "ada",
    "WORD": "forge-pass-1",
    "DJANGO_SUPERUSER_PASSWORD": "forge-pass-1",
}

STEPS = {
    "streamlit": """
        browser.find_element(*field("Your name")).send_keys("Ada" + Keys.ENTER)
        wait(browser, text("Good morning, Ada"))
    """,
    "jupyterlab": """
        listed = browser.find_element(By.CSS_SELECTOR, ".jp-DirListing").text
        assert "tides.txt" in listed and "untitled.txt" not in listed
        browser.find_element(*text("Text File")).click()
        wait(browser, (By.CSS_SELECTOR, ".cm-editor"))
        assert Path(ctx.state.data, "untitled.txt").exists()
    """,
    "node-red": """
        assert browser.find_element(By.CSS_SELECTOR, "#red-ui-header-button-deploy").is_displayed()
        assert Path(ctx.state.data, "flows.json").read_text() == "[]"
    """,
    "wagtail": """
        assert "/admin/login" not in browser.current_url
        browser.get(ctx.state.base_url + "/admin/pages/")
        assert "Home" in browser.find_element(By.TAG_NAME, "main").text
    """,
}

TOUR = """
from pathlib import Path
from forge import By, Tutorial, field, text, wait
from selenium.webdriver.common.keys import Keys

tour = Tutorial("A tour", id="NAME")


@tour.step
def use(browser, ctx):
    '''Use it.'''
"""


@pytest.mark.parametrize("app", TABLES)
def test_an_app_needs_five_lines(app: str, empty_project: Project, installed: Installed) -> None:
    if app == "node-red" and shutil.which("npm") is None:
        pytest.skip("there is no npm: apt-get install npm")
    table = dedent(TABLES[app]).strip().replace("PROGRAMS", str(installed(app)))
    assert len(table.splitlines()) <= 5
    project = empty_project
    project.write("forge.toml", f"{FORGE_TOML}\n[app]\n{table}\n")
    for name, content in FILES.items():
        project.write(name, content)
    steps = "".join(f"    {line}\n" for line in dedent(STEPS[app]).strip().splitlines())
    for number in (1, 2):
        tour = TOUR.replace("NAME", f"tour-{number}") + steps
        project.write(f"tutorials/tour_{number}.py", tour)
    if app in MAKES:
        script = dedent(MAKES[app]).replace("PROGRAMS", str(installed(app)))
        environment = {**os.environ, **PASSWORDS}
        subprocess.run(["sh", "-ec", script], cwd=project.folder, env=environment, check=True)
    project.rendered("-j", "2", **PASSWORDS)
    assert [entry["status"] for entry in project.batch()] == ["done", "done"]
