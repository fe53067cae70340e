"""Locators by role and name: their two texts, and what is refused."""

from __future__ import annotations

from importlib import import_module

import pytest

import forge
from forge.errors import TutorialError
from forge.locators import (
    BY,
    SELENIUM,
    Locator,
    Part,
    as_locator,
    button,
    field,
    heading,
    is_locator,
    link,
    menu,
    option,
    parse,
    tab,
    text,
    within,
    wording,
)

ODD = 'say "a >> b" \\ > c'


@pytest.mark.parametrize("make", [button, link, field, tab, option, heading])
def test_a_locator_is_two_texts_that_say_what_it_is(make: type) -> None:
    locator = make("Make  report\n")
    assert locator == (BY, f'{make.__name__} "Make report"')
    assert parse(locator[1]) == (Part(make.__name__, ("Make report",)),)
    assert make("report", part=True) == (BY, f'{make.__name__} containing "report"')


@pytest.mark.parametrize(
    ("locator", "parts"),
    [
        (text("3 results"), [Part("text", ("3 results",), False)]),
        (text("3 results", exact=True), [Part("text", ("3 results",), True)]),
        (button(ODD, part=True), [Part("button", (ODD,), False)]),
        (menu("File", ODD), [Part("menu", ("File", ODD))]),
        (
            within(".card", heading("Team"), button(ODD)),
            [Part("css selector", (".card",)), Part("heading", ("Team",)), Part("button", (ODD,))],
        ),
        (
            within(("xpath", "//td[.='\"']"), within("tr", link("Ä"))),
            [
                Part("xpath", ("//td[.='\"']",)),
                Part("css selector", ("tr",)),
                Part("link", ("Ä",)),
            ],
        ),
    ],
)
def test_what_a_locator_says_is_read_back(locator: Locator, parts: list[Part]) -> None:
    assert list(parse(locator[1])) == parts
    assert is_locator(locator)
    assert " >> ".join(map(str, parts)) == wording(locator)


def test_seleniums_locators_are_known_and_worded() -> None:
    from selenium.webdriver.common.by import By

    known = {value for name, value in vars(By).items() if name.isupper()}
    assert known == set(SELENIUM)
    assert wording(("id", "done")) == 'id "done"'
    assert as_locator(".row", "count") == ("css selector", ".row")


@pytest.mark.parametrize(
    "wrong",
    [
        *(None, "", " ", 3, ("id",), ["id", "x"], ("id", " "), ("ID", "x"), ("id", 3)),
        *((BY, ""), (BY, "x"), (BY, 'button "x'), (BY, 'button "x" >> '), (BY, 'window "x"')),
    ],
)
def test_what_is_no_locator_is_refused(wrong: object) -> None:
    assert not is_locator(wrong)
    with pytest.raises(TutorialError, match=r"^within: .* is not a locator"):
        as_locator(wrong, "within")


def test_names_that_no_page_shows_are_refused() -> None:
    for wrong in ("", " \n", None, 3):
        with pytest.raises(TutorialError, match="is not a name"):
            button(wrong)  # type: ignore[arg-type]
    with pytest.raises(TutorialError, match="has no name"):
        menu()
    with pytest.raises(TutorialError, match="takes two"):
        within(button("x"))
    with pytest.raises(TutorialError, match="not a locator of forge's"):
        parse("button x")
    assert button("a\ud800") == (BY, 'button "a?"')  # no file can hold half of a pair


def test_locators_and_waits_are_public() -> None:
    for name in ("button", "within", "gone", "count", "idle", "wait", "menu"):
        assert name in forge.__all__
        assert callable(getattr(forge, name))
    import_module("forge.text.sentences")  # does not hide the locator behind the package
    assert forge.text is text
