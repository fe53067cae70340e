"""The recipes for CI: they follow the schemas of GitHub and GitLab, and name what there is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pages import Snippet, snippets

SCHEMAS = {
    "# .github/workflows/videos.yml": "vendor.github-workflows",
    "# .gitlab-ci.yml": "vendor.gitlab-ci",
}
RECIPES = [snippet for snippet in snippets("yaml") if snippet.text.partition("\n")[0] in SCHEMAS]


def test_both_recipes_are_there() -> None:
    assert [recipe.text.partition("\n")[0] for recipe in RECIPES] == list(SCHEMAS)


def check(recipe: str, schema: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Check `recipe` against a schema that comes with the checker: the network is not used."""
    file = folder / "recipe.yml"
    file.write_text(recipe)
    words = [sys.executable, "-P", "-m", "check_jsonschema", "--builtin-schema", schema]
    return subprocess.run([*words, str(file)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_recipe_follows_its_schema(recipe: Snippet, tmp_path: Path) -> None:
    schema = SCHEMAS[recipe.text.partition("\n")[0]]
    done = check(recipe.text, schema, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    broken = recipe.text.replace("timeout-minutes: 120", "timeout: many").replace(
        "timeout: 2 hours", "timeout: [2]"
    )
    assert check(broken, schema, tmp_path).returncode == 1, "the schema is looked at"
