"""One file per audit: what a model still gives away when one looks at more than its answers of one moment.

An audit trains the model on, walks between two sets of weights, or reads its hidden layer. Each has a zero line: what
the same audit finds where nothing is hidden (the method on models that never saw the points, a new seed with nothing
deleted, retrained models). Without it no number here means anything.
"""

from explorer.audits._audit import Audit, Field, Handed, Need, Numbers, OnRetrained, Subject, undefined
from explorer.audits._images import ImageSubject
from explorer.audits._relearn import MOMENTUM, STEPS, relearn

__all__ = [
    "MOMENTUM",
    "STEPS",
    "Audit",
    "Field",
    "Handed",
    "ImageSubject",
    "Need",
    "Numbers",
    "OnRetrained",
    "Subject",
    "relearn",
    "undefined",
]
