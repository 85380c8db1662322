"""TOML with line numbers: what the file says, on which line each key stands, and every broken line in plain words.

The standard parser stops at its first mistake. Here a broken ``key = value`` line is noted, taken out, and the rest is
read on, so that somebody who forgot the quotes in three places hears of all three.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from immune_sim.core.errors import Problem
from immune_sim.scenario.hints import short

Path = tuple[str | int, ...]

MOST_REPAIRS = 20
LONGEST_LINE = 1_000  # that is repaired
_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]\]?")
# A key of thousands of parts would keep the parser busy for minutes; none here has more than three. Each part is
# matched whole (the possessive ++ and *+), so that the search itself goes through a text once.
_ONE_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_TOO_DEEP = re.compile(rf"(?<![\w-]){_ONE_PART}(?:[ \t]*+\.[ \t]*+{_ONE_PART}){{20}}")
_AT_LINE = re.compile(r"(.*) \(at line (\d+), column \d+\)$", re.DOTALL)
_BARE_VALUE = re.compile(r"(\s*[^=]+?\s*=\s*)([^\s\"'\[{#][^#\"'\[{]*?)\s*(#.*)?")
_QUANTITY = re.compile(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?\s*(?:1\s*/|[A-Za-zµμ/%]).*")
_CLOCK = re.compile(r"\d\d?:\d\d")
_NUMBER_COMMA = re.compile(r"[+-]?\d+,\d+")
_CURLY = str.maketrans("\u201c\u201d\u201e\u2018\u2019", '"""\'\'')
_BAD_VALUES = ("Invalid value", "Expected newline or end of document after a statement")
_PLAIN_WORDS = {
    "Expected '=' after a key in a key/value pair": 'there is no "=" between key and value. Write key = value',
    "Invalid value": "the value is no number, no true or false and no text in quotes",
    "Invalid statement": "a line is a [table], a key = value or a # comment",
    "Expected newline or end of document after a statement": "there is more than one value; text stands in quotes",
    "Expected ']' at the end of a table declaration": "a table is written [name]",
    "Expected ']]' at the end of an array declaration": "a table that may be repeated is written [[name]]",
    "Illegal character '\\n'": "the text that begins here is not closed; a quote is missing",
    "Unescaped '\\' in a string": "a backslash in a text is written twice",
    "Unterminated string": "the text that begins here is not closed; a quote is missing",
    "Unclosed array": "the list that begins here is not closed",
    "Unclosed inline table": "the table that begins here is not closed",
}
_AT_END = " (at end of document)"


@dataclass(frozen=True)
class Document:
    """A scenario file as read: its tables, the line of every key, and the mistakes of its spelling.

    content: the tables that tomllib returns, empty where the file is broken beyond repair. lines: path of a table or
    key, such as ("nk", "kill_rate") or ("regimen", 0, "dose"), -> line number, counted from 1. dropped: whether a line
    that could not be read is missing from the content.
    """

    origin: str
    content: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    dropped: bool = False

    def where(self, path: Path, said: Path | None = None) -> str:
        """Place of a key for a message: file, line where it is known, and the key, or said in its place, in words."""
        nearest = [
            self.lines[known]
            for n in range(len(path), 0, -1)
            for known in (path[:n], (*path[:n], 0))
            if known in self.lines
        ]
        place = f"{self.origin}:{nearest[0]}" if nearest else self.origin
        return ": ".join(each for each in (place, spoken(path if said is None else said)) if each)


