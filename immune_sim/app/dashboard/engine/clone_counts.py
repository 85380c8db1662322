"""Counting the clones of a tissue."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from immune_sim.core.codes import DYING


def living_by_clone(tissue: Any) -> NDArray[np.int32]:
    """Living tumor cells of every founder's clone, (founders,)."""
    tumor = tissue.tumor
    living = tumor["clone"][tumor["state"] < DYING]
    return np.bincount(living, minlength=int(tissue.founders)).astype(np.int32)
