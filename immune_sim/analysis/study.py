"""A whole study at once: every table that its design makes sense of, and what must be said about them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from immune_sim.analysis import ablation, sensitivity
from immune_sim.analysis.bands import band_table
from immune_sim.analysis.cautions import cautions
from immune_sim.analysis.endpoints import endpoint
from immune_sim.analysis.noise import noise_share
from immune_sim.analysis.numbers import number_table
from immune_sim.analysis.pairing import paired_table, ratio_table
from immune_sim.analysis.plan import Plan, as_numbers, contrasts, values_at
from immune_sim.analysis.representatives import representatives
from immune_sim.analysis.shares import against_control, share_table
from immune_sim.analysis.survival import curves, survival_table, survival_tests
from immune_sim.analysis.tables import arms_of, good
from immune_sim.core.errors import ImmuneSimError

SHARES, TIMES = ("take", "cleared"), ("survival_time", "time_to_take")
SEPARATOR = "__"  # between the parts of a table's name: effects__take__drug
SENSITIVE = ("morris", "sobol", "latin hypercube")


@dataclass
class Analysis:
    """Tables by name, and in words what to beware of and what could not be computed."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    cautions: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def of(self, kind: str) -> dict[str, pd.DataFrame]:
        """The tables of one kind by what follows in their names, {"take__drug": ...} for "effects"."""
        start = kind + SEPARATOR
        return {name.removeprefix(start): table for name, table in self.tables.items() if name.startswith(start)}


def analyze(runs: pd.DataFrame, design: pd.DataFrame, plan: Plan, courses: pd.DataFrame | None = None) -> Analysis:
    """Every table of a study.

    One design point: shares, survival, latency, paired differences, ratios, time courses, representative runs. Several:
    the paired differences over all points, and per endpoint the means of the points (``points__...``), the effects of
    switches (``effects__...``) or the sensitivity indices (``sensitivity__...``), whatever the design is made for.
    """
    made = Analysis(cautions=cautions(runs, horizon=plan.horizon, paired=plan.paired))
    if not len(good(runs)):
        return made
    several = len(arms_of(good(runs))) > 1
    for name in SHARES:
        if name in runs:
            made.tables[name] = share_table(runs, name)
            if several:
                made.tables[f"{name}_difference"] = against_control(runs, name, control=plan.control)
    if several:
        came, vary = [each for each in TIMES if _came(runs, each)], [each for each in SHARES if _varies(runs, each)]
        wanted = dict.fromkeys([*plan.endpoints, *came, *vary])
        names = [each for each in wanted if each in runs]
        made.tables["paired"] = paired_table(runs, names, control=plan.control, horizon=plan.horizon)
        times = [each for each in TIMES if each in runs]
        made.tables["ratios"] = ratio_table(runs, times, control=plan.control)
    if runs["point"].nunique() == 1:
        _over_time(made, runs, plan, courses, several)
    else:
        _over_points(made, runs, design, plan)
    return made


def _over_time(made: Analysis, runs: pd.DataFrame, plan: Plan, courses: pd.DataFrame | None, several: bool) -> None:
    for name, short in zip(TIMES, ("survival", "latency"), strict=True):
        if name not in runs:
            continue
        made.tables[short] = survival_table(runs, name, horizon=plan.horizon)
        made.tables[f"{short}_curves"] = curves(runs, name, horizon=plan.horizon)
        if several:
            made.tables[f"{short}_tests"] = survival_tests(runs, name, control=plan.control, horizon=plan.horizon)
    numbers = [each for each in plan.endpoints if each in runs and endpoint(each).kind == "number"]
    if numbers:
        made.tables["numbers"] = number_table(runs, numbers)
    made.tables["representatives"] = representatives(runs, plan.endpoints[0], horizon=plan.horizon)
    if courses is not None and len(courses):
        outcomes = [each for each in plan.outcomes if each in courses] if plan.outcomes else _kept(courses)
        made.tables["bands"] = band_table(courses, outcomes)


def _over_points(made: Analysis, runs: pd.DataFrame, design: pd.DataFrame, plan: Plan) -> None:
    points, noise = design.drop_duplicates("point"), []
    for contrast in contrasts(runs, plan):
        for name in (each for each in plan.endpoints if each in runs):
            values = values_at(runs, contrast, name, plan.horizon)
            key = f"{name}{SEPARATOR}{contrast.arm}"
            made.tables[f"points{SEPARATOR}{key}"] = _point_means(values, points, plan)
            try:
                _explain(made, values, points, plan, key)
            except ImmuneSimError as error:
                made.missing.append(f"{endpoint(name).label}, {contrast.name}: {error}")
            share = noise_share(values)
            noise.append({"endpoint": name, "contrast": contrast.name, **vars(share)})
    made.tables["noise"] = pd.DataFrame(noise)


def _point_means(values: pd.DataFrame, points: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    grouped = values.dropna(subset=["value"]).groupby("point")["value"]
    means = pd.DataFrame({"n": grouped.size(), "mean": grouped.mean(), "error": grouped.sem()}).reset_index()
    return points[["point", *plan.factors]].merge(means, on="point", how="inner")


def _explain(made: Analysis, values: pd.DataFrame, points: pd.DataFrame, plan: Plan, key: str) -> None:
    """The table that this kind of design is made for."""
    factors = list(plan.factors)
    if plan.kind == "factorial":
        switches = ablation.coded(points, factors)
        made.tables[f"effects{SEPARATOR}{key}"] = _effects(values, switches)
    elif plan.kind in SENSITIVE:
        numbers = as_numbers(points, factors, plan.logarithmic)
        if plan.kind == "morris":
            table = sensitivity.morris(values, numbers, factors, levels=plan.levels)
        elif plan.kind == "sobol":
            table, second = sensitivity.sobol(values, numbers, factors, second_order=plan.second_order)
            if len(second):
                made.tables[f"interactions{SEPARATOR}{key}"] = second
        else:
            table = sensitivity.ranks(values, numbers, factors)
        made.tables[f"sensitivity{SEPARATOR}{key}"] = table


def _effects(values: pd.DataFrame, switches: pd.DataFrame) -> pd.DataFrame:
    """Effects with their interactions of two where the points can tell them apart, else main effects alone."""
    try:
        return ablation.effects_table(values, switches, order=2 if switches.shape[1] > 1 else 1)
    except ImmuneSimError:
        return ablation.effects_table(values, switches, order=1)


def _varies(runs: pd.DataFrame, name: str) -> bool:
    return name in runs and good(runs)[name].nunique() > 1


def _came(runs: pd.DataFrame, name: str) -> bool:
    return name in runs and bool(good(runs)[name].notna().any())


def _kept(courses: pd.DataFrame) -> list[str]:
    return [name for name in courses.columns if name not in {"run_id", "arm", "point", "replicate", "hour", "seed"}]
