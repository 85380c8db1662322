"""The hypothesis links: each effect of the opioid signal is one signed gain that can be switched off.

The factor on the affected rate is exp(gain (S - 1)), bounded to [1/f, f], where S is the signal of the cell that acts
(1 at rest, 0 under full blockade). Gain 0 switches a link off. For the two up-regulation links the gain scales how far
receptors and ligand may rise: 1 as declared in the receptors group, 0 not at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from immune_sim.core.parameters import param, parameters

WIDE = 5.0


@parameters("links", title="Hypothesis links")
class Links:
    """Gain of every link; 0 is off."""

    receptor_upregulation: float = param(
        1.0,
        low=0.0,
        high=2.0,
        grade="in vivo",
        source="pmid:2540873",
        about="how far a deficit of signal raises the receptor level (1: as declared, 0: not at all)",
    )
    ligand_upregulation: float = param(
        1.0,
        low=0.0,
        high=2.0,
        grade="in vivo",
        source="pmid:2540873",
        about="how far a deficit of signal raises the endogenous ligand (1: as declared, 0: not at all)",
    )
    tumor_proliferation: float = param(
        -0.6,
        low=-WIDE,
        high=WIDE,
        grade="model",
        source="fitted: order of arms in doi:10.1126/science.6867737",
        about="effect of the signal on the division rate of tumor cells (negative: signal slows division)",
    )
    tumor_apoptosis: float = param(
        0.0,
        low=-WIDE,
        high=WIDE,
        grade="assumption",
        source="assumed: off, the reports contradict each other",
        about="effect of the signal on the death rate of tumor cells (positive: signal kills)",
    )
    nk_recruitment: float = param(
        0.0,
        low=-WIDE,
        high=WIDE,
        grade="assumption",
        source="assumed: off, not measured in tumor-bearing hosts",
        about="effect of the host's signal on the influx of NK cells",
    )
    ctl_recruitment: float = param(
        0.0,
        low=-WIDE,
        high=WIDE,
        grade="assumption",
        source="assumed: off, not measured in tumor-bearing hosts",
        about="effect of the host's signal on the influx of cytotoxic T cells",
    )
    nk_cytotoxicity: float = param(
        0.0,
        low=-WIDE,
        high=WIDE,
        grade="assumption",
        source="assumed: off, the reports are mixed",
        about="effect of an NK cell's signal on its kill rate",
    )
    ctl_cytotoxicity: float = param(
        0.0,
        low=-WIDE,
        high=WIDE,
        grade="assumption",
        source="assumed: off, the reports are mixed",
        about="effect of a cytotoxic T cell's signal on its rate of hits",
    )
    ctl_proliferation: float = param(
        0.0,
        low=-WIDE,
        high=WIDE,
        grade="assumption",
        source="assumed: off; a negative value is the counter-evidence",
        about="effect of a cytotoxic T cell's signal on its division after a kill",
    )
    factor_bound: float = param(
        5.0,
        low=1.0,
        high=100.0,
        grade="assumption",
        source="assumed: keeps a factor within reach of measurement",
        about="largest factor f by which a link may change a rate; the smallest is 1/f",
    )


@dataclass(frozen=True)
class Link:
    """One link by name: what it acts on and whose signal it reads ("tumor", "host", "nk", "ctl")."""

    name: str
    acts_on: str
    reads: str


LINKS = (
    Link("receptor_upregulation", "receptor level", "tumor"),
    Link("ligand_upregulation", "endogenous ligand", "host"),
    Link("tumor_proliferation", "division of tumor cells", "tumor"),
    Link("tumor_apoptosis", "death of tumor cells", "tumor"),
    Link("nk_recruitment", "influx of NK cells", "host"),
    Link("ctl_recruitment", "influx of cytotoxic T cells", "host"),
    Link("nk_cytotoxicity", "kill rate of NK cells", "nk"),
    Link("ctl_cytotoxicity", "hits by cytotoxic T cells", "ctl"),
    Link("ctl_proliferation", "division of cytotoxic T cells", "ctl"),
)
RATE_LINKS = LINKS[2:]
