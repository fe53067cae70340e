"""Several listeners of one batch."""

from __future__ import annotations

from forge.batch.listeners import Listeners
from forge.model.news import News, Notice

NEWS = Notice(text="nothing more starts")


class Ear:
    def __init__(self, heard: list[tuple[str, News]], name: str) -> None:
        self._heard, self._name = heard, name

    def on(self, news: News) -> None:
        self._heard.append((self._name, news))


class Deaf:
    def on(self, news: News) -> None:
        raise RuntimeError("no more of this \udc80")


def test_listeners_hear_the_news_in_their_order() -> None:
    heard: list[tuple[str, News]] = []
    listeners = Listeners(Ear(heard, "first"), Ear(heard, "second"))
    listeners.add(Ear(heard, "last"))
    listeners.on(NEWS)
    assert heard == [("first", NEWS), ("second", NEWS), ("last", NEWS)]


def test_failing_listener_does_not_stop_others() -> None:
    heard: list[tuple[str, News]] = []
    listeners = Listeners(Deaf(), Ear(heard, "second"))
    listeners.on(NEWS)
    listeners.on(NEWS)
    assert heard == [("second", NEWS)] * 2
    assert listeners.problems == {
        "Deaf": "Deaf missed news of the batch: RuntimeError: no more of this \ufffd"
    }


def test_a_notice_is_clean_text() -> None:
    assert Notice(text="td \udc80 \x1b[2J").text == "td \ufffd \ufffd[2J"
