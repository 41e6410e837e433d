"""Settings of the whole test-suite."""

from __future__ import annotations

import gc

from hypothesis import settings

# Machines are noisy; speed is measured in benchmarks/, never asserted here.
settings.register_profile("iron-guide", deadline=None)
settings.load_profile("iron-guide")

# Thousands of tests are collected and stay to the end: nothing of that is garbage, and to look
# through it for some again and again takes longer than many a test.
gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage in what tests make, and no longer in the tests themselves."""
    gc.freeze()
    gc.enable()
