"""docs/seed.md names a test for each sentence that is owed; each of them exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OWED = re.compile(r"^\| (?!\*\*|owed |-)(.+?) \| (.+?) \|$", re.MULTILINE)

ROWS = OWED.findall((ROOT / "docs" / "seed.md").read_text(encoding="utf-8"))


@cache
def functions_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(("owed", "proof"), ROWS)
def test_what_is_owed_has_a_test_that_exists(owed: str, proof: str) -> None:
    path, _, name = proof.strip("`").partition("::")
    assert name in functions_in(path), owed


def test_every_test_of_the_given_data_stands_for_something_owed() -> None:
    path = "tests/browser/test_seed_given_data.py"
    named = {proof.strip("`").partition("::")[2] for _, proof in ROWS if path in proof}
    assert named == {name for name in functions_in(path) if name.startswith("test_")}