def parse(text: str, origin: str) -> Document:
    """Read a text; broken lines become problems of the document and are left out of its content."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    problems: list[Problem] = []
    content: dict[str, Any] = {}
    dropped = False
    if (deep := next((number for number, line in enumerate(lines, 1) if _TOO_DEEP.search(line)), 0)) > 0:
        return Document(
            origin, problems=[Problem(f"{origin}:{deep}", "a name of so many parts, joined by dots, is none")]
        )
    for _ in range(MOST_REPAIRS):
        try:
            content = tomllib.loads("\n".join(lines))
            break
        except tomllib.TOMLDecodeError as error:
            number = _line_of(str(error), lines)
            line = lines[number - 1]
            problems.append(Problem(f"{origin}:{number}", _explained(str(error), lines, number)))
            if str(error).endswith(_AT_END) or line.lstrip().startswith("["):
                break  # without a table header or the end of a text the rest would be misunderstood
            lines[number - 1] = _repaired(line)
            dropped = dropped or not lines[number - 1]
        except ValueError:  # Python reads no number of more than 4,300 digits
            problems.append(Problem(origin, "a number has thousands of digits"))
            break
        except RecursionError:
            problems.append(Problem(origin, "brackets are nested too deeply to be a scenario"))
            break
    return Document(origin, content, positions(lines), problems, dropped)


def positions(lines: list[str]) -> dict[Path, int]:
    """Line number of every table and key of a TOML text that tomllib accepts; keys of inline tables have none."""
    found: dict[Path, int] = {}
    for number, path in _statements(lines):
        found.setdefault(path, number)
    return found


def spoken(path: Path) -> str:
    """A path as one writes it: regimen[0].dose."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _statements(lines: list[str]) -> Iterator[tuple[int, Path]]:
    """Yield (line number, path) of every table header and every key, in the order of the lines."""
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in _outside_texts(lines):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _parts(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield number, table
        elif key:
            yield number, (*table, *_parts(key[1]))


def _outside_texts(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines, but for those inside of multi-line texts."""
    closing = ""
    for number, line in enumerate(lines, start=1):
        if closing:
            closing = "" if closing in line else closing
            continue
        yield number, line
        for fence in ('"""', "'''"):
            if line.partition("#")[0].count(fence) % 2:
                closing = fence


def _parts(dotted: str) -> Path:
    return tuple(part[0].strip("\"'") for part in re.finditer(_PART, dotted))


def _line_of(message: str, lines: list[str]) -> int:
    found = _AT_LINE.match(message)
    if found:
        return min(int(found[2]), len(lines))
    return max((number for number, _ in _statements(lines)), default=1)


def _explained(message: str, lines: list[str], number: int) -> str:
    line = lines[number - 1]
    found = _AT_LINE.match(message)
    reason = found[1] if found else message.removesuffix(_AT_END)
    if reason.startswith(("Cannot overwrite a value", "Cannot declare", "Cannot mutate", "Cannot redefine")):
        return _twice(lines, number)
    why = (
        (_remedy(line) if reason in _BAD_VALUES else "") or _PLAIN_WORDS.get(reason) or reason[:1].lower() + reason[1:]
    )
    return f"cannot read `{short(line)}`: {why}."


def _twice(lines: list[str], number: int) -> str:
    path = dict(_statements(lines[:number])).get(number, ())
    earlier = positions(lines[: number - 1])
    first = earlier.get(path) or earlier.get((*path, 0)) or earlier.get(path[:-1])
    name = spoken(tuple(part for part in path if isinstance(part, str)))
    on_line = f", first on line {first}" if first else ""
    if _HEADER.match(lines[number - 1]):
        return f"[{name}] is given twice{on_line}. Write its keys under one [{name}]."
    return f"{name} is given twice{on_line}. Keep one of them."


def _remedy(line: str) -> str:
    """What to write instead of a line, for the mistakes that people make most; empty for others."""
    straight = line.translate(_CURLY)
    if straight != line:
        return f"the quotes are curly. Write {straight.strip()}"
    bare = _bare(line)
    if not bare:
        return ""
    value = bare[2]
    if value.lower() in ("true", "false"):
        return f"true and false are written in small letters. Write {bare[1].strip()} {value.lower()}"
    if _NUMBER_COMMA.fullmatch(value):
        return "a number has a point for decimals and nothing for thousands"
    if _QUANTITY.fullmatch(value):
        return f'a quantity is text, in quotes. Write {bare[1].strip()} "{value}"'
    if _CLOCK.fullmatch(value):
        return f'a clock time is text, in quotes. Write {bare[1].strip()} "{value}"'
    return f'text stands in quotes. Write {bare[1].strip()} "{value}"' if value[0].isalpha() else ""


def _bare(line: str) -> re.Match[str] | None:
    """A line whose value may lack its quotes; a search through longer lines than these would take minutes."""
    return _BARE_VALUE.fullmatch(line) if len(line) <= LONGEST_LINE else None


def _repaired(line: str) -> str:
    """The line as it was probably meant, or nothing."""
    bare = _bare(line)
    meant = f'{bare[1]}"{bare[2]}"' if bare and "\\" not in line and _QUANTITY.fullmatch(bare[2]) else ""
    try:
        tomllib.loads(meant)
    except tomllib.TOMLDecodeError:
        return ""
    return meant
