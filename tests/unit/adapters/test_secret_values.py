"""Values of a sign-in: where they come from, and what is said if they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.adapters.secret_values import read_secrets, require
from forge.errors import AdapterError
from forge.model.settings import Settings
from forge.text import redact
from forge.workers.checks import check_secrets, check_secrets_of_all

FIELDS = {"Email": "$SHOP_USER", "Password": "$SHOP_PASSWORD"}


@pytest.fixture(autouse=True)
def _nothing_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_hidden", set())
    for name in ("SHOP_USER", "SHOP_PASSWORD", "SHOP_USER_2"):
        monkeypatch.delenv(name, raising=False)


def test_environment_wins_over_the_projects_dotenv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("SHOP_USER=of the file\nSHOP_PASSWORD='s3cret #1'\n")
    monkeypatch.setenv("SHOP_USER", "of the environment")
    values = read_secrets(FIELDS, tmp_path, 0)
    assert values == {"Email": "of the environment", "Password": "s3cret #1"}
    assert redact.without_passwords("of the file: of the environment, s3cret #1") == (
        "of the file: •••, •••"
    )


def test_name_may_have_the_number_of_the_slot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_USER_2", "second")
    assert read_secrets({"Email": "$SHOP_USER_{slot}"}, tmp_path, 2) == {"Email": "second"}


@pytest.mark.parametrize("content", [None, "SHOP_USER=ada\nSHOP_PASSWORD=\n"])
def test_variable_that_is_not_set_is_named(tmp_path: Path, content: str | None) -> None:
    if content:
        (tmp_path / ".env").write_text(content)
    with pytest.raises(AdapterError, match=r"SHOP_PASSWORD (is|are) not set on ") as problem:
        require(FIELDS, tmp_path, [0], "here: ")
    assert problem.value.message.startswith("here: the environment variable")
    assert ("SHOP_USER" in problem.value.message) == (content is None)
    assert "forge worker" in problem.value.hint
    assert problem.value.any_clock


@pytest.mark.parametrize("value", ["s3cret", "$", "$1A", "pre$SHOP_USER", "$SHOP-USER", ""])
def test_literal_value_is_refused_and_not_shown(tmp_path: Path, value: str) -> None:
    with pytest.raises(AdapterError, match="'Password' is not the name of an") as problem:
        require({"Password": value}, tmp_path, [0], "")
    assert "s3cret" not in str(problem.value)


def test_variables_of_the_app_are_looked_for_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "forge.toml").touch()
    env = {"KEY": "$SHOP_PASSWORD", "OWN": "$SHOP_USER_{slot}", "MODE": "test", "N": "a $B"}
    settings = Settings.model_validate(
        {"project_dir": tmp_path, "app": {"command": ["serve"], "env": env}}
    )
    with pytest.raises(AdapterError, match=r"forge\.toml: app\.env: .* SHOP_PASSWORD, SHOP_USER_0"):
        check_secrets(settings, 1)
    with pytest.raises(AdapterError, match=r"^app\.env: the environment variable SHOP_PASSWORD is"):
        check_secrets_of_all(settings, tmp_path)
    monkeypatch.setenv("SHOP_PASSWORD", "s3cret")
    check_secrets_of_all(settings, tmp_path)
    monkeypatch.setenv("SHOP_USER_0", "ada")
    check_secrets(settings, 1)


def test_each_lane_of_this_machine_needs_its_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "forge.toml").touch()
    form = {"fields": {"Email": "$SHOP_USER_{slot}"}}
    settings = Settings.model_validate(
        {"project_dir": tmp_path, "app": {"url": "http://a.example", "sign_in": form}}
    )
    check_secrets(settings, 0)  # all lanes are on hosts, which have variables of their own
    with pytest.raises(AdapterError, match=r"forge\.toml: app\.sign_in\.fields: .* SHOP_USER_0"):
        check_secrets(settings, 1)
    monkeypatch.setenv("SHOP_USER_0", "ada")
    check_secrets(settings, 1)
    with pytest.raises(AdapterError, match="SHOP_USER_1, SHOP_USER_2 are not set"):
        check_secrets(settings, 3)
    check_secrets(Settings(project_dir=tmp_path), 3)
