"""Live models become arrays here: the only consumer of a method's generator."""

from explorer.recording.evaluating import evaluate, members, state_of
from explorer.recording.prepare import Preparation, copy_of, prepare
from explorer.recording.record import record
from explorer.recording.weights import JUMP_POINTS, SHADOW_OFF

__all__ = [
    "JUMP_POINTS",
    "SHADOW_OFF",
    "Preparation",
    "copy_of",
    "evaluate",
    "members",
    "prepare",
    "record",
    "state_of",
]
