"""Widgets of our own: a Python face and an ES module beside it, both in the wheel, nothing from the network."""
