"""`clock = "auto"` in whole renders: the fallback to the elastic clock is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge import cli
from forge.workers.lane import Lane
from tests.support.pool.shop import SHOP, Shop
from tests.support.project import TOUR

WHY = "virtual clock given up in step 'look-around': no frame was drawn"
LIVED = "recorded on the elastic clock"


@pytest.mark.slow(reason="starts a worker process")
def test_stall_falls_back_within_the_attempt(shop: Shop, nothing_left_behind: Path) -> None:
    shop.lane = Lane
    shop.fails(virtual="stall")
    entry = shop.one()
    assert (shop.code, entry["status"], entry["attempts"]) == (0, "done", 1), shop.output
    kept = shop.folder / ".forge" / "tour" / "virtual"
    assert entry["warnings"] == [f"{WHY}; {LIVED} (evidence of the first try: {kept})"]
    assert (entry["clock"], entry["exact"], entry["outside"]) == ("elastic", False, [LIVED, WHY])
    assert (kept / "failure.png").read_text() == "virtual"
    assert not (kept.parent / "failure.png").exists()
    assert shop.clocks() == ["virtual", "elastic"]
    assert shop.did("launch", "close") == ["launch virtual", "close", "launch elastic", "close"]
    assert shop.did("start") == ["start"] * 2, "its app may be what was broken"
    assert f"true: tour: {LIVED}; {WHY}" in shop.output


def test_fallback_is_remembered_until_a_change(shop: Shop) -> None:
    shop.fails(virtual="stall")
    shop.render()
    assert (shop.one()["status"], shop.clocks()) == ("up-to-date", [])
    entry = shop.one("--voice", "silent", "--captions", "burn")
    assert (entry["status"], shop.clocks()) == ("done", []), "composed again of the same take"
    assert (entry["exact"], entry["outside"]) == (False, [LIVED, WHY])
    (shop.folder / ".forge" / "tour" / "take.json").unlink()
    entry = shop.one("--captions", "burn", "--phase", "record")
    assert (shop.clocks(), entry["warnings"]) == (["elastic"], [])
    assert f"recording on the elastic clock: {WHY}" in shop.output, "in the job's log"
    shop.project.write("tutorials/tour.py", TOUR + "\nx = 1\n")
    shop.render()
    assert shop.clocks() == ["virtual", "elastic"]
    shop.fails()
    shop.project.write("shop.py", SHOP.replace("Sundays", "Mondays"))
    assert (shop.one()["exact"], shop.clocks()) == (True, ["virtual"])


@pytest.mark.parametrize("phase", ["all", "record"])
def test_force_tries_the_virtual_clock_again(shop: Shop, phase: str) -> None:
    shop.fails(virtual="stall")
    shop.render()
    shop.fails()
    entry = shop.one("--force", "--phase", phase)
    assert (entry["exact"], entry["outside"], shop.clocks()) == (True, [], ["virtual"])
    assert (shop.one()["status"], shop.clocks()) == (
        ("up-to-date", []) if phase == "all" else ("done", [])
    )


def test_explicit_virtual_clock_never_falls_back(shop: Shop) -> None:
    shop.fails(virtual="stall")
    entry = shop.one("--clock", "virtual")
    assert (shop.code, entry["status"], entry["exact"]) == (1, "failed", None)
    assert (entry["error"]["kind"], entry["error"]["step"]) == ("ClockError", "look-around")
    assert shop.clocks() == ["virtual"]
    shop.render()
    assert shop.one("--clock", "virtual")["status"] == "failed", "no elastic take counts there"
    assert shop.clocks() == ["virtual"]


def test_take_is_reused_on_its_own_clock(shop: Shop) -> None:
    assert shop.one()["exact"] is True
    assert shop.one("--clock", "virtual")["status"] == "up-to-date"
    assert shop.one("--clock", "elastic")["outside"] == [LIVED]
    assert shop.one("--clock", "elastic")["status"] == "up-to-date"
    assert shop.one()["exact"] is True, "nothing made auto give up the virtual clock"
    assert shop.clocks() == ["virtual"]


def test_failure_on_both_clocks_reports_elastic(shop: Shop) -> None:
    shop.fails(virtual="stall", elastic="wait")
    entry = shop.one()
    assert (shop.code, entry["attempts"]) == (1, 1)
    assert entry["error"]["message"] == "wait_for: not visible within 10 s"
    (shot,) = (Path(path) for path in entry["error"]["artifacts"])
    assert shot.read_text() == "elastic"
    (warning,) = entry["warnings"]
    assert warning.startswith(f"{WHY}; the elastic clock failed too")
    assert (shot.parent / "virtual" / "failure.png").read_text() == "virtual"
    shop.fails()
    assert (shop.one()["exact"], shop.clocks()) == (True, ["virtual"]), "it was no reason"
    assert not (shot.parent / "virtual").exists(), "of an older render"


@pytest.mark.parametrize("how", ["wait", "setup", "defect"])
def test_any_virtual_failure_tries_elastic(shop: Shop, how: str) -> None:
    shop.fails(virtual=how)
    entry = shop.one()
    assert (entry["status"], entry["clock"]) == ("done", "elastic")
    shop.render("--phase", "record")
    again = ["virtual", "elastic"] if how == "setup" else ["elastic"]
    assert shop.clocks() == again, "an app that was away is no reason for another clock"


def test_lost_browser_uses_retries_before_fallback(shop: Shop) -> None:
    shop.fails(virtual="gone")
    entry = shop.one("--retries", "1")
    assert (entry["status"], entry["attempts"], entry["clock"]) == ("done", 2, "elastic")
    assert shop.clocks() == ["virtual", "virtual", "elastic"]


def test_machine_error_tries_one_clock(shop: Shop) -> None:
    shop.fails(virtual="machine")
    assert shop.one()["error"]["message"] == "no chromium"
    assert shop.clocks() == ["virtual"]
    shop.project.write("closed", "")
    assert "closed on Sundays" in shop.one()["error"]["message"]
    assert (shop.did("start"), shop.clocks()) == (["start"], [])


@pytest.mark.parametrize("personal", [False, True])
def test_other_languages_share_the_fallback(shop: Shop, personal: bool) -> None:
    if personal:
        shop.project.write("personal", "")
    shop.project.write("tutorials/tour.es.json", '{"welcome": "Hola", "look-around": "Mira"}')
    shop.fails(virtual="stall")
    first, second = shop.render("--lang", "en,es")
    assert (first["exact"], second["exact"]) == (False, False), shop.output
    assert first["outside"] == second["outside"] == [LIVED, WHY]
    assert (len(first["warnings"]), len(second["warnings"])) == (1, 0)
    assert shop.clocks() == ["virtual", "elastic", *(["elastic"] if personal else [])]
    statuses = [entry["status"] for entry in shop.render("--lang", "en,es")]
    assert statuses == ["up-to-date"] * 2


def test_exact_take_survives_another_languages_fallback(shop: Shop) -> None:
    """Each language has its own take if the steps use the language."""
    shop.project.write("personal", "")
    shop.project.write("tutorials/tour.es.json", '{"welcome": "Hola", "look-around": "Mira"}')
    assert shop.one("--lang", "en")["exact"] is True
    shop.fails(virtual="stall")
    english, spanish = shop.render("--lang", "en,es")
    assert (english["status"], english["exact"]) == ("up-to-date", True)
    assert (spanish["status"], spanish["exact"]) == ("done", False)
    english, spanish = shop.render("--lang", "en,es")
    assert (english["exact"], spanish["exact"]) == (True, False)
    assert shop.clocks() == []


def test_resumed_job_keeps_its_exactness(shop: Shop) -> None:
    shop.project.write_tour("other", "other")
    shop.fails(virtual="stall")
    shop.render("--only", "tour")
    shop.fails()
    other, tour = shop.render("--resume")
    assert (tour["exact"], tour["outside"]) == (False, [LIVED, WHY])
    assert other["exact"] is True


def test_list_stale_knows_the_fallback(shop: Shop) -> None:
    shop.fails(virtual="stall")
    shop.render()
    assert cli.console(["list", "--stale", "--project", str(shop.folder)]) == 0
    assert "every job is up to date" in shop.capsys.readouterr().out
