"""What all tests share: how hypothesis draws, and where a browser is."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import settings

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
IN_CI = bool(os.environ.get("CI"))

# No deadline: the first call of a kernel compiles it. In CI the same examples are drawn every time, so that a failure
# there belongs to the change under test.
settings.register_profile("house", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if IN_CI else "house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no browser; in CI they run all the same, and fail."""
    if IN_CI or any(shutil.which(name) for name in BROWSERS):
        return
    missing = pytest.mark.skip(reason="no Chromium or Chrome on this machine")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(missing)
