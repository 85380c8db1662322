"""Pictures of the tissue with legend and scale bar: how it went, and what it was like at the end."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from immune_sim.app.report.markup import Markup, element, raw, section, text
from immune_sim.figures.png import data_uri
from immune_sim.model.layers import NAMES, Layer, described
from immune_sim.runs.pictures import StoredPictures

SHOWN = 5
BAR = 0.2  # share of a picture's width that a scale bar takes, about
HOURS_PER_DAY = 24.0


def section_of(kept: StoredPictures, table: Mapping[str, Any]) -> Markup:
    """The tissue by type at some hours, then every other coloring at the last one."""
    by_hour, last, size = kept.of("type"), kept.about["last"], float(kept.about["site_size"])
    course = [
        picture(described("type", by_hour[hour]), size, _caption(hour, kept, table))
        for hour in chosen(sorted(by_hour), kept.about["take"])
    ]
    final = []
    for name in NAMES[1:]:
        layer = described(name, kept.of(name)[last])
        label = element("figcaption", element("b", text(layer.kind.title + (f", {layer.unit}" if layer.unit else ""))))
        caption = label + element("div", text(layer.kind.about), cls="small") + _scale(layer)
        final.append(picture(layer, size, caption))
    where = "" if kept.about["z"] is None else f" Slice {kept.about['z'] + 1} of {kept.about['shape'][0]} is shown."
    parts = [
        element("div", *course, cls="pictures"),
        classes(),
        element("h3", text(f"Day {last / HOURS_PER_DAY:.4g}, in other colors")),
        element("div", *final, cls="pictures large"),
    ]
    return section("The tissue", *parts, about=f"One point is one site of {kept.about['site_size']:g} \u00b5m.{where}")


def chosen(hours: list[int], take: int | None) -> list[int]:
    """Hours to show: the first, the last, that of take, and others evenly between."""
    wanted = {hours[0], hours[-1]} | ({take} if take in hours else set())
    for share in np.linspace(0, 1, SHOWN):
        if len(wanted) < SHOWN:
            wanted.add(min(hours, key=lambda hour: abs(hour - (hours[0] + share * (hours[-1] - hours[0])))))
    return sorted(wanted)


def _caption(hour: int, kept: StoredPictures, table: Mapping[str, Any]) -> Markup:
    at = int(np.searchsorted(table["hour"], hour))
    when = f"day {hour / HOURS_PER_DAY:.4g}" + (", detectable" if hour == kept.about["take"] else "")
    tumor, nk, ctl = (int(table[name][at]) for name in ("tumor_cells", "nk_cells", "ctl_cells"))
    counts = f"{tumor:,} tumor cells, {nk:,} NK, {ctl:,} T"
    return element("figcaption", element("b", text(when)), element("div", text(counts), cls="small"))


def picture(layer: Layer, site_size: float, caption: str) -> Markup:
    """A layer with its scale bar, for both pages, above a caption (markup). site_size: um."""
    images = [
        element(
            "img", cls=theme, src=data_uri(layer.codes, layer.palette[i]), alt=f"tissue, {layer.kind.title.lower()}"
        )
        for i, theme in enumerate(("light", "dark"))
    ]
    if layer.palette[0] == layer.palette[1]:
        images = [
            element("img", src=data_uri(layer.codes, layer.palette[0]), alt=f"tissue, {layer.kind.title.lower()}")
        ]
    across = layer.codes.shape[1] * site_size
    length = nice(across * BAR)
    bar = element(
        "span",
        text(f"{length:g} \u00b5m" if length < 1000 else f"{length / 1000:g} mm"),
        cls="bar",
        style=f"width:{100 * length / across:.2f}%",
    )
    return element(
        "figure",
        element("div", *[raw(each.replace("></img>", ">")) for each in images], bar, cls="picture"),
        raw(caption),
        cls="tissue",
    )


def classes() -> Markup:
    """The legend of the cell types."""
    known = described("type", np.zeros((1, 1), dtype=np.uint8)).legend
    said = [
        element("span", element("i", style=f"--light:{each.ink[0]};--dark:{each.ink[1]}"), text(each.label))
        for each in known
    ]
    return element("p", *said, cls="legend")


def _scale(layer: Layer) -> Markup:
    assert layer.kind.scale is not None
    light, dark = (f"linear-gradient(90deg, {', '.join(inks[1::16])})" for inks in layer.palette)
    ticks = [
        element("span", text(each.label), style=f"left:{100 * float(layer.kind.scale.place(each.value)):.1f}%")
        for each in layer.legend
    ]
    return element(
        "div",
        element("div", cls="ramp", style=f"--light:{light};--dark:{dark}"),
        element("div", *ticks, cls="ticks"),
        cls="scale",
    )


def nice(length: float) -> float:
    """The next smaller length of the form 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(length))
    return max(step * power for step in (1, 2, 5) if step * power <= length * (1 + 1e-9))
