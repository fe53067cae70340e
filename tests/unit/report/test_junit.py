"""A batch as JUnit XML."""

from __future__ import annotations

from xml.etree import ElementTree

from forge.model.records import Failure, JobResult
from forge.report.junit import junit_xml
from tests.support.results import RESULTS, SOCKET, true


def test_failed_case_says_why() -> None:
    suite = ElementTree.fromstring(junit_xml(RESULTS).encode())
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    cases = {case.get("name"): case for case in suite}
    assert list(cases) == ["a.en", "a.es", "b.en"]
    assert [child.tag for child in cases["a.en"]] == []
    failure = cases["a.es"].find("failure")
    assert failure is not None
    assert failure.get("message") == "/t.py:7: step 'go': no such element: [id=x]"
    assert failure.text is not None
    assert failure.text.splitlines()[-2:] == ["look at the picture", "/w/failure.png"]
    assert [child.tag for child in cases["b.en"]] == ["skipped"]


def test_true_case_says_why() -> None:
    result = true("a", SOCKET).model_copy(update={"warnings": ("w",)})
    (case,) = ElementTree.fromstring(junit_xml([result]).encode())
    assert case.findtext("system-out") == f"true: {SOCKET}\nw"


def test_wild_text_is_valid_xml() -> None:
    wild = '<b>&amp; "x" \x00\x1b[31m \ud800 ]]> 日本'
    result = JobResult(
        job="a", status="failed", error=Failure(kind="X", message=wild), warnings=(wild,)
    )
    (case,) = ElementTree.fromstring(junit_xml([result]).encode())
    assert case.find("failure") is not None
    assert "日本" in (case.findtext("system-out") or "")
    assert "<b>&amp;" in (case.findtext("failure") or "")
