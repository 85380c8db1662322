"""Names of columns and parameters as a person says them."""

from __future__ import annotations

SPOKEN = {
    "nk": "NK",
    "ctl": "T cell",
    "mhc": "MHC-I",
    "pdl1": "PD-L1",
    "ifng": "IFN-gamma",
    "ki": "Ki",
    "um": "\N{MICRO SIGN}m",
}


def spoken(name: str) -> str:
    """Words instead of underscores, abbreviations as they are written: "nk_kill_rate" is "NK kill rate"."""
    words = [SPOKEN.get(word, word) for word in name.split("_")]
    return words[0][:1].upper() + words[0][1:] + "".join(f" {word}" for word in words[1:])


def unit_shown(unit: str) -> str:
    """A unit as it is printed: micro sign, raised powers and middle dots instead of um, ^2 and *."""
    raised = {"^2": "\u00b2", "^3": "\u00b3", "**2": "\u00b2", "**3": "\u00b3"}
    for plain, sign in raised.items():
        unit = unit.replace(plain, sign)
    return unit.replace("um", "\N{MICRO SIGN}m").replace("*", "\u00b7")
