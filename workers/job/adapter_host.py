"""The adapter of a worker: one instance, started by the first job that records."""

from __future__ import annotations

from collections.abc import Callable

from forge.adapters.app_table import adapter_of
from forge.adapters.contract import Adapter, Slot
from forge.workers import log_redirect
from forge.workers.setup import WorkerContext


class AdapterHost:
    """Starts the adapter on first use, keeps it from job to job, and stops it with the worker.

    The adapter's output goes to the log of the lane, because its app outlives the job.
    """

    def __init__(self, worker: WorkerContext, slot: Slot) -> None:
        self._worker, self._slot = worker, slot
        self._adapter: Adapter | None = None

    def get(self, settle: Callable[[], object] = lambda: None) -> Adapter:
        """Return the adapter; start it if it does not run.

        `settle()` waits until no other thread imports modules: what a package replaces meanwhile
        would look like harm that a job has done.

        Raises:
            ProjectError: the adapter cannot be loaded.
            RecordingError: its constructor or `start` failed.
        """
        from forge.workers.recording.user_code import start_adapter

        if self._adapter is None:
            worker, settings = self._worker, self._worker.settings
            kind = adapter_of(settings)
            with log_redirect.into(worker.lane_log):
                adapter = start_adapter(kind, self._slot)
            settle()
            worker.baseline.renew_with_adapter()
            worker.closers.append(self._stop)
            self._adapter = adapter
        return self._adapter

    def drop(self) -> None:
        """Stop the adapter, if it runs: the next job, or recording, starts a new one."""
        if self._adapter is None:
            return
        self._worker.closers.remove(self._stop)
        with log_redirect.into(self._worker.lane_log):
            try:
                self._stop()
            except Exception:
                log_redirect.trace()

    def _stop(self) -> None:
        adapter, self._adapter = self._adapter, None
        try:
            if adapter is not None:
                adapter.stop()
        finally:
            self._slot.end_servers()
