"""`Tutorial` and its steps, as authors declare them."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar, overload

from forge.errors import TutorialError
from forge.locators import LOCATOR_HINT, Locator, is_locator
from forge.model.marks import MarkError, read_marks, without_marks
from forge.model.records import Mark
from forge.project.load_module import PLAIN_HINT, never_runs
from forge.waits import WAIT_HINT, Awaited, conditions

SettleUntil = Literal["load", "idle"]
StepFunction = Callable[..., Any]
F = TypeVar("F", bound=StepFunction)

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_ID = 100  # characters; an id is part of file names, which have at most 255 bytes
SLUG_HINT = (
    f"an id has at most {LONGEST_ID} characters: a-z, 0-9 and single dashes between them,"
    " for example getting-started"
)


def slug(text: str) -> str:
    """Return `text` as an id: in lower case, with a dash for each run of other characters."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _check_id(place: str, what: str, text: str) -> None:
    if not SLUG.fullmatch(text):
        raise TutorialError(f"{place}: bad {what} id {text!r}", hint=SLUG_HINT)
    if len(text) > LONGEST_ID:
        raise TutorialError(
            f"{place}: the {what} id {text!r} is too long: {len(text)} characters",
            hint=f"{SLUG_HINT}; set another one with id=…",
        )


def check_texts(place: str, *texts: str) -> None:
    """Refuse texts with lone surrogates, which no file and no caption can hold.

    Raises:
        TutorialError: a text has one, or is not a `str`; the message begins with `place`.
    """
    for text in texts:
        if not isinstance(text, str):
            raise TutorialError(f"{place}: {text!r} is not a text")
        try:
            text.encode()
        except UnicodeEncodeError as problem:
            raise TutorialError(
                f"{place} has a lone surrogate (U+{ord(text[problem.start]):04X}),"
                f" after {text[: problem.start]!r}",
                hint="was the text cut inside a character, or decoded with a wrong encoding?",
            ) from problem


def marked(place: str, written: str) -> tuple[str, tuple[Mark, ...]]:
    """Return a sentence as captions show it, and its marks (`forge.model.marks`).

    Raises:
        TutorialError: a mark is wrong; the message begins with `place`.
    """
    with _at(place):
        return read_marks(written)


def unmarked(place: str, written: str) -> str:
    """Return a text that is only shown, such as a title; doubled braces show `{here}`.

    Raises:
        TutorialError: it has a mark; the message begins with `place`.
    """
    with _at(place):
        return without_marks(written)


@contextmanager
def _at(place: str) -> Iterator[None]:
    try:
        yield
    except MarkError as problem:
        raise TutorialError(f"{place}: {problem}", hint=problem.hint) from problem


@dataclass(frozen=True)
class Step:
    """One sentence of narration and one action in the browser.

    `narration` is the text that captions show, without its `marks`. `run` is the decorated
    function, `file` and `line` its place. The other fields are the options of `Tutorial.step`.
    """

    id: str
    narration: str
    run: StepFunction
    file: str
    line: int
    marks: tuple[Mark, ...] = ()
    settle_s: float | None = None
    settle_until: SettleUntil | None = None
    wait_for: Awaited | None = None
    wait_timeout_s: float = 10.0
    focus: Locator | None = None
    lint: bool = True
    clock: Literal["real"] | None = None
    allow_error_page: bool = False


