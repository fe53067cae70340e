"""When a batch has to stop: workers die one after another, or every host stays away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from forge.model.settings import Limits


class Setbacks:
    """Counts deaths of workers in a row, and how long each host has been away.

    Times are in seconds, on the clock of `time.monotonic`.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._deaths = 0
        self._away_s: dict[str, float] = {}  # since when

    def end_row(self) -> None:
        """A worker returned an attempt: the next death is the first of a row."""
        self._deaths = 0

    def count_death(self) -> str | None:
        """Count the death of a worker; return why the batch is to stop, or None."""
        self._deaths += 1
        if self._deaths <= self._limits.restarts:
            return None
        return (
            f"{self._deaths} workers died one after the other, more than"
            f" limits.restarts = {self._limits.restarts}"
        )

    def look(self, away: Mapping[str, str | None], now_s: float) -> Iterator[str]:
        """Take in why each host is `away` (None: it is not); yield a sentence for each change."""
        for host, why in away.items():
            if why and host not in self._away_s:
                self._away_s[host] = now_s
                yield why
            elif not why and self._away_s.pop(host, None) is not None:
                yield f"{host} is back"

    def excuse(self, paused_s: float) -> None:
        """Leave out `paused_s`, in which the batch itself stood still."""
        for host in self._away_s:
            self._away_s[host] += paused_s

    def lost(self, now_s: float) -> set[str]:
        """Return the hosts that have been away for `limits.away_s` and longer."""
        limit_s = self._limits.away_s
        return {host for host, since_s in self._away_s.items() if now_s - since_s >= limit_s}
