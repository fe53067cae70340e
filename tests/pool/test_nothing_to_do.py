"""A batch whose videos are all up to date: what it leaves undone."""

from __future__ import annotations

from tests.support.loaded import modules_of
from tests.support.pool.shop import Shop


def test_batch_with_nothing_to_do_loads_no_encoder(
    shop: Shop, command_environment: dict[str, str]
) -> None:
    shop.render()
    loaded = modules_of(["render"], shop.project, command_environment)
    assert shop.one()["status"] == "up-to-date"
    assert len(loaded) < 510
    large = ("av", "cv2", "fontTools", "numpy", "PIL", "pyttsx3", "selenium")
    assert not loaded.intersection(large)
