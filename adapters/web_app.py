"""What the adapters of `[app]` have in common: their keys, `reset`, the start page."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from forge.adapters.app_environment import fixed
from forge.adapters.contract import Adapter, Context, Slot
from forge.adapters.data_copy import DataCopy
from forge.adapters.data_sources import data_source
from forge.adapters.programs import Program, filled, run
from forge.errors import AdapterError
from forge.locators import Locator, as_locator
from forge.locators import text as text_shown
from forge.model import app_rules
from forge.model.app_settings import App, SignIn
from forge.model.secret_names import quoted
from forge.text.suggest import nearest
from forge.waits import wait

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

TEXT = "text:"


@dataclass(frozen=True)
class AppState:
    """What a step finds in `ctx.state`.

    `base_url` is the address of the app, without a slash at the end; `data` the path or the address
    of the data that this render may change, empty without such data.
    """

    base_url: str
    data: str = ""


class WebApp(Adapter):
    """An app that answers at an address. Its keys are those of `[app]` in `forge.toml`.

    Write them as attributes of a class that derives from this one, or give them as arguments.
    `data` may also be a `DataCopy`.

    Attributes:
        app: the keys.
        source: what is copied for the app; None without data.
        base_url: the address of the app, without a slash at the end; empty until it is started.
        data: what `{data}` stands for; empty without data.

    Raises:
        AdapterError: a key is unknown, or its value is wrong.
    """

    written_in: ClassVar[str] = ""
    """What stands before the name of a key in messages. Default: the name of the class."""

    data: Any
    # Of any type, because a class that derives from this one may write the key `data` as a text or
    # as a `DataCopy`; in an instance it is the text that `{data}` stands for.

    def __init__(self, **keys: Any) -> None:
        self.app, self.source = _read({**_attributes(type(self)), **keys}, self.where(""))
        self.base_url = self.data = ""
        self._slot: Slot | None = None

    @classmethod
    def why_serial(cls) -> str:
        """Return what to write so that several renders may run at once; empty if they may."""
        app, _ = cls.keys_of_class()
        return app_rules.why_serial(app)

    @classmethod
    def keys_of_class(cls) -> tuple[App, DataCopy | None]:
        """Return the app that the attributes of the class describe, and the source of its data.

        Raises:
            AdapterError: a key is unknown, or its value is wrong.
        """
        return _read(_attributes(cls), cls.where(""))

    @classmethod
    def where(cls, key: str) -> str:
        """Return where `key` is written, for messages."""
        return f"{cls.written_in or cls.__name__ + '.'}{key}"

    @property
    def slot(self) -> Slot:
        """The slot that the app was started for."""
        assert self._slot, "`start` runs first"
        return self._slot

    @property
    def values(self) -> dict[str, str]:
        """The values of placeholders besides those that every program knows."""
        return {"data": self.data} if self.source else {}

    def start(self, slot: Slot) -> None:
        """Take the slot. A class that derives from this one starts the app."""
        self._slot = slot

    def setup(self, browser: Chrome, ctx: Context) -> AppState:
        """Run `reset`, open the start page, and wait for what `wait_for` names.

        Raises:
            AdapterError: `reset` failed, or the page was not ready in time.
        """
        port = urlsplit(self.base_url).port
        if self.app.reset:
            run(self.slot, self.program("reset", self.app.reset), port)
        values = {"slot": str(self.slot.index), "dir": str(self.slot.dir), "port": str(port)}
        page = filled(self.app.start_page, values | self.values, self.where("start_page"))
        start_page = f"{self.base_url}{page}"
        if self.app.sign_in:
            self._sign_in(browser, ctx, self.app.sign_in, start_page)
        else:
            browser.get(start_page)
        if self.app.wait_for:
            self._await(browser, self.app.wait_for)
        return AppState(self.base_url, self.data)

    def _sign_in(self, browser: Chrome, ctx: Context, form: SignIn, start_page: str) -> None:
        page = form.page if "://" in form.page else f"{self.base_url}{form.page}"
        done = _awaited(form.done, "done") if form.done else None
        ctx.sign_in(browser, page, form.fields, form.button, done, start_page)

    def program(self, key: str, command: tuple[str, ...]) -> Program:
        """Return the program that the key `key` of the app names."""
        app = self.app
        env = fixed(app.date, app.seed, datetime.now().astimezone())
        env |= ({"FORGE_DATA": "{data}"} if self.source else {}) | app.env
        if app.home == "user":
            env = {"HOME": os.environ.get("HOME", "/"), **env}
        return Program(
            command=command,
            ready=app.ready or "/",
            timeout_s=app.timeout_s,
            cwd=app.cwd or "",
            env=env,
            port=app.port,
            log=str(app.log or ""),
            values=self.values,
            where=self.where(key),
        )

    def _await(self, browser: Chrome, wanted: str) -> None:
        from selenium.common.exceptions import InvalidSelectorException, TimeoutException

        hint = 'write a CSS selector, or "text: " and a text that the page shows'
        locator = _awaited(wanted, "wait_for")
        try:
            wait(browser, locator, timeout_s=self.app.timeout_s)
        except InvalidSelectorException as problem:
            raise AdapterError(
                f"{self.where('wait_for')}: {wanted!r} is no selector", hint=hint
            ) from problem
        except TimeoutException as problem:
            said = f"{browser.current_url} did not show {wanted!r} in {self.app.timeout_s:g} s"
            said = "; ".join(filter(None, (said, _seen_instead(browser, locator))))
            error = AdapterError(
                f"{self.where('wait_for')}: {said}",
                hint="is that what the page shows, in these words? See the screenshot; an app that"
                f" needs longer: {self.where('timeout_s')}",
            )
            error.any_clock = False  # the page may show it on another clock
            raise error from problem


def _seen_instead(browser: Any, locator: Locator) -> str:
    from selenium.common.exceptions import WebDriverException

    try:
        return str(browser.nearest(locator))
    except WebDriverException:  # a dialog is open, for instance: the message says enough without
        return ""


def _awaited(wanted: str, key: str) -> Locator:
    if wanted.startswith(TEXT):
        return text_shown(wanted.removeprefix(TEXT))
    return as_locator(wanted, key)


def _attributes(kind: type[WebApp]) -> dict[str, Any]:
    """Return the keys that are attributes of `kind`, and of classes between it and `WebApp`."""
    classes = kind.__mro__[: kind.__mro__.index(WebApp)]
    return {
        name: vars(base)[name]
        for base in reversed(classes)
        for name in App.model_fields
        if name in vars(base)
    }


def _read(keys: dict[str, Any], where: str) -> tuple[App, DataCopy | None]:
    """Return the app with these `keys`, and the source of its data."""
    if unknown := sorted(set(keys) - set(App.model_fields)):
        raise AdapterError(
            f"{where}{unknown[0]}: there is no such key", hint=nearest(unknown[0], App.model_fields)
        )
    data = keys.get("data")
    try:
        app = App.model_validate(
            {key: value for key, value in keys.items() if key != "data" or isinstance(data, str)}
        )
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        # Not `from problem`: its message has all values, also those that should not be there.
        raise AdapterError(f"{where}{key}{quoted(first)} {first['msg']}") from None
    if wrong := app_rules.problem_of(app, has_data=data is not None):
        raise AdapterError(f"{where}{wrong.key}: {wrong.message}", hint=wrong.hint)
    try:
        return app, data_source(data) if data is not None else None
    except AdapterError as problem:
        raise AdapterError(f"{where}data: {problem.message}", hint=problem.hint) from problem
