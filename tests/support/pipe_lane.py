"""The part that lanes without a worker have in common: the pipe of their events."""

from __future__ import annotations

from multiprocessing import Pipe

from forge.model.records import Event, Failure


class PipeLane:
    """A lane of this process. What `send` sends, `receive` returns."""

    away: str | None = None

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.events, self.writer = Pipe(duplex=False)

    def send(self, event: Event) -> None:
        self.writer.send_bytes(event.model_dump_json().encode())

    def receive(self) -> list[Event]:
        arrived = []
        while self.events.poll():
            arrived.append(Event.model_validate_json(self.events.recv_bytes()))
        return arrived

    def after_job(self, error: Failure | None) -> str | None:
        return None

    def close(self) -> None:
        self.writer.close()
        self.events.close()

    end = kill = close
