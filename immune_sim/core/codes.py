"""The small numbers that stand for words in the columns of a cell table; every floor uses the same ones."""

from __future__ import annotations

CYCLING, QUIESCENT, APOPTOTIC, NECROTIC = 0, 1, 2, 3
STATES = ("cycling", "quiescent", "apoptotic", "necrotic")
DYING = APOPTOTIC  # a tumor cell lives while its state is below this

NK, CTL = 0, 1
KINDS = ("NK cell", "cytotoxic T cell")

NO_CAUSE, SPONTANEOUS, HYPOXIA, NK_KILL, CTL_KILL = 0, 1, 2, 3, 4
CAUSES = ("none", "spontaneous", "hypoxia", "nk_kill", "ctl_kill")
