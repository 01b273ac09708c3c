"""Whether this is a public demo, and what it then leaves out: EXPLORER_PUBLIC=1 makes it one.

Anybody may open a public demo, and its machine is small. So nothing of a visitor's is run or kept there: no training on
images, no files of weights, no methods of one's own; and what is asked must be small.
"""

from __future__ import annotations

import os

POINTS, STEPS, SEEDS, SHADOWS, WIDTHS = 1000, 2000, 10, 64, 256  # the most that a visitor may ask for
FILE = 1_000_000  # bytes of a CSV
DISK, MEMORY = 100_000_000, 50_000_000  # bytes of stored results
SENTENCE = (
    f"This is a public demo: at most {POINTS:,} points, {STEPS:,} training steps and {SHADOWS} shadow models; no "
    "training on images, no files of weights, no methods of your own. Installed on your own machine, the explorer has "
    "all of them."
)
NO_TRAINING = "Nothing is trained on images in a public demo. Recorded runs open at once."


def is_public() -> bool:
    """Say whether this process serves a public demo."""
    return os.environ.get("EXPLORER_PUBLIC", "").strip().lower() not in ("", "0", "no", "false")
