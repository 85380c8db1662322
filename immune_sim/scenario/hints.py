"""The nearest name to what somebody wrote, and how values are quoted in messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

ENOUGH = 0.6
LONGEST = 60


class RefusedError(ValueError):
    """What is wrong with one value and what to write instead; the caller adds the place and collects."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that resembles this one most, or None; case, hyphens and blanks do not count."""
    plain = {_plain(each): each for each in known}
    found = difflib.get_close_matches(_plain(name), plain, n=1, cutoff=ENOUGH)
    return plain[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """'Did you mean "kill_rate"?', or the other sentence where nothing is near."""
    near = nearest(name, known)
    return f'Did you mean "{near}"?' if near else otherwise


def listed(names: Iterable[object], last: str = "or") -> str:
    """'"a", "b" or "c"' of some names."""
    quoted = [f'"{name}"' for name in names]
    return f" {last} ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)


def quoted(given: object) -> str:
    """A value as its owner wrote it in the file: text in quotes, true and false in small letters."""
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, str):
        return f'"{short(given)}"'
    if isinstance(given, dict):
        return "a table"
    return "a list" if isinstance(given, (list, tuple)) else short(str(given))


def short(text: str) -> str:
    """A text of one line that fits into a message."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")
