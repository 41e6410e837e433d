"""Settings of the whole test-suite."""

from __future__ import annotations

from hypothesis import settings

# Machines are noisy; speed is measured in benchmarks/, never asserted here.
settings.register_profile("iron-guide", deadline=None)
settings.load_profile("iron-guide")
