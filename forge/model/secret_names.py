"""Names of secrets: `$NAME` stands for the value of an environment variable."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import ErrorDetails, PydanticCustomError

#: `{slot}` in a name is the number of the slot, so that each lane can have an account of its own.
VARIABLE = re.compile(r"\$[A-Za-z_]\w*(?:\{slot\}\w*)?")
LITERAL = (
    'is not the name of an environment variable: write it as "$SHOP_PASSWORD", and set that'
    " variable; a secret in a project's file would go to all who have the project"
)
#: The type of the error, whose input must not be shown.
LITERAL_SECRET = "literal_secret"  # noqa: S105 - the name of a kind


def _named(value: str) -> str:
    if not VARIABLE.fullmatch(value):
        raise PydanticCustomError(LITERAL_SECRET, LITERAL)
    return value


def quoted(problem: ErrorDetails) -> str:
    """Return the value that a validation error is about, as ` = value:`; "" for a secret."""
    return "" if problem["type"] == LITERAL_SECRET else f" = {problem['input']!r}:"


SecretName = Annotated[str, AfterValidator(_named)]
