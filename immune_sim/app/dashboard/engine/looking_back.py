"""What a cell did before somebody looked at it: the kept hours are gone over again, in a second tissue.

Draws are addressed by seed and hour, so the second tissue is the first one, bit for bit, and so is the cell in it.
"""

from __future__ import annotations

import time

from immune_sim.app.dashboard.engine.follow import Follower
from immune_sim.app.dashboard.engine.timeline import Timeline

SLICE = 0.012  # s at a time; an hour of a large tissue may take longer


class LookingBack:
    """Follows a cell from its first kept hour to the tip of the branch, or to its end.

    follower: the cell as far as it has been seen; branch: whose hours these are; hour: the last one seen.
    """

    def __init__(self, timeline: Timeline, table: str, cell_id: int, known: int):
        """known: an hour at which the cell is in the tissue, or the nearest one to it on this branch."""
        self.branch = timeline.here
        self.follower = Follower(table, cell_id)
        self.hour = timeline.last_kept_without(f"{table}/cell_id", cell_id, known)
        self._tissues = timeline.again(self.hour)

    def go_on(self) -> bool:
        """See some more hours; whether that was all."""
        until = time.perf_counter() + SLICE
        for model in self._tissues:
            self.follower(model)
            self.hour = int(model.tissue.hour)
            if self.follower.left is not None:
                break
            if time.perf_counter() > until:
                return False
        self.follower.whole = True
        return True
