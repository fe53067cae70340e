"""What the process that plays is asked for, and what it reports while it works."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from forge.model.machine import Machine
from forge.model.records import Job, Message, Record
from forge.model.settings import Settings


class Wish(NamedTuple):
    """The job to play, and where the files of the page lie.

    `step`: the step that the author works on, of which a clip is made at once. `again`: record it,
    even if there is a take of it.
    """

    settings: Settings
    machine: Machine
    job: Job
    step: str
    folder: Path
    again: bool = False


class Doing(Record):
    """What is being done now, in a few words, such as "records step 3 of 8"."""

    text: Message


class Drawn(Record):
    """A step as it ends in the video. `picture`: a file in the folder of the page; `length_s`: how
    long the step lasts in the video."""

    step: str
    picture: str
    length_s: float


class Clipped(Record):
    """A step as it plays in the video. `clip`: a file in the folder of the page."""

    step: str
    clip: str


News = Doing | Drawn | Clipped
