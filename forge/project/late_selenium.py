"""Import on first use what a process hardly needs of Selenium.

Most tutorials begin with `from selenium.webdriver import Chrome`. Two thirds of the time of this
import go into WebDriver BiDi, an HTTP client and a WebSocket client. Selenium's modules use them
inside of functions, by names that they bind when they are imported. In a process that loads
tutorials for a plan, those names are bound to stand-ins; in one that drives a browser, those of
BiDi. Other code that imports the same modules gets them as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

BIDI = (
    "browser", "browsing_context", "emulation", "input", "network", "permissions", "script",
    "session", "storage", "webextension",
)  # fmt: skip
DRIVER = "selenium.webdriver.remote.webdriver"
#: Modules of Selenium, each with what it imports late.
LATE = {
    DRIVER: tuple(f"selenium.webdriver.common.bidi.{name}" for name in BIDI),
    "selenium.webdriver.remote.remote_connection": ("urllib3",),
    "selenium.webdriver.remote.websocket_connection": ("websocket",),
}


def import_late(*, drives: bool = False) -> None:
    """Import the modules in LATE late, in this process and from now on.

    `drives`: this process drives a browser, with all of them but BiDi.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder([DRIVER] if drives else LATE))


class _Finder(MetaPathFinder):
    """Finds the modules that import others late, where Python itself would find them."""

    def __init__(self, modules: Collection[str]) -> None:
        self._modules = modules

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name in self._modules else None
        if spec is None or spec.origin is None or type(spec.loader) is not SourceFileLoader:
            return None
        spec.loader = _Loader(name, spec.origin)
        return spec


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        """Run the module with stand-ins for what it imports late; called by Python."""
        try:
            with _stand_ins(LATE[self.name]):
                super().exec_module(module)
        except Exception:  # this version of Selenium needs them at once
            super().exec_module(module)


@contextmanager
def _stand_ins(names: Sequence[str]) -> Iterator[None]:
    """Put stand-ins for modules that are not loaded into `sys.modules`, for the block."""
    made = {name: _Module(name) for name in names if name not in sys.modules}
    sys.modules.update(made)
    try:
        yield
    finally:
        for name, stand_in in made.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


class _Module(ModuleType):
    """A stand-in for a module, of which every name can be imported."""

    def __getattr__(self, name: str) -> _Named:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Named(self.__name__, name)


class _Named:
    """A stand-in for a class, function or submodule of a module that is not yet imported."""

    def __init__(self, module: str, name: str) -> None:
        self._place = module, name

    def _found(self) -> Any:
        module, name = self._place
        return getattr(import_module(module), name)

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._found()(*args, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._found(), name)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._found())

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        return (self._found(),)
