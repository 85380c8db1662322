"""The only place where mechanisms meet: the tissue, its hour and its Mesa face."""

from immune_sim.model.model import TumorImmuneModel

__all__ = ["TumorImmuneModel"]
