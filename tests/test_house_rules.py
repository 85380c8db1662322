"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
KERNEL_FLOORS = ("core", "mechanisms")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()


def modules() -> list[Path]:
    package = ROOT / "immune_sim"
    return sorted(path for floor in KERNEL_FLOORS for path in (package / floor).rglob("*.py"))


def unannotated(tree: ast.AST) -> Iterator[str]:
    """Functions that are neither kernels nor annotated in full."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        decorators = {each.id for each in node.decorator_list if isinstance(each, ast.Name)}
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        bare = [each.arg for each in arguments if each.annotation is None and each.arg not in {"self", "cls"}]
        returns = node.returns is not None or (node.name == "__init__" and len(arguments) > 1)
        if not decorators & {"kernel", "inline"} and (bare or not returns):
            yield f"{node.name} (line {node.lineno})"


@pytest.mark.parametrize("path", modules(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_only_kernels_go_without_annotations(path: Path) -> None:
    """mypy is told to let unannotated definitions pass where kernels live; this catches the others."""
    assert list(unannotated(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_the_rule_on_annotations_sees_what_it_should() -> None:
    source = "@kernel\ndef fine(a): ...\ndef good(a: int) -> int: ...\ndef bare(a): ...\ndef half(a: int): ..."
    assert list(unannotated(ast.parse(source))) == ["bare (line 4)", "half (line 5)"]


def test_pins_are_names_and_versions_and_cover_every_requirement() -> None:
    """Catches a requirement without a pin, a pin outside its range, and a link or hash in constraints.txt."""
    pins = dict(line.split("==") for line in PINS)
    texts = [*PROJECT["dependencies"], *(text for extra in PROJECT["optional-dependencies"].values() for text in extra)]
    requirements = [Requirement(text) for text in texts if not text.startswith(PROJECT["name"])]
    missing = [each.name for each in requirements if canonicalize_name(each.name) not in pins]
    outside = [each.name for each in requirements if not each.specifier.contains(pins[canonicalize_name(each.name)])]
    assert (missing, outside) == ([], [])


def test_importing_the_package_loads_none_of_the_slow_libraries() -> None:
    """`immune-sim --help` answers in half a second; mesa and numba alone take longer than that to import."""
    slow = {"mesa", "numba", "numpy", "pandas", "pint", "solara"}
    code = f"import sys, immune_sim; print(*sorted({slow} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert answer.stdout.strip() == ""


def test_a_misspelled_name_is_not_found_in_the_package() -> None:
    import immune_sim

    with pytest.raises(AttributeError, match="TumourImmuneModel"):
        _ = immune_sim.TumourImmuneModel