class Tutorial:
    """An ordered list of steps, rendered as one video per language.

    Args:
        title: the title of the video, on the intro card and in reports.
        id: the name of the output files: a-z, 0-9 and dashes; default: made from the title.
        objectives: what the viewer will learn, one sentence each, for the intro card.
        summary: one sentence for the recap card.
        description: a longer text for `forge list` and the page of a batch; it is not in the
            video.

    Raises:
        TutorialError: the id is not one, or a text is wrong; with file and line.
    """

    def __init__(
        self,
        title: str,
        *,
        id: str | None = None,  # noqa: A002 - the users' word for it
        objectives: Sequence[str] = (),
        summary: str = "",
        description: str = "",
    ) -> None:
        caller = sys._getframe(1)
        self.file, self.line = caller.f_code.co_filename, caller.f_lineno
        self.id = slug(title) if id is None else id
        self.steps: list[Step] = []
        self.setup_function: StepFunction | None = None
        self.teardown_function: StepFunction | None = None
        place = f"{self.file}:{self.line}"
        _check_id(place, "tutorial", self.id)
        if isinstance(objectives, str):
            raise TutorialError(
                f"{place}: objectives is one text, not a list of them",
                hint=f"write objectives=[{objectives!r}]",
            )
        place = f"{place}: tutorial {self.id!r}"
        check_texts(place, title, *objectives, summary, description)
        self.title = unmarked(f"{place}: title", title)
        self.objectives = tuple(unmarked(f"{place}: objectives", text) for text in objectives)
        self.summary = unmarked(f"{place}: summary", summary)
        self.description = unmarked(f"{place}: description", description)

    @overload
    def step(self, function: F, /) -> F: ...
    @overload
    def step(
        self,
        narration: str | None = None,
        /,
        *,
        id: str | None = None,
        settle_s: float | None = None,
        settle_until: SettleUntil | None = None,
        wait_for: Awaited | None = None,
        wait_timeout_s: float = 10.0,
        focus: Locator | None = None,
        lint: bool = True,
        clock: Literal["real"] | None = None,
        allow_error_page: bool = False,
    ) -> Callable[[F], F]: ...
    def step(self, narration: F | str | None = None, /, **options: Any) -> F | Callable[[F], F]:
        """Declare the next step: `@tour.step`, `@tour.step("text")` or `@tour.step(settle_s=1)`.

        Args:
            narration: the sentence that is spoken; default: the function's docstring. An empty
                text makes a silent step.
            id: the step's id; default: the function's name, with dashes.
            settle_s: seconds that the picture rests after the step (0 to 60; default: 0.4).
            settle_until: wait for the page's load event ("load") or a quiet network ("idle"), at
                most 5 s; a page that takes longer costs a warning.
            wait_for: what must hold before the step counts as done: a locator of an element that
                must be visible, such as `(By.ID, "done")` or `text("3 results")`; `gone(…)`,
                `count(…)`, `idle()`; a function that takes the browser; or a tuple of these.
            wait_timeout_s: seconds after which the wait for it fails (up to 600).
            focus: a locator of the element that the cursor rests on at the end. A dialog that the
                step leaves open is left alone: then `settle_until` and `focus` do nothing.
            lint: False leaves the step out of the advice about long narration and many actions.
            clock: "real" records this step in real time, whatever the settings say.
            allow_error_page: True accepts a page that answers with a status of 400 or more.

        Raises:
            TutorialError: an option is unknown or wrong, the id is taken, or there is no
                narration; with file and line.
        """
        if narration is None or isinstance(narration, str):
            return lambda function: self._add(function, narration, options)
        return self._add(narration, None, options)

    def setup(self, function: F) -> F:
        """Run `function(browser[, ctx])` after the adapter's setup; the video does not show it."""
        _check_parameters(function, "setup")
        self.setup_function = function
        return function

    def teardown(self, function: F) -> F:
        """Run `function(browser[, ctx])` before the adapter's teardown, also after a failure."""
        _check_parameters(function, "teardown")
        self.teardown_function = function
        return function

    def _add(self, function: F, text: str | None, options: dict[str, Any]) -> F:
        place = _place(function)
        _check_parameters(function, "step")
        step_id = options.pop("id", None) or slug(function.__name__)
        _check_id(place, "step", step_id)
        for other in self.steps:
            if other.id == step_id:
                raise TutorialError(
                    f"{place}: two steps with the id {step_id!r} in tutorial {self.id!r};"
                    f" the first is at line {other.line}",
                    hint="rename the function, or give one of them id=…",
                )
        narration = inspect.getdoc(function) if text is None else text
        if narration is None or (text is None and not narration.strip()):
            raise TutorialError(
                f"{place}: step {step_id!r} has no narration",
                hint='write what the voice says as its docstring, or @tour.step("") for silence',
            )
        check_texts(f"{place}: step {step_id!r}", narration)
        _check_options(place, step_id, options)
        shown, marks = marked(f"{place}: step {step_id!r}", narration)
        file, line = _where(function)
        self.steps.append(Step(step_id, shown, function, file, line, marks, **options))
        return function


