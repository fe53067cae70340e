"""Render a project from Python, and print what happens.

python examples/batch_script.py examples/lumen
"""

from __future__ import annotations

import argparse
import sys

import forge
from forge.model.news import Finished, News, Notice, Retried, Started, WorkerEvent


def show(news: News) -> None:
    """Print one line for each piece of news that a reader may care about."""
    match news:
        case Started(job=job, slot=slot):
            print(f"{job.name}: begins in lane {slot}")
        case WorkerEvent(event=event) if event.kind == "step":
            print(f"{event.job}: {event.step} of {event.steps}  {event.text}")
        case Retried(result=result, delay_s=delay_s):
            print(f"{result.job}: failed, again in {delay_s:.0f} s")
        case Finished(result=result):
            print(f"{result.job}: {result.status} after {result.wall_s:.1f} s")
        case Notice(text=text):
            print(text)


def main() -> int:
    """Render; return the exit code of `forge render`."""
    parser = argparse.ArgumentParser(description="Render a project, and print what happens.")
    parser.add_argument("project", help="the folder with forge.toml")
    parser.add_argument("--phase", default="all", help="all, speak, record or compose")
    args = parser.parse_args()
    outcome = forge.render(
        args.project,
        phase=args.phase,
        lanes="auto",
        settings={"keep_going": True},
        listener=show,
    )
    for warning in outcome.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    for result in outcome.results:
        if result.error:
            print(f"{result.job}: {result.error.message}", file=sys.stderr)
    print(f"{len(outcome.results)} jobs in {outcome.wall_s:.1f} s; log: {outcome.log}")
    return outcome.exit_code


if __name__ == "__main__":  # the worker processes import this file too
    sys.exit(main())
