"""What the endpoints of a run are called, which of them are times, and which way is good for the host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["share", "time", "number"]


@dataclass(frozen=True)
class Endpoint:
    """One number per run. kind: "share" is 0 or 1, "time" is hours and missing where it never came.

    better: +1 where more of it is good for the host, -1 where less is, 0 where nobody can say.
    """

    name: str
    label: str
    kind: Kind
    better: int

    @property
    def unit(self) -> str:
        """The unit under which it is shown; times are shown in days."""
        return {"share": "share of runs", "time": "days", "number": ""}[self.kind]


_KNOWN = (
    Endpoint("take", "tumor take", "share", -1),
    Endpoint("time_to_take", "time to tumor", "time", +1),
    Endpoint("survival_time", "survival time", "time", +1),
    Endpoint("cleared", "tumor cleared", "share", +1),
    Endpoint("time_to_clearance", "time to clearance", "time", -1),
    Endpoint("peak_burden", "peak burden, cells", "number", -1),
    Endpoint("final_burden", "final burden, cells", "number", -1),
)
KNOWN = {each.name: each for each in _KNOWN}
TIMES = tuple(each.name for each in _KNOWN if each.kind == "time")


def endpoint(name: str, *, better: int = 0) -> Endpoint:
    """The endpoint of this name; one of the user's own is a number of which ``better`` says which way is good."""
    return KNOWN.get(name) or Endpoint(name, name.replace("_", " "), "number", better)
