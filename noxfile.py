"""Tests on each Python that is on the machine: `nox`, or `nox -s quick-3.13`.

A Python that is missing is passed over with a warning; `nox --error-on-missing-interpreters` makes
it an error.
"""

from __future__ import annotations

import nox

PYTHONS = ("3.11", "3.12", "3.13", "3.14")

nox.options.sessions = ["quick"]
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True


@nox.session(python=PYTHONS)
def quick(session: nox.Session) -> None:
    """Run the tests that need no browser, and render one tutorial with the real one."""
    _install(session)
    fast = "not (slow or alone or browser or voice)"
    session.run("pytest", "-q", "-n", "2", "-m", fast, "tests/unit", "tests/pool")
    session.run("pytest", "-q", "tests/cli/test_installed.py", *session.posargs)


@nox.session(python=PYTHONS)
def whole(session: nox.Session) -> None:
    """Run every test, as `make test` does on one Python."""
    _install(session)
    everything = ["tests/render", "tests/pool", "tests/cli", "tests/unit", "tests/cluster"]
    distributed = ["-n", "2", "--dist", "loadfile"]
    session.run("pytest", "-m", "not alone", *distributed, *everything, *session.posargs)
    session.run("pytest", "-m", "alone", "tests")


def _install(session: nox.Session) -> None:
    session.install("--editable", ".[dev]")
