"""What scripts report from inside the page."""

from __future__ import annotations

from forge.workers.recording.virtual.windows.reports import PageReports
from forge.workers.recording.virtual.windows.scripts import AT_THE_END, UNKNOWN


def test_a_task_at_the_end_counts_once() -> None:
    reports = PageReports()
    reports.report(1, AT_THE_END)
    assert reports.may_be_due
    reports.begin_grant()
    assert not reports.may_be_due


def test_an_unknown_document_counts_until_it_is_gone() -> None:
    reports = PageReports()
    reports.report(1, UNKNOWN)
    reports.begin_grant()
    assert reports.may_be_due
    reports.context_destroyed({"executionContextId": 1})
    assert not reports.may_be_due


def test_media_are_seeking_until_each_document_reports_none() -> None:
    reports = PageReports()
    reports.report(1, "2")
    reports.report(2, "1")
    reports.report(1, "0")
    assert reports.seeking
    reports.report(2, "0")
    assert not reports.seeking


def test_media_of_gone_documents_seek_no_more() -> None:
    reports = PageReports()
    reports.report(1, "2")
    reports.contexts_cleared({})
    assert not reports.seeking and not reports.may_be_due
