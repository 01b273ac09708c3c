"""All in which runs on points and runs on images differ: how networks are trained, restored and looked at."""

from __future__ import annotations

from typing import NamedTuple

from explorer.records import Int


class Rows(NamedTuple):
    """The points on which numbers are measured.

    Attributes:
        forget: (m,) rows of the training set.
        retain: (r,) rows of the training set.
        at_forget: where they stand among the logits of one model.
        at_retain: where they stand there.
        at_test: where the test points stand there, all of them.
    """

    forget: Int
    retain: Int
    at_forget: Int | slice
    at_retain: Int | slice
    at_test: slice
