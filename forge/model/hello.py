"""What one machine says of itself before it renders a part of another machine's batch."""

from __future__ import annotations

from forge.model.records import Amount, Record
from forge.text.sanitize import clean


class Hello(Record):
    """Facts of a machine.

    `decides` are the facts that decide the bytes of a video, by what they are of: versions, fonts,
    the clock, the time zone. `lacks` says what a render needs and the machine does not have.
    `processors` are those that forge may use, `free_mb` is memory and `disk_mb` the room on the
    disk for projects and videos, both in MB. `model` names the processor, and is not compared.
    """

    decides: dict[str, str]
    lacks: tuple[str, ...] = ()
    processors: int = 1
    free_mb: Amount = 0.0
    disk_mb: Amount = 0.0
    model: str = ""


def differences(home: Hello, host: Hello) -> list[str]:
    """Return a phrase for each difference of two machines that decides bytes; empty if none does.

    Where all of them are empty, both machines render the same job to the same bytes.
    """
    labels = dict.fromkeys((*home.decides, *host.decides))
    pairs = ((label, home.decides.get(label), host.decides.get(label)) for label in labels)
    return [
        clean(f"{label} {here or 'none'} here and {there or 'none'} there")
        for label, here, there in pairs
        if here != there
    ]
