"""The kinds of apps that `forge init --app` makes a project for, and how one is recognised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

#: Templates that are no files of an app.
OF_THE_PROJECT = ("forge.toml", "existing.toml", "first_tour.py")
NOTES = "notes"  # the folder of templates that the small apps with a list of notes share


class Template(NamedTuple):
    """A template of an app, and the name that its file gets."""

    path: Path
    name: str


class Starter(NamedTuple):
    """A kind of app.

    `signs` are patterns of files in a folder that has such an app already. `value` says what of
    the file that matches is written into forge.toml: its `path`, its `stem`, or the `parent` that
    it is in. `new` is the same for a small new app, whose tour is the template `tour`. `shares`:
    another folder of templates.
    """

    name: str
    tour: str
    signs: tuple[str, ...] = ()
    value: str = "path"
    new: str = ""
    shares: str = ""

    def find(self, folder: Path) -> str | None:
        """Return what is written into forge.toml for the app in `folder`; None without one."""
        for sign in self.signs:
            for path in sorted(folder.glob(sign)):
                inside = path.relative_to(folder)
                return {"path": str(inside), "stem": inside.stem, "parent": str(inside.parent)}[
                    self.value
                ]
        return None

    def app_files(self, templates: Path, suffix: str) -> Iterator[Template]:
        """Yield the templates of a small new app; they are in the folder `templates`."""
        for top in filter(None, (self.name, self.shares)):
            for path in sorted((templates / top).rglob(f"*{suffix}")):
                name = path.relative_to(templates / top).as_posix().removesuffix(suffix)
                if name not in OF_THE_PROJECT:
                    yield Template(path, name)


_NOTES_TOUR = "notes_tour.py.in"
_PAGES = ("public", "site", "_site", "www", "html", "build", "dist", "docs")

STARTERS = {
    starter.name: starter
    for starter in (
        Starter("demo", "demo/first_tour.py.in"),
        Starter("django", _NOTES_TOUR, ("manage.py",)),
        Starter("flask", _NOTES_TOUR, ("app.py", "wsgi.py"), "stem", "app", NOTES),
        Starter(
            "streamlit",
            "streamlit/first_tour.py.in",
            ("streamlit_app.py", "app.py", "main.py"),
            new="app.py",
        ),
        Starter("jupyter", "jupyter/first_tour.py.in", ("*/*.ipynb",), "parent", new="lab"),
        Starter("node", _NOTES_TOUR, ("package.json",), shares=NOTES),
        Starter("php", _NOTES_TOUR, ("public/index.php", "index.php"), "parent", shares=NOTES),
        Starter(
            "static",
            "static/first_tour.py.in",
            (*(f"{folder}/index.html" for folder in _PAGES), "index.html"),
            "parent",
            "site",
        ),
        Starter("url", "tour.py.in", new="http://127.0.0.1:8000"),
    )
}