class _Option(NamedTuple):
    """An option of a step: a test for usable values, and which those are, for a message."""

    usable: Callable[[Any], bool]
    hint: str


#: The options of a step besides `id`.
_OPTIONS = {
    "settle_s": _Option(
        lambda v: v is None or (isinstance(v, int | float) and 0 <= v <= 60),
        "a number of seconds, from 0 to 60: settle_s=0.8",
    ),
    "settle_until": _Option(
        lambda v: v in (None, "load", "idle"), 'settle_until="load" or settle_until="idle"'
    ),
    "wait_for": _Option(lambda v: v is None or bool(conditions(v)), WAIT_HINT),
    "wait_timeout_s": _Option(
        lambda v: isinstance(v, int | float) and 0 < v <= 600,
        "a number of seconds, more than 0 and at most 600: wait_timeout_s=30",
    ),
    "focus": _Option(lambda v: v is None or is_locator(v), LOCATOR_HINT),
    "lint": _Option(lambda v: isinstance(v, bool), "lint=True or lint=False"),
    "clock": _Option(lambda v: v in (None, "real"), 'clock="real", or no clock'),
    "allow_error_page": _Option(
        lambda v: isinstance(v, bool), "allow_error_page=True or allow_error_page=False"
    ),
}


def _check_options(place: str, step_id: str, options: dict[str, Any]) -> None:
    for name, value in options.items():
        if name not in _OPTIONS:
            raise TutorialError(
                f"{place}: step {step_id!r} has an unknown option {name!r}",
                hint=f"the options are id, {', '.join(_OPTIONS)}",
            )
        try:
            usable = _OPTIONS[name].usable(value)
        except TutorialError as problem:
            raise TutorialError(
                f"{place}: step {step_id!r}: {name}: {problem.message}", hint=problem.hint
            ) from problem
        if not usable:
            raise TutorialError(
                f"{place}: step {step_id!r}: {name}={value!r} is not usable",
                hint=_OPTIONS[name].hint,
            )


def _check_parameters(function: object, role: str) -> None:
    if not callable(function):
        raise TutorialError(
            f"{_place(function)}: @tour.{role} decorates a function, not {function!r}"
        )
    if kind := never_runs(function):
        raise TutorialError(f"{_place(function)}: this {role} is {kind}", hint=PLAIN_HINT)
    signature = inspect.signature(function)
    by_name = any(p.kind is p.KEYWORD_ONLY for p in signature.parameters.values())
    if by_name or _takes(signature) not in (1, 2):
        raise TutorialError(
            f"{_place(function)}: a {role} takes `browser` or `browser, ctx`, not {signature}"
        )


def _takes(signature: inspect.Signature) -> int:
    """Return the number of arguments that forge gives to a function of the user's.

    A parameter with a default is the function's own, as in `def step(browser, name=name)`, unless
    it is called `ctx`.
    """
    return sum(p.default is p.empty or p.name == "ctx" for p in signature.parameters.values())


def call(function: StepFunction, browser: object, ctx: object) -> Any:
    """Call a step, setup or teardown with `browser`, and with `ctx` if it takes two arguments.

    Raises:
        TutorialError: it only returned a coroutine or a generator, as a plain decorator around an
            `async def` does.
    """
    takes_context = _takes(inspect.signature(function)) == 2
    return has_run(function(browser, ctx) if takes_context else function(browser))


def has_run(found: Any) -> Any:
    """Return `found`, the result of a user's function, unless that function has not run.

    Raises:
        TutorialError: `found` is a coroutine or a generator, whose body has not run.
    """
    if inspect.iscoroutine(found) or inspect.isgenerator(found):
        found.close()  # else Python warns that it was never awaited
        raise TutorialError(
            f"it returned a {type(found).__name__}, and nothing runs that", hint=PLAIN_HINT
        )
    return found


def _where(function: Any) -> tuple[str, int]:
    """Return file and line of `function`, or of the caller if it has no code (a `partial`)."""
    if code := getattr(inspect.unwrap(function), "__code__", None):
        return code.co_filename, code.co_firstlineno
    frame = sys._getframe(1)
    while frame.f_code.co_filename == __file__ and frame.f_back:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def _place(function: object) -> str:
    file, line = _where(function)
    return f"{Path(file)}:{line}"
