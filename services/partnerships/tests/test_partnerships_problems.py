"""Every refusal is in the catalogue of problems, and nothing else is."""

import ast
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from entente_eventkit.shell.kinds import CATALOGUE
from entente_partnerships.problems import PROBLEMS


def refused_codes() -> Iterator[str]:
    for path in Path(str(files("entente_partnerships"))).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                assert isinstance(node.args[0], ast.Constant)
                yield str(node.args[0].value)


def test_every_code_that_the_registry_refuses_with_is_explained_once():
    codes = [kind.code for kind in PROBLEMS]
    assert len(set(codes)) == len(codes)
    assert set(refused_codes()) == set(codes)


def test_no_code_means_something_else_in_the_shell():
    assert not {kind.code for kind in PROBLEMS} & {kind.code for kind in CATALOGUE}
