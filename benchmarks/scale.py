"""What a batch of thousands of jobs costs its parent process, and how that grows.

    python benchmarks/scale.py [--tutorials 50,100,250,500] [--languages 6] [--no-browser]

Each tutorial has ten steps. A lane without a worker renders them in
milliseconds, so the times are those of the parent: planning, judging, ledger, reports. Each command
runs in a process of its own. The exponent is the slope of the times on logarithmic scales: 1 is
linear. The page is opened and filtered in headless Chromium.
"""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import linear_regression
from typing import Any

from _bench import ENVIRONMENT, ROOT, arguments, console, keep, show, write_tours
from _quick_lane import QuickLane

from forge.cli import console as forge
from forge.commands.batch import render
from forge.commands.request import RenderRequest
from forge.commands.seats import LocalSeats
from forge.model.news import News, Started
from forge.project.settings_sources import load_settings
from forge.store.ledger import LEDGER_FILE

LANGUAGES = ("en", "es", "fr", "de", "it", "pt")
STEPS = 10
SETTINGS = """\
languages = {languages}

[voice]
engine = "silent"

[browser]
binary = "{folder}/bin/headless-shell"
driver = "{folder}/bin/driver"
"""
HEAD = """\
from selenium.webdriver import Chrome

from forge import By, Tutorial

tour = Tutorial("Tour {number} of the orders", id="tour-{number:03}", summary="It is done.")
"""
STEP = '''

@tour.step
def step_{step}(browser: Chrome) -> None:
    """Step {step} of tour {{number}}: open the list of orders, and choose the newest of them."""
    browser.find_element(By.ID, "order-{step}").click()
'''
SIDE = json.dumps(
    {f"step-{step}": f"Paso {step}: abra la lista de pedidos y elija." for step in range(STEPS)}
)
COMMANDS = ("render all", "list", "list --stale", "nothing to do", "resume", "first job")


def make_project(folder: Path, count: int, languages: Sequence[str]) -> None:
    settings = SETTINGS.format(languages=json.dumps(languages), folder=folder)
    tour = HEAD + "".join(STEP.format(step=step) for step in range(STEPS))
    write_tours(folder, settings, tour, count, dict.fromkeys(languages[1:], SIDE))
    for name in ("headless-shell", "driver"):
        program = folder / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text("#!/bin/sh\nexit 9\n")
        program.chmod(0o755)


def run_here(command: str, folder: Path) -> None:
    """Run one of COMMANDS in this process, and print what it took as JSON."""
    began_s = time.monotonic()
    started_s: list[float] = []

    def on_start(news: News) -> None:
        if isinstance(news, Started) and not started_s:
            started_s.append(time.monotonic() - began_s)
            if command == "first job":
                os.kill(os.getpid(), signal.SIGINT)  # the batch ends after this job

    output = sys.stdout
    with Path(os.devnull).open("w") as sys.stdout:
        if command.startswith("list"):
            code = forge([*command.split(), "--project", str(folder)])
        else:
            code = _render(command, folder, on_start)
    wall_s = started_s[0] if command == "first job" else time.monotonic() - began_s
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    figures = {
        "wall_s": wall_s,
        "cpu_s": own.ru_utime + own.ru_stime,
        "child_cpu_s": children.ru_utime + children.ru_stime,
        "peak_mb": own.ru_maxrss / 1024,
        "code": code,
    }
    print(json.dumps({key: round(value, 3) for key, value in figures.items()}), file=output)


def _render(command: str, folder: Path, on_start: Callable[[News], None]) -> int:
    class Watch:
        def on(self, news: News) -> None:
            on_start(news)

    request = RenderRequest(lanes="2", resume=command == "resume", force=command == "first job")
    if command == "resume":
        _interrupt(folder / ".forge" / LEDGER_FILE)
    settings = load_settings(folder)
    return render(
        settings,
        request,
        make_seats=lambda _, lanes: LocalSeats(lanes, QuickLane),
        listener=Watch(),
    ).exit_code


def _interrupt(ledger: Path) -> None:
    """Remove the last result and the end from the ledger, as if the batch had been killed."""
    *lines, _result, _end = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines))


