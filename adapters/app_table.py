"""The adapter of a project: the class that it names, or one that is made from `[app]`."""

from __future__ import annotations

from forge.adapters.contract import Adapter
from forge.adapters.loading import load_adapter
from forge.model.app_settings import App
from forge.model.settings import Settings


def adapter_of(settings: Settings) -> type[Adapter]:
    """Return the class of the project's adapter.

    Raises:
        AdapterError: the class that the project names does not load.
    """
    if settings.app.kind is None:
        return load_adapter(settings.adapter, settings.project_dir)
    return _made_of(settings.app, file_of(settings))


def _made_of(app: App, file: str) -> type[Adapter]:
    from forge.adapters.remote_app import RemoteApp
    from forge.adapters.server_app import ServerApp
    from forge.adapters.static_site import StaticSite

    kinds = {"command": ServerApp, "static": StaticSite, "url": RemoteApp}
    base = kinds[app.kind or "command"]
    keys = {name: getattr(app, name) for name in app.model_fields_set}
    return type(base.__name__, (base,), {**keys, "written_in": f"{file}: app."})


def file_of(settings: Settings) -> str:
    """Return the name of the project's file."""
    has_own = (settings.project_dir / "forge.toml").is_file()
    return "forge.toml" if has_own else "pyproject.toml"
