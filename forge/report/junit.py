"""A batch as JUnit XML, which CI servers show."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from forge.model.records import JobResult


def junit_xml(results: Sequence[JobResult]) -> str:
    """Return one test suite with a test case a job. A job that is up to date has passed.

    It holds only elements and attributes of Jenkins' schema, the narrowest of those in use.
    """
    suite = Element(
        "testsuite",
        name="forge",
        tests=str(len(results)),
        failures=str(sum(result.status == "failed" for result in results)),
        errors="0",
        skipped=str(sum(result.status == "not-run" for result in results)),
        time=f"{sum(result.wall_s for result in results):.3f}",
    )
    for result in results:
        tutorial, _, _ = result.job.partition(".")
        case = SubElement(suite, "testcase", classname=tutorial, name=result.job)
        case.set("time", f"{result.wall_s:.3f}")
        if result.error:
            failure = SubElement(case, "failure", type=result.error.kind)
            failure.set("message", result.error.headline)
            lines = (result.error.message, result.error.hint, *result.error.artifacts)
            failure.text = "\n".join(filter(None, lines))
        elif result.status == "not-run":
            SubElement(case, "skipped", message="it never ran")
        notes = (*([result.truth_with_reasons] if result.outside else []), *result.warnings)
        if notes:
            SubElement(case, "system-out").text = "\n".join(notes)
    indent(suite)
    return tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
