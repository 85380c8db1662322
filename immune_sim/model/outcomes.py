"""What a run reports every hour, declared once for tables, curves, files and documents."""

from __future__ import annotations

from immune_sim.core.codes import CAUSES, STATES
from immune_sim.core.outcomes import Outcome
from immune_sim.mechanisms.links import RATE_LINKS


def _count(name: str, about: str, group: str) -> Outcome:
    return Outcome(name, "", about, "int64", group)


def _value(name: str, unit: str, about: str, group: str) -> Outcome:
    return Outcome(name, unit, about, "float64", group)


OUTCOMES: tuple[Outcome, ...] = (
    _value("hour", "h", "time since the start", "time"),
    _count("tumor_cells", "living tumor cells (cycling and quiescent): the burden", "tumor"),
    *(_count(state, f"{state} tumor cells", "tumor") for state in STATES),
    _count("nk_cells", "NK cells in the tissue", "immune"),
    _count("ctl_cells", "cytotoxic T cells in the tissue", "immune"),
    _count("births", "tumor cells born in the hour", "events"),
    *(
        _count(f"deaths_{cause}", f"tumor cells that died in the hour, cause: {cause.replace('_', ' ')}", "events")
        for cause in CAUSES[1:]
    ),
    _count("deaths_other", "tumor cells that died in the hour by hand or by an own mechanism", "events"),
    _count("cleared", "dead tumor cells cleared in the hour", "events"),
    _count("nk_arrivals", "NK cells that arrived in the hour", "events"),
    _count("nk_exits", "NK cells that died or left in the hour", "events"),
    _count("ctl_arrivals", "T cells that arrived in the hour", "events"),
    _count("ctl_births", "T cells born in the tissue in the hour", "events"),
    _count("ctl_exits", "T cells that died or left in the hour", "events"),
    _count("arrivals_turned_away", "immune cells that found no place at a vessel in the hour", "events"),
    *(
        _count(
            f"{kind}_by_hand",
            f"{cells} added less those removed by hand or by an own mechanism since the last hour",
            "events",
        )
        for kind, cells in (("tumor", "tumor cells"), ("nk", "NK cells"), ("ctl", "T cells"))
    ),
    *(
        _value(f"{name}_{part}", "", f"{part} of the {name} of living tumor cells (relative to rest)", "receptors")
        for name in ("receptor", "signal")
        for part in ("mean", "p10", "p50", "p90")
    ),
    _value("bound_fraction_mean", "", "mean share of tumor receptors that hold ligand", "receptors"),
    _value("drug_concentration", "nM", "drug in plasma", "drug"),
    _value("metabolite_concentration", "nM", "active metabolite in plasma", "drug"),
    _value("blockade", "", "blockade a: concentrations over inhibition constants, at the end of the hour", "drug"),
    _value("ligand_systemic", "", "systemic ligand relative to rest", "receptors"),
    _value("ligand_local_mean", "", "mean ligand from tumor cells at the place of tumor cells", "receptors"),
    _value("host_receptor", "", "receptor level of the host relative to rest", "receptors"),
    _value("host_signal", "", "signal of the host, mean over the hour", "receptors"),
    *(_value(f"link_{link.name}", "", f"mean factor of the link on {link.acts_on}", "links") for link in RATE_LINKS),
    _value("nk_density_inside", "1/mm^2", "NK cells per area inside the tumor", "immune"),
    _value("nk_density_outside", "1/mm^2", "NK cells per area outside the tumor", "immune"),
    _value("ctl_density_inside", "1/mm^2", "T cells per area inside the tumor", "immune"),
    _value("ctl_density_outside", "1/mm^2", "T cells per area outside the tumor", "immune"),
    _value("nk_engaged", "", "share of NK cells arrested on a tumor cell", "immune"),
    _value("ctl_engaged", "", "share of T cells arrested on a tumor cell", "immune"),
    _value("exhaustion_mean", "", "mean exhaustion of T cells", "immune"),
    _value("node_effectors", "", "effector T cells in the lymph node", "immune"),
    _count("clones", "clones with living tumor cells", "tumor"),
    _value("clone_diversity", "", "Shannon entropy of clones (natural logarithm)", "tumor"),
    _value("antigenicity_mean", "", "mean antigenicity of living tumor cells", "tumor"),
    _value("radius", "um", "radius of a disc (ball) with the same spread as the living tumor cells", "tumor"),
    _value("oxygen_mean", "mmHg", "mean oxygen of the tissue", "fields"),
    _value("ifng_mean", "", "mean IFN-gamma of the tissue (1: every site holds a secreting cell)", "fields"),
)
NAMES = tuple(each.name for each in OUTCOMES)