def measure(command: str, folder: Path) -> dict[str, float]:
    """Run one of COMMANDS in a process of its own; return what it took."""
    program = [sys.executable, "-P", __file__, "--run", command, str(folder)]
    path = f"{ROOT}:{ROOT / 'benchmarks'}"
    done = subprocess.run(
        program, env={**ENVIRONMENT, "PYTHONPATH": path}, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stdout}{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


WATCH = """
window.tasks = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) tasks.push(entry.duration);
}).observe({type: "longtask", buffered: true});
"""
OPENED = """
const [entry] = performance.getEntriesByType("navigation");
return [entry.loadEventEnd, Math.max(0, ...tasks), document.querySelectorAll("*").length];
"""
FILTER = """
const [text, done] = arguments;
const search = document.querySelector("input[type=search]");
tasks.length = 0;
search.value = text;
const began = performance.now();
search.dispatchEvent(new Event("input", {bubbles: true}));
const handled = performance.now() - began;
requestAnimationFrame(() => setTimeout(() => done(
  [handled, performance.now() - began, document.querySelectorAll(".card:not([hidden])").length]
)));
"""
SCROLL = """
const [done] = arguments;
tasks.length = 0;
const ends = [0, 1, 2, 3, 4].map((turn) => new Promise((end) => setTimeout(() => {
  scrollTo(0, document.documentElement.scrollHeight);
  end();
}, 300 * turn)));
Promise.all(ends).then(() => setTimeout(() => done(Math.max(0, ...tasks)), 300));
"""
TYPED = ("t", "to", "tour", "tour 7", "tour 77", "paso", "abra la lista", "zzz", "")


def look_at_page(page: Path) -> dict[str, float]:
    """Open and filter `page` in Chromium; return the times (ms) and the number of elements."""
    from selenium import webdriver

    from forge.model.settings import Browser
    from forge.workers.recording.browser.find import find_browser

    programs = find_browser(Browser())
    options = webdriver.ChromeOptions()
    options.binary_location = str(programs.binary)
    for argument in ("--headless", "--no-sandbox", "--window-size=1400,900"):
        options.add_argument(argument)
    service = webdriver.ChromeService(str(programs.driver))
    with webdriver.Chrome(options, service) as browser:
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        browser.set_script_timeout(120)
        browser.get(page.as_uri())
        time.sleep(1)  # work that the page has put off counts too
        load_ms, task_ms, elements = browser.execute_script(OPENED)
        times = [browser.execute_async_script(FILTER, text) for text in TYPED]
        tasks = browser.execute_script("return Math.max(0, ...tasks)")
        scroll_ms = browser.execute_async_script(SCROLL)
    return {
        "load_ms": round(load_ms),
        "longest_task_ms": round(max(task_ms, 0)),
        "elements": elements,
        "filter_ms": round(max(handled for handled, _, _ in times), 1),
        "filter_to_frame_ms": round(max(shown for _, shown, _ in times), 1),
        "longest_task_filtering_ms": round(tasks),
        "longest_task_scrolling_ms": round(scroll_ms),
    }


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return the slope of the line that fits best on logarithmic scales."""
    logs = ([math.log(max(value, 1e-3)) for value in axis] for axis in (sizes, values))
    return linear_regression(*logs).slope if len(sizes) > 1 else 1.0


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--tutorials", default="50,100,250,500")
    parser.add_argument("--languages", type=int, default=len(LANGUAGES))
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--run", nargs=2, metavar=("COMMAND", "FOLDER"))
    args = parser.parse_args()
    if args.run:
        run_here(args.run[0], Path(args.run[1]))
        return
    counts = [int(count) for count in args.tutorials.split(",")]
    languages = LANGUAGES[: args.languages]
    found: dict[int, dict[str, Any]] = {}
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder) / "many"
            make_project(project, count, languages)
            figures: dict[str, Any] = {}
            for command in COMMANDS:
                figures[command] = measure(command, project)
                if command == "render all":
                    page = project / "dist" / "index.html"
                    figures["page"] = {"bytes": page.stat().st_size}
                    if not args.no_browser:
                        figures["page"] |= look_at_page(page)
                console.print(f"{count} × {len(languages)}, {command}: {figures[command]}")
            console.print(f"page: {figures['page']}")
            found[count * len(languages)] = figures
    report(found)


def report(found: dict[int, dict[str, Any]]) -> None:
    sizes = list(found)
    rows, exponents = [], {}
    for command in COMMANDS:
        walls = [found[size][command]["wall_s"] for size in sizes]
        cpus = [found[size][command]["cpu_s"] for size in sizes]
        exponents[command] = round(exponent(sizes, cpus), 2)
        peak_mb = found[sizes[-1]][command]["peak_mb"]
        shown = [f"{wall:.2f} s" for wall in walls]
        rows.append([command, *shown, f"{exponents[command]:.2f}", f"{peak_mb:.0f} MB"])
    columns = ["command", *(f"{size} jobs" for size in sizes), "exponent", "peak"]
    show("The parent process of a batch", columns, rows)
    pages = [found[size]["page"] for size in sizes]
    rows = [[key, *(f"{page[key]:,}" for page in pages)] for key in pages[0]]
    show("The page", ["", *(f"{size} jobs" for size in sizes)], rows)
    keep("scale", {"jobs": found, "cpu_exponents": exponents})


if __name__ == "__main__":
    main()
