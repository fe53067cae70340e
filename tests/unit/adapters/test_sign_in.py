"""The rules of signing in, with a browser whose pages a test makes up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from selenium.common.exceptions import NoSuchElementException, UnexpectedAlertPresentException

from forge.adapters import sign_in as module
from forge.adapters.contract import Context, Slot
from forge.adapters.sign_in import Form
from forge.errors import AdapterError, RecordingError, TutorialError
from forge.text import redact

FIELDS = {"Email": "$SHOP_USER", "Password": "$SHOP_PASSWORD"}
LABELS = [f'field "{label}"' for label in FIELDS]


@dataclass
class Page:
    """What a page shows: labels of fields and buttons, alerts, and lines of text."""

    shown: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=lambda: ["Shop"])
    ready: bool = True
    dialog: str = ""  # that is open, and stays open


FORM = Page([*LABELS, 'button "Sign in"'])
GOODS = Page(lines=["Goods"])


class FakeBrowser:
    """Shows `start` for each address; each click leads to the next one of `answers`."""

    current_url = "http://shop.example/home"

    def __init__(self, start: Page, *answers: Page) -> None:
        self.page, self.start = start, start
        self._answers = iter(answers)
        self.born = 0
        self.typed: list[str] = []
        self.cleared: list[str] = []
        self.opened: list[str] = []
        self.switch_to = self.alert = self

    def dismiss(self) -> None:
        self.page = self.start

    def get(self, url: str) -> None:
        self.opened.append(url)
        self.born += 1
        self.page = self.start

    def is_idle(self) -> bool:
        return self.page.ready

    def visible(self, locator: tuple[str, str]) -> list[FakeBrowser]:
        return [self] if locator[1] in self.page.shown else []

    def find_element(self, by: str, value: str) -> FakeBrowser:
        if value not in self.page.shown:
            raise NoSuchElementException(f"no {value}")
        return self

    def clear(self) -> None: ...

    def send_keys(self, text: str) -> None:
        self.typed.append(text)

    def click(self) -> None:
        self.page = next(self._answers)
        if self.page is GOODS:
            self.start = GOODS
        self.born += self.page.alerts != ["in place"]

    def execute_script(self, script: str, *arguments: Any) -> Any:
        if self.page.dialog:
            raise UnexpectedAlertPresentException(alert_text=self.page.dialog)
        if "innerText" in script:
            page = self.page
            return {
                "alerts": page.alerts, "lines": page.lines, "ready": page.ready, "born": self.born
            }  # fmt: skip
        if "removeAttribute" in script:
            self.cleared += arguments[0]
        return [] if "indexedDB" in script else ["http://shop.example", [], []]

    def execute_cdp_cmd(self, command: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"cookies": [], "identifier": "1"}


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_hidden", set())
    monkeypatch.setattr(module, "ANSWER_S", 0.05)
    monkeypatch.setattr(module, "FORM_S", 0.01)
    monkeypatch.setattr(module, "LOOK_S", 0.001)
    monkeypatch.setenv("SHOP_USER", "ada@shop.example")
    monkeypatch.setenv("SHOP_PASSWORD", "s3cret")


@pytest.fixture
def slots(tmp_path: Path) -> Iterator[list[Slot]]:
    made = [Slot(number, tmp_path / f"slot-{number}", tmp_path) for number in range(2)]
    for slot in made:
        slot.dir.mkdir()
    yield made


def sign_in(browser: FakeBrowser, slot: Slot, **more: Any) -> None:
    page = more.pop("page", "http://shop.example/login")
    Context(None, slot, "tour").sign_in(
        cast("Any", browser), page, more.pop("fields", FIELDS), "Sign in", **more
    )


def test_form_is_filled_in_once_and_the_start_page_opened_each_time(slots: list[Slot]) -> None:
    browser = FakeBrowser(FORM, GOODS)
    sign_in(browser, slots[0])
    assert browser.typed == ["ada@shop.example", "s3cret"]
    assert browser.opened == ["http://shop.example/login", "http://shop.example/home"]
    sign_in(browser, slots[0], page="http://shop.example:81/login", start_page="http://a.example/")
    assert browser.opened[2:] == ["http://a.example/"]
    assert len(browser.typed) == 2


def test_session_that_has_expired_is_renewed(slots: list[Slot]) -> None:
    sign_in(FakeBrowser(FORM, GOODS), slots[0])
    browser = FakeBrowser(FORM, GOODS)
    sign_in(browser, slots[0])
    assert len(browser.typed) == 2
    assert browser.opened == [
        "http://shop.example/home", "http://shop.example/login", "http://shop.example/home"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Page(FORM.shown, alerts=["Wrong password."]), "Wrong password."),
        (Page(FORM.shown, alerts=["in place"]), "in place"),
        (Page(FORM.shown, lines=["Shop", "Try again, ada@shop.example"]), "Try again, •••"),
        (Page(FORM.shown), ""),
        (Page(["code"], ready=False, lines=["Enter the code"]), "Enter the code"),
    ],
    ids=["alert", "in-place", "text", "nothing", "another-page"],
)
def test_refusal_is_said_in_the_pages_words_and_never_repeated(
    slots: list[Slot], answer: Page, words: str
) -> None:
    browser = FakeBrowser(FORM, answer)
    with pytest.raises(RecordingError, match="login was refused: ") as problem:
        sign_in(browser, slots[0])
    said = f"the page says: {words}" if words else "the page says nothing new"
    assert said in problem.value.message
    assert (problem.value.transient, problem.value.any_clock) == (False, True)
    assert "SHOP_USER, SHOP_PASSWORD" in problem.value.hint
    assert browser.cleared == ["ada@shop.example", "s3cret"]

    other = FakeBrowser(FORM, GOODS)
    with pytest.raises(RecordingError, match=r"\(not tried again in this batch\)") as problem:
        sign_in(other, slots[1])
    assert said in problem.value.message
    assert (other.typed, problem.value.any_clock) == ([], True)
    notes = list(slots[0].dir.parent.glob("sign-in-refused-*"))
    assert [path.stat().st_mode & 0o777 for path in notes] == [0o600]
    assert b"ada@" not in notes[0].read_bytes()


def test_dialog_is_a_refusal_and_closed(slots: list[Slot]) -> None:
    browser = FakeBrowser(FORM, Page(dialog="Account ada@shop.example is locked."))
    with pytest.raises(RecordingError, match="the page says: Account ••• is locked"):
        sign_in(browser, slots[0])
    assert browser.cleared == ["ada@shop.example", "s3cret"]


def test_alert_of_a_page_at_work_is_no_refusal(slots: list[Slot]) -> None:
    busy = Page(FORM.shown, alerts=["in place"], ready=False)

    class Patient(FakeBrowser):
        """Ends its work after some looks."""

        def is_idle(self) -> bool:
            if self.page is busy and len(self.looks) > 3:
                self.page = self.start = GOODS
            self.looks.append(1)
            return self.page.ready

        looks: list[int]

    browser = Patient(FORM, busy)
    browser.looks = []
    sign_in(browser, slots[0])
    assert browser.page is GOODS


def test_words_that_were_there_before_the_form_was_sent_are_not_a_refusal(
    slots: list[Slot],
) -> None:
    notice = Page([*FORM.shown], alerts=["We use cookies."])
    browser = FakeBrowser(notice, GOODS)
    sign_in(browser, slots[0])
    assert browser.page is GOODS


def test_button_or_field_that_is_not_there_is_named_and_nothing_is_sent(slots: list[Slot]) -> None:
    browser = FakeBrowser(Page(LABELS))
    with pytest.raises(RecordingError, match=r'sign-in at http.*/login: no button "Sign in"'):
        sign_in(browser, slots[0])
    assert browser.cleared == ["ada@shop.example", "s3cret"]
    sign_in(FakeBrowser(FORM, GOODS), slots[0])


def test_app_that_does_not_keep_its_session_is_said(slots: list[Slot]) -> None:
    with pytest.raises(RecordingError, match="shows the form again, although the app accepted"):
        sign_in(FakeBrowser(FORM, Page(lines=["Welcome"])), slots[0])


def test_page_that_shows_neither_is_said(slots: list[Slot]) -> None:
    sign_in(FakeBrowser(FORM, GOODS), slots[0])
    with pytest.raises(RecordingError, match="shows neither the form nor a page at rest"):
        sign_in(FakeBrowser(Page(lines=[])), slots[0])


@pytest.mark.parametrize(
    ("more", "error", "said"),
    [
        ({"fields": {}}, AdapterError, "no field is named"),
        ({"fields": {"Password": "s3cret"}}, AdapterError, "'Password' is not the name"),
        ({"done": "nowhere"}, TutorialError, "nothing to wait for"),
    ],
)
def test_wrong_arguments_are_refused_before_the_page_is_opened(
    slots: list[Slot], more: dict[str, Any], error: type[Exception], said: str
) -> None:
    browser = FakeBrowser(FORM)
    with pytest.raises(error, match=said) as problem:
        sign_in(browser, slots[0], **more)
    assert "s3cret" not in str(problem.value)
    assert browser.opened == []


def test_key_of_a_form_depends_on_path_labels_and_variables() -> None:
    forms = [
        Form("http://a.example:1/login", FIELDS, "Sign in"),
        Form("http://a.example:2/login", FIELDS, "Sign in"),
        Form("http://a.example:1/other", FIELDS, "Sign in"),
        Form("http://a.example:1/login", {**FIELDS, "Email": "$OTHER"}, "Sign in"),
        Form("http://a.example:1/login", FIELDS, "Log in"),
    ]
    first, same, *others = [form.key for form in forms]
    assert first == same
    assert len({first, *others}) == 4
