"""Wagtail: Django, a login, React, Stimulus."""

import os
import shutil
import subprocess

from serve import APPS, ServedApp, seen

from forge import By

BIN = APPS / "wagtail" / "bin"
TEMPLATE = APPS / "wagtail-site"  # migrated once, with the user ada
PASSWORD = "forge-pass-1"
SUPERUSER = ("createsuperuser", "--noinput", "--username=ada", "--email=ada@example.com")


class Site(ServedApp):
    def start(self, slot):
        super().start(slot)
        if not TEMPLATE.exists():
            self.make_template()

    def make_template(self):
        made = self.fresh("template")
        subprocess.run([BIN / "wagtail", "start", "bakery", made], check=True)
        env = {**os.environ, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
        for command in (("migrate", "-v", "0"), SUPERUSER):
            manage = [BIN / "python", "manage.py", *command]
            subprocess.run(manage, check=True, cwd=made, env=env)
        shutil.move(made, TEMPLATE)

    def setup(self, browser, ctx):
        self.stop()
        site = shutil.copytree(TEMPLATE, self.fresh("site"), dirs_exist_ok=True)
        at = f"127.0.0.1:{self.slot.free_port()}"
        url = f"http://{at}/admin/"
        self.serve([BIN / "python", "manage.py", "runserver", at, "--noreload"], url, cwd=site)
        browser.get(url)
        browser.find_element(By.NAME, "username").send_keys("ada")
        browser.find_element(By.NAME, "password").send_keys(PASSWORD)
        browser.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
        seen(browser, "[data-side-panel], .sidebar, #wagtail-sidebar")
