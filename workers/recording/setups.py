"""Set-ups before a recording and teardowns after it: the adapter's and the tutorial's."""

from __future__ import annotations

from collections.abc import Callable

from forge.adapters.contract import Adapter, Context
from forge.errors import ForgeError, RecordingError, RenderError
from forge.tutorial import Tutorial, call, has_run
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.documents import WrongPage
from forge.workers.recording.recorder import Recorder
from forge.workers.recording.seen_instead import with_what_is_seen
from forge.workers.recording.user_code import explain, message_of
from forge.workers.recording.wait_errors import describe


class SetUps:
    """Runs the set-ups of one recording, and undoes them."""

    def __init__(
        self, adapter: Adapter, tutorial: Tutorial, browser: WatchedChrome, context: Context
    ) -> None:
        self._adapter, self._tutorial = adapter, tutorial
        self._browser, self._context = browser, context

    def run(self, recorder: Recorder) -> None:
        """Run the set-ups; the page that they end on is the video's first picture.

        Raises:
            RecordingError: one failed, or they end on a page that is not the app's.
        """
        try:
            self._set_up_adapter(recorder)
            self._set_up_tutorial(recorder)
        except RecordingError as error:
            if wrong := _shown_wrong(recorder):
                error.hint = error.hint or wrong.said
            raise
        if wrong := _shown_wrong(recorder):
            raise wrong.error("the set-up ends on a page that is not the app's")

    def _set_up_adapter(self, recorder: Recorder) -> None:
        try:
            with recorder.users_code():
                self._context.state = self._adapter.setup(self._browser, self._context)
        except (Exception, SystemExit) as error:
            said = with_what_is_seen(describe(error, recorder.waited), error, self._browser)
            failed = explain(error, "the adapter's setup failed", None, said=said)
            # It talks to an app, which may be there the next time; forge's own errors say if so.
            failed.transient = not isinstance(error, RenderError) or error.transient
            failed.any_clock = isinstance(error, ForgeError) and error.any_clock
            raise failed from error

    def _set_up_tutorial(self, recorder: Recorder) -> None:
        if (setup := self._tutorial.setup_function) is None:
            return
        try:
            with recorder.users_code():
                call(setup, self._browser, self._context)
        except (Exception, SystemExit) as error:
            place = (self._tutorial.file, setup.__code__.co_firstlineno)
            said = with_what_is_seen(describe(error, recorder.waited), error, self._browser)
            failed = explain(error, "the tutorial's setup failed", place, said=said)
            failed.any_clock = isinstance(error, ForgeError) and error.any_clock
            raise failed from error

    def tear_down(self, warn: Callable[[str], object]) -> None:
        """Undo, last in, first out. A failure here only warns: it must hide no earlier error."""
        browser, context = self._browser, self._context
        thunks: list[Callable[[], object]] = [lambda: self._adapter.teardown(browser, context)]
        if own := self._tutorial.teardown_function:
            thunks.append(lambda: call(own, browser, context))
        thunks += context.teardowns
        for thunk in reversed(thunks):
            try:
                has_run(thunk())
            except (Exception, SystemExit, KeyboardInterrupt) as error:
                warn(f"teardown failed: {type(error).__name__}: {message_of(error)}")


def _shown_wrong(recorder: Recorder) -> WrongPage | None:
    """Return what is wrong with the page that shows now; forget wrong pages before it."""
    recorder.watch.wrong_page()
    return recorder.watch.documents.shown
