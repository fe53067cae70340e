"""Widgets that the browser draws itself, which are in no picture of a take: facts of the page.

Lists, pickers and dialogs are drawn over the pictures when composing. Sizes are CSS pixels, times
milliseconds of the take.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field

from forge.model.records import Message, Record

DialogKind = Literal["alert", "confirm", "prompt"]
R = TypeVar("R", bound=Record)


def retimed(record: R, when: Callable[[int], int]) -> R:
    """Return a copy of `record` in which `when` has converted every time that is set."""
    times = ("at_ms", "from_ms", "there_ms", "until_ms")
    found = {name: ms for name in times if (ms := getattr(record, name, None)) is not None}
    return record.model_copy(update={name: when(ms) for name, ms in found.items()})


class Choice(Record):
    """A choice from a widget: the hand set out to it at `from_ms` and arrived at `there_ms`.

    Both are None where the author pressed keys instead of choosing with the mouse.
    """

    from_ms: int | None = None
    there_ms: int | None = None

    def timed(self, when: Callable[[int], int]) -> Self:
        """Return a copy in which `when` has converted every time."""
        return retimed(self, when)


class Row(Record):
    """One row of a list: an option, or the heading of a group of options."""

    label: str
    group: bool = False
    disabled: bool = False


class OpenList(Choice):
    """The list of a `select`. `before`, `chosen`: numbers of rows, None without one.

    `font_px` is the size of the select's text; `rtl`: it is written from right to left.
    """

    kind: Literal["list"] = "list"
    rows: tuple[Row, ...]
    before: int | None = None
    chosen: int | None = None
    font_px: float = 16.0
    rtl: bool = False


class Column(Record):
    """One column of a picker of times: neighbouring values, of which `chosen` is a number."""

    labels: tuple[str, ...]
    chosen: int


class Calendar(Choice):
    """The picker of a date or time, as it shows the chosen value.

    `cells` are its days or months, row by row, `across` to a row, under `heads`; a cell of another
    month is empty. `before` and `chosen` are numbers of cells; `span` cells are chosen (7 for a
    week). `columns`: hours, minutes and half of the day. `value`: the field's value.
    """

    kind: Literal["calendar"] = "calendar"
    title: str = ""
    heads: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    across: int = 7
    before: int | None = None
    chosen: int | None = None
    span: int = 1
    columns: tuple[Column, ...] = ()
    value: str = ""
    rtl: bool = False


class Palette(Choice):
    """The picker of a colour field: its colour before and after, as `#rrggbb`."""

    kind: Literal["palette"] = "palette"
    before: str
    after: str


class Answer(Record):
    """The answer to a dialog, by its button: OK (`accepts`) or Cancel."""

    kind: Literal["answer"] = "answer"
    accepts: bool


class TypedAnswer(Record):
    """Text that is typed into a prompt, over the whole time of its interaction."""

    kind: Literal["typed"] = "typed"
    text: str


Picker = OpenList | Calendar | Palette
Widget = Annotated[
    OpenList | Calendar | Palette | Answer | TypedAnswer, Field(discriminator="kind")
]


class Dialog(Record):
    """A dialog of the page. `default`: what a prompt's field contains at first."""

    kind: DialogKind
    message: Message
    default: str = ""


class DialogEvent(Record):
    """`dialog` opens at `at_ms`; None: the open dialog closes."""

    at_ms: int
    dialog: Dialog | None = None


class KeyPress(Record):
    """A key or shortcut that does not write text, such as "Ctrl+S", as it is shown to viewers."""

    at_ms: int
    label: str
