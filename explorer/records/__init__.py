"""Frozen bundles of numpy arrays that pass between rooms; no record knows torch.

Sizes: n points in the training set, d inputs a point (images: any shape), c classes, p weights, t recorded steps.
Every array is to be treated as read-only.
"""

from explorer.records.audits import AuditNumbers, AuditPicture
from explorer.records.certificates import Certificate
from explorer.records.data import Bool, Data, Float, Int, Plane, Sets, Space, Split
from explorer.records.numbers import AttackNumbers, Band, Comparison, ModelScores, PairNumbers, defined
from explorer.records.paths import Helpers, ImagePlane, Probes, References, Shadows, Snapshots, Trajectory
from explorer.records.pictures import ImageScene, PanelFrames, Scene
from explorer.records.quiz import Quiz
from explorer.records.runs import (
    Accuracies,
    AttackResult,
    Cost,
    Distances,
    ImageRun,
    Made,
    ModelNumbers,
    PairResult,
    RunNumbers,
    Summary,
    plain,
)
from explorer.records.streams import Answer, Drift, Moving, Stream, StreamReferences
from explorer.records.trials import Ended, OracleRun, Trial

__all__ = [
    "Accuracies",
    "Answer",
    "AttackNumbers",
    "AttackResult",
    "AuditNumbers",
    "AuditPicture",
    "Band",
    "Bool",
    "Certificate",
    "Comparison",
    "Cost",
    "Data",
    "Distances",
    "Drift",
    "Ended",
    "Float",
    "Helpers",
    "ImagePlane",
    "ImageRun",
    "ImageScene",
    "Int",
    "Made",
    "ModelNumbers",
    "ModelScores",
    "Moving",
    "OracleRun",
    "PairNumbers",
    "PairResult",
    "PanelFrames",
    "Plane",
    "Probes",
    "Quiz",
    "References",
    "RunNumbers",
    "Scene",
    "Sets",
    "Shadows",
    "Snapshots",
    "Space",
    "Split",
    "Stream",
    "StreamReferences",
    "Summary",
    "Trajectory",
    "Trial",
    "defined",
    "plain",
]
