"""Datasette: pages from a server, a table with facets, CodeMirror."""

import random
import sqlite3

from serve import APPS, ServedApp, seen

DATASETTE = APPS / "datasette" / "bin" / "datasette"
KINDS, STREETS = ("oak", "lime", "plane", "maple"), ("Mill Road", "High Street", "Canal Walk")


class Trees(ServedApp):
    def start(self, slot):
        super().start(slot)
        data = slot.dir / "town.db"
        chance = random.Random(7)
        trees = [
            (n, chance.choice(KINDS), chance.choice(STREETS), chance.randint(2, 30))
            for n in range(1, 401)
        ]
        with sqlite3.connect(data) as town:
            town.execute("create table trees (id integer primary key, kind, street, height)")
            town.executemany("insert into trees values (?, ?, ?, ?)", trees)
        town.close()
        port = slot.free_port()
        self.url = f"http://127.0.0.1:{port}/"
        self.serve([DATASETTE, data, "--port", port, "--setting", "num_sql_threads", "1"], self.url)

    def setup(self, browser, ctx):
        browser.get(self.url)
        seen(browser, "h1")
