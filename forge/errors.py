"""The errors of forge, as one tree.

ForgeError
├── ProjectError        the user's input: exit code 2, before a browser starts
│   ├── UsageError      the command line
│   ├── SettingsError   forge.toml, pyproject.toml, .env, FORGE_*
│   ├── TutorialError   a tutorial module or its side files
│   └── AdapterError    the adapter: path, class, parallel_safe
├── MachineError        this machine: no browser, no voice, no room to write; exit code 2
└── RenderError         one job failed: exit code 1
    ├── SpeechError     the voice
    ├── RecordingError  the browser or a step
    │   └── ClockError  the virtual clock cannot record this page
    ├── ComposeError    the encoder or the finished file
    └── ChangedError    a file of the project changed while the batch ran
"""

from __future__ import annotations

from forge.text.redact import without_passwords
from forge.text.sanitize import clean, cut


class ForgeError(Exception):
    """An error with an explanation for the user: what and where, and in `hint` what to do.

    `any_clock`: it would have happened on any clock of the recording; a wait, for example, that has
    reached its limit on the machine's clock too.
    """

    exit_code = 1
    any_clock = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        # Both may quote users' code, files and pages.
        self.message = cut(without_passwords(clean(message)))
        self.hint = cut(without_passwords(clean(hint)))
        super().__init__(self.message)

    def add_hint(self, more: str) -> None:
        """Say also `more` in the hint."""
        self.hint = cut("; ".join(filter(None, (self.hint, without_passwords(clean(more))))))

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class ProjectError(ForgeError):
    """The user's input is wrong."""

    exit_code = 2


class UsageError(ProjectError):
    """The command line is wrong."""


class SettingsError(ProjectError):
    """A settings file or variable is wrong."""


class TutorialError(ProjectError):
    """A tutorial or one of its side files is wrong."""


class AdapterError(ProjectError):
    """The adapter cannot be used."""

    any_clock = True  # programs, files and keys: the page's time changes nothing


class MachineError(ForgeError):
    """This machine lacks something that a render needs."""

    exit_code = 2


class RenderError(ForgeError):
    """One job failed. `transient`: another attempt may succeed."""

    def __init__(self, message: str, *, hint: str = "", transient: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.transient = transient


class SpeechError(RenderError):
    """A line could not be spoken."""


class RecordingError(RenderError):
    """The browser or a step failed while recording."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        transient: bool = False,
        step: str | None = None,
        file: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message, hint=hint, transient=transient)
        self.step = step
        self.file = file
        self.line = line


class ClockError(RecordingError):
    """The virtual clock cannot record this page, but another clock may.

    Causes: the clock stalls, a frame is not drawn, a web worker draws on its own time, DevTools
    does not answer.
    """


class ComposeError(RenderError):
    """The video could not be composed, or the finished file failed its check."""


class ChangedError(RenderError):
    """An input file of a job has changed since the batch began."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} has changed since the batch began",
            hint="render again when the file is final; if the app itself writes it: `data` needs"
            " an app that works on the copy, {data}, and under `watch` it does not belong",
            transient=True,
        )
