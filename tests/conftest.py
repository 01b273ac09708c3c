"""Settings that every test shares."""

from hypothesis import settings

# No check depends on how fast the machine is, or on what an earlier run has found.
settings.register_profile("explorer", deadline=None, derandomize=True, database=None, max_examples=100)
settings.load_profile("explorer")
