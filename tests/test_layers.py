"""Does every app import only those below it? docs/architecture.md says which is where."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BELOW = {
    "conference": set(),
    "venues": {"conference"},
    "people": {"conference"},
    "tutorials": {"people", "venues", "conference"},
}
# Addresses, and the sample that the demo loads: they put the whole site together.
EXEMPT = ("conference/urls.py", "conference/management/commands/demo.py", "conference/sample/")


def imported(node: ast.AST) -> Iterator[str]:
    """The first word of every module that is imported when the code runs, wherever that stands."""
    if isinstance(node, ast.Import):
        yield from (alias.name.split(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute here"
        yield str(node.module).split(".")[0]
    elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        for branch in node.orelse:
            yield from imported(branch)
    else:
        for child in ast.iter_child_nodes(node):
            yield from imported(child)


def files(app: str) -> list[str]:
    found = (path.relative_to(ROOT) for path in (ROOT / app).rglob("*.py"))
    return sorted(str(path) for path in found if "migrations" not in path.parts)


@pytest.mark.parametrize("app", BELOW)
def test_an_app_imports_only_what_is_below_it(app):
    forbidden = set(BELOW) - BELOW[app] - {app}
    found = {
        file: sorted(forbidden & set(imported(ast.parse((ROOT / file).read_text()))))
        for file in files(app)
        if not file.startswith(EXEMPT)
    }

    assert {file: apps for file, apps in found.items() if apps} == {}


def test_every_import_is_found_but_those_for_types():
    code = """
from typing import TYPE_CHECKING
import people.models
if TYPE_CHECKING:
    from venues.models import Room
else:
    import tutorials
def f():
    from conference import clock
"""
    assert list(imported(ast.parse(code))) == ["typing", "people", "tutorials", "conference"]


def test_the_exempt_are_there():
    assert [path for path in EXEMPT if not (ROOT / path).exists()] == []
