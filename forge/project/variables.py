"""Settings in variables `FORGE_…`, of the environment and of the file `.env`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    SettingsConfigDict,
)

from forge.model.settings import ENV_PREFIX, Settings


class _Sources(Settings, BaseSettings):
    """`Settings`, as pydantic's sources are asked for their values. It is never made."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_nested_delimiter="__",
        env_file_encoding="utf-8-sig",
        extra="ignore",  # a `.env` may have variables of other programs
        defer_build=True,
    )


class _Texts(EnvSettingsSource):
    """Variables whose values are JSON where they are lists or objects of it, and else texts.

    The field's own validator divides a text such as `en,es`.
    """

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """Return the value of a list or a table; called by pydantic."""
        try:
            found = json.loads(value)
        except ValueError:
            return value
        return found if isinstance(found, list | dict) else value


class _DotEnv(_Texts, DotEnvSettingsSource):
    """The variables of the file `.env`."""


def settings_in(dotenv: Path | None) -> list[dict[str, Any]]:
    """Return the settings in the environment and in the file `dotenv`, the one that wins first."""
    sources = [_Texts(_Sources)(), _DotEnv(_Sources, env_file=dotenv)()]
    return [{k: v for k, v in found.items() if k in Settings.model_fields} for found in sources]
