"""Write what is installed for immune-sim and its development, and nothing else, as ``name==version`` lines.

Starts from the requirements in pyproject.toml and follows what each package asks for, so that a package which happens
to lie in the environment does not become a pin.
"""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


def declared() -> list[Requirement]:
    """Every requirement of pyproject.toml, the extras and the build backend included."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = content["project"]
    texts = [*project["dependencies"], *content["build-system"]["requires"]]
    for extra in project["optional-dependencies"].values():
        texts += extra
    return [Requirement(text) for text in texts if canonicalize_name(Requirement(text).name) != project["name"]]


def installed_closure(requirements: list[Requirement]) -> dict[str, str]:
    """Name and version of everything that the requirements bring along on this machine."""
    versions: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found = distribution(name)
        versions[name] = found.version
        for text in found.requires or []:
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                waiting.append(needed)
    return versions


def main(target: Path) -> None:
    """Write the pins, sorted by name."""
    versions = installed_closure(declared())
    target.write_text("".join(f"{name}=={versions[name]}\n" for name in sorted(versions)), encoding="utf-8")
    print(f"{target}: {len(versions)} pins")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
