"""Drug in the body: absorption, one compartment for the drug, one for its active metabolite, advanced exactly.

    depot A        dA/dt = -ka A
    drug D         dD/dt = F ka A - kd D + infusion
    metabolite M   dM/dt = f m ((1 - F) ka A + kd D) - km M            m: ratio of the molar masses
    blockade       a = site_ratio (C_drug / Ki_drug + C_metabolite / Ki_metabolite)

Amounts in mg, each of its own substance. Linear, so a step of any length is one matrix exponential, without step error;
doses and changes of an infusion that fall inside a step split it. Equal rates (ka = kd) need no special case.

Against published figures, computed with the human preset and not tuned to them: one compartment with ka 0.72 /h peaks
2.6 h after a tablet, the metabolite 4.8 h (label: about 1 h). Levels in plasma taken as levels at the receptor give
96 % occupancy at the peak of 4.5 mg (PET: about 45 %, as a site_ratio of 0.036 would give); after 50 mg half the block
is left at 100 h (PET: 72 to 108 h). The mouse preset has blockade 0.64 at the dose of half antagonism, 7 ug/kg.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import expm

from immune_sim.core.errors import Problem, ScenarioError
from immune_sim.core.parameters import Stated, param, parameters

type Floats = NDArray[np.float64]
DRUGS = ("naltrexone",)
WINDOW_BLOCKADE = 3.0  # from here on the published mouse windows count as blocked: 3 of 4 receptors hold drug
NM_PER_MMOL_PER_L = 1e6
KEPT_STEPS = 256  # step lengths whose matrix is kept; a regimen on the clock needs two or three

_WINDOWS = "derived: blocked 4 to 6 h after 0.1 mg/kg and 24 h after 10 mg/kg, doi:10.1126/science.6867737"
_WINDOW = "derived: 0.1 mg/kg keeps the blockade at 3 or more for 5 h (4 to 6 h in doi:10.1126/science.6867737)"
_CASSEL = "derived: geometric mean of 0.11 to 1.1 nM (Cassel 2005, Wentland 2009, Pelotte 2009)"

HUMAN_ORAL: Mapping[str, Stated] = {
    "body_mass": Stated(70.0, "assumption", "assumed: an adult"),
    "absorption_rate": Stated(
        0.72, "in vivo", "cite: Licko 1981, who saw the peak after about 1 h; with a half-life of 4 h it comes at 2.6 h"
    ),
    "bioavailability": Stated(0.2266, "model", "derived: Cmax 13.3 ng/ml after 50 mg (label); 0.05 in Meyer 1984"),
    "drug_half_life": Stated(4.0, "in vivo", "cite: label; 8.9 h in Wall 1981"),
    "drug_volume": Stated(7.749, "model", "derived: clearance 94 L/h (Meyer 1984) times 4 h / ln 2, for 70 kg"),
    "metabolite_fraction": Stated(1.0, "assumption", "assumed: all; shows only as its ratio to the metabolite volume"),
    "metabolite_half_life": Stated(12.5, "in vivo", "cite: label, 12 to 13 h"),
    "metabolite_volume": Stated(4.682, "model", "derived: Cmax 108 ng/ml after 50 mg (label), for 70 kg"),
}


@parameters(
    "pharmacokinetics",
    title="Pharmacokinetics",
    presets={"mouse injection": {}, "human oral naltrexone": HUMAN_ORAL},
)
class Pharmacokinetics:
    """Uptake, fate and potency of the drug and its active metabolite; the defaults are the mouse after an injection."""

    # fmt: off
    body_mass: float = param(0.02, unit="kg", low=0.001, high=300.0, live=False, grade="assumption",
        source="assumed: an adult mouse", about="mass of the body; turns mg/kg into mg, L/kg into L")
    absorption_rate: float = param(12.0, unit="1/h", low=0.01, high=60.0, grade="assumption",
        source="assumed: absorbed in minutes; the windows hardly depend on it",
        about="rate of uptake from the gut or the site of injection")
    bioavailability: float = param(1.0, low=0.0, high=1.0, grade="assumption",
        source="assumed: an injection has no first pass", about="share of a dose that passes the liver unchanged")
    drug_half_life: float = param(2.86, unit="h", low=0.05, high=200.0, grade="model", source=_WINDOWS,
        about="half-life of the drug; mouse: of its blockade (80 min in Porter 2002)")
    drug_volume: float = param(84.13, unit="L/kg", low=0.01, high=1000.0, grade="model", source=_WINDOW,
        about="volume the drug dilutes in; mouse: an effective one, it holds the unknown affinity too")
    metabolite_fraction: float = param(0.0, low=0.0, high=1.0, grade="assumption",
        source="assumed: the mouse's effective half-life holds the metabolite's share",
        about="share of the converted drug that becomes the active metabolite")
    metabolite_half_life: float = param(12.5, unit="h", low=0.05, high=200.0, grade="assumption",
        source="assumed: as in humans; no effect while the fraction is 0", about="half-life of the active metabolite")
    metabolite_volume: float = param(4.682, unit="L/kg", low=0.01, high=1000.0, grade="assumption",
        source="assumed: as in humans; no effect while the fraction is 0",
        about="volume in which the metabolite is diluted")
    drug_molar_mass: float = param(341.4, unit="g/mol", low=50.0, high=2000.0, live=False, grade="model",
        source="derived: chemical formula of naltrexone", about="molar mass of the drug")
    metabolite_molar_mass: float = param(343.4, unit="g/mol", low=50.0, high=2000.0, live=False, grade="model",
        source="derived: chemical formula of 6-beta-naltrexol", about="molar mass of the metabolite")
    drug_ki: float = param(0.35, unit="nM", low=0.001, high=1000.0, grade="secondary", source=_CASSEL,
        about="inhibition constant of the drug at mu; at the growth factor receptor never measured")
    metabolite_ki: float = param(2.12, unit="nM", low=0.001, high=1000.0, grade="secondary",
        source="cite: Cassel 2005, Wentland 2009, Pelotte 2009", about="inhibition constant of the metabolite")
    site_ratio: float = param(1.0, low=0.0001, high=100.0, grade="assumption",
        source="assumed: 1; human PET after 4.5 mg would ask for 0.036",
        about="free concentration at the receptor over total concentration in plasma")
    # fmt: on

    @property
    def rates(self) -> Floats:
        """Matrix of the linear system, (4, 4) in 1/h, of (infusion rate, depot, drug, metabolite); lower triangular."""
        kd, km = math.log(2.0) / self.drug_half_life, math.log(2.0) / self.metabolite_half_life
        converted = self.metabolite_fraction * self.metabolite_molar_mass / self.drug_molar_mass
        first_pass = converted * (1.0 - self.bioavailability) * self.absorption_rate
        return np.array(
            [
                [0.0, 0.0, 0.0, 0.0],
                [0.0, -self.absorption_rate, 0.0, 0.0],
                [1.0, self.bioavailability * self.absorption_rate, -kd, 0.0],
                [0.0, first_pass, converted * kd, -km],
            ]
        )

    @property
    def drug_nm_per_mg(self) -> float:
        """Concentration of the drug in nM for each mg in its compartment."""
        return NM_PER_MMOL_PER_L / (self.drug_volume * self.body_mass * self.drug_molar_mass)

    @property
    def metabolite_nm_per_mg(self) -> float:
        """Concentration of the metabolite in nM for each mg in its compartment."""
        return NM_PER_MMOL_PER_L / (self.metabolite_volume * self.body_mass * self.metabolite_molar_mass)


class DrugLevels:
    """Amounts of drug and metabolite in one body, at one time.

    Doses may be given ahead of time; they wait in a queue and take effect exactly when their time is passed.
    """

    def __init__(self, constants: Pharmacokinetics, time: float = 0.0):
        self._queue: list[tuple[float, str, float]] = []
        self._amounts: Floats = np.zeros(4)
        self.time = time
        self.use(constants)

    def use(self, constants: Pharmacokinetics) -> None:
        """Take other constants from now on; the amounts in the body stay."""
        self.constants = constants
        self._rates = constants.rates
        self._steps: dict[float, Floats] = {}

    def give(self, time: float, amount_mg: float) -> None:
        """Put amount_mg into the depot at a time in h, now or later; raises ScenarioError for the past."""
        self._enqueue(time, "bolus", amount_mg)

    def set_infusion(self, time: float, mg_per_h: float) -> None:
        """Infuse into the circulation (past the first pass) at this rate from a time in h on, until it is set again."""
        self._enqueue(time, "infusion", mg_per_h)

    def _enqueue(self, time: float, kind: str, amount: float) -> None:
        if not time >= self.time:
            past = f"hour {time:g} is over, it is hour {self.time:g}; give the dose now or later"
            raise ScenarioError(Problem("dose", past))
        if not 0.0 <= amount < math.inf:
            raise ScenarioError(Problem("dose", f"{amount!r} is not allowed; write a finite number that is 0 or more"))
        bisect.insort(self._queue, (time, kind, amount), key=lambda entry: entry[0])  # last at its time
        self._apply_due(self.time)

    def _apply_due(self, until: float) -> None:
        while self._queue and self._queue[0][0] <= until:
            _, kind, amount = self._queue.pop(0)
            if kind == "bolus":
                self._amounts[1] += amount
            else:
                self._amounts[0] = amount

    def advance(self, to_time: float) -> None:
        """Advance to a time in h; what is due up to and at that time has then been given."""
        if not to_time >= self.time:
            raise ValueError(f"cannot advance from hour {self.time:g} back to hour {to_time:g}")
        while self._queue and self._queue[0][0] <= to_time:
            due = self._queue[0][0]
            self._flow(due)
            self._apply_due(due)
        self._flow(to_time)

    def _flow(self, to_time: float) -> None:
        dt = to_time - self.time
        if dt > 0.0:
            step = self._steps.get(dt)
            if step is None:
                if len(self._steps) >= KEPT_STEPS:
                    self._steps.clear()
                # rounding must not make an amount negative
                step = self._steps[dt] = np.maximum(expm(self._rates * dt), 0.0)
            self._amounts = step @ self._amounts
        self.time = to_time

    def advance_in_steps(self, to_time: float, steps: int) -> Floats:
        """Advance in equal sub-steps and return the blockade in the middle of each, (steps,)."""
        if not self._queue and not self._amounts.any():  # no drug, now or later in this stretch
            self.time = to_time
            return np.zeros(steps)
        start, half = self.time, 0.5 * (to_time - self.time) / steps
        blockade = np.empty(steps)
        for k in range(steps):
            self.advance(start + (2 * k + 1) * half)
            blockade[k] = self.blockade()
            self.advance(to_time if k == steps - 1 else start + (2 * k + 2) * half)
        return blockade

    @property
    def amounts_mg(self) -> tuple[float, float, float]:
        """Amounts in depot, drug and metabolite compartment."""
        return float(self._amounts[1]), float(self._amounts[2]), float(self._amounts[3])

    @property
    def infusion_rate(self) -> float:
        """Rate of the infusion that runs, mg/h."""
        return float(self._amounts[0])

    @property
    def concentration(self) -> float:
        """Concentration of the drug in plasma, nM."""
        return float(self._amounts[2]) * self.constants.drug_nm_per_mg

    @property
    def metabolite_concentration(self) -> float:
        """Concentration of the metabolite in plasma, nM."""
        return float(self._amounts[3]) * self.constants.metabolite_nm_per_mg

    def blockade(self) -> float:
        """The sum a of concentration over inhibition constant, for drug and metabolite; 0 without drug."""
        p = self.constants
        return p.site_ratio * (self.concentration / p.drug_ki + self.metabolite_concentration / p.metabolite_ki)

    def state(self) -> dict[str, Any]:
        """Everything but the constants, as numbers, texts and lists that survive JSON bit for bit."""
        return {"time": self.time, "amounts": self._amounts.tolist(), "queue": [list(entry) for entry in self._queue]}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Return to what ``state`` gave; constants are not part of it."""
        self.time = float(state["time"])
        self._amounts = np.array(state["amounts"], dtype=np.float64)
        self._queue = [(float(time), str(kind), float(amount)) for time, kind, amount in state["queue"]]


def occupancy(blockade: ArrayLike, ligand: float = 0.0) -> Floats:
    """Share of the receptors that hold drug or metabolite: a / (1 + ligand over its Kd + a)."""
    a = np.asarray(blockade, dtype=np.float64)
    return np.asarray(a / (1.0 + ligand + a))
