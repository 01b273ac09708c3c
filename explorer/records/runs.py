"""One recorded run on images, and its numbers, with their JSON.

In JSON, null stands for a number that is not defined (NaN here). A field that may be None is left out where it is None.
"""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from explorer.records.numbers import Band
from explorer.records.paths import Snapshots

Number = Annotated[float, BeforeValidator(lambda value: math.nan if value is None else value)]


@dataclass(frozen=True)
class Summary:
    """What is kept of a Band.

    Attributes:
        mean: over the values that are defined.
        min: the smallest of them.
        max: the largest of them.
        n: how many there are.
    """

    mean: Number
    min: Number
    max: Number
    n: int

    @classmethod
    def of(cls, band: Band) -> Summary:
        """Return what is kept of a band."""
        return cls(float(band.mean), float(band.low), float(band.high), len(band.finite))


@dataclass(frozen=True)
class Accuracies:
    """Accuracies of one model, in [0, 1].

    Attributes:
        retain: on the retain set.
        forget: on the forget set.
        test: on all test images.
        test_retain: on test images of what is not forgotten; None unless a class or a sub-class is forgotten.
        test_forget: on test images of the forgotten class or sub-class; None with `test_retain`.
        test_kept: on test images of what stays: `test_retain` where there is one, else `test`. It is worked out where
            it is not given, so that files that are older than it have it too.
    """

    retain: Number
    forget: Number
    test: Number
    test_retain: Number | None = None
    test_forget: Number | None = None
    test_kept: Number | None = None

    def __post_init__(self) -> None:
        """Work out what follows from the others."""
        if self.test_kept is None:
            object.__setattr__(self, "test_kept", self.test if self.test_retain is None else self.test_retain)


@dataclass(frozen=True)
class AttackResult:
    """What one attack finds on one model in question A: `statistics` of metrics/roc.py, and the paper's own rate.

    Attributes:
        auc: forgotten against unseen images, in [0, 1].
        auc_low: lower end of its 95 % interval.
        auc_high: upper end.
        balanced_accuracy: at the best threshold, in [0, 1].
        tpr_at_1: true positive rate at a false positive rate of 1 %.
        tpr_at_01: the same at 0.1 %.
        members: number of forgotten images judged.
        others: number of unseen images judged.
        paper_rate: what the attack's own paper reports; None where it reports nothing else.
    """

    auc: Number
    auc_low: Number
    auc_high: Number
    balanced_accuracy: Number
    tpr_at_1: Number
    tpr_at_01: Number
    members: Number
    others: Number
    paper_rate: Number | None = None


@dataclass(frozen=True)
class ModelNumbers:
    """Numbers of one model, for which retrained's own value is the goal.

    Attributes:
        accuracy: its accuracies.
        attacks: key of an attack -> what it finds in question A.
    """

    accuracy: Accuracies
    attacks: Mapping[str, AttackResult]


@dataclass(frozen=True)
class PairResult:
    """What one attack finds in question B.

    Attributes:
        auc: over pairs of models; above .5 = less sure than retrained.
    """

    auc: Summary


@dataclass(frozen=True)
class Distances:
    """How far models are from the retrained ones, on the forget set.

    Attributes:
        activation_distance: over pairs of models.
        js_divergence: over pairs of models, in nats.
        forget_agreement: over pairs of models; 1 = they answer alike.
        attacks: key of an attack -> what it finds in question B.
    """

    activation_distance: Summary
    js_divergence: Summary
    forget_agreement: Summary
    attacks: Mapping[str, PairResult]


@dataclass(frozen=True)
class Cost:
    """What the parts of a run took, in seconds or in example-gradients; None for a part that it has not.

    Attributes:
        train: one training, the mean over seeds.
        unlearn: the method.
        prepare: what the method prepares, which requests share.
        record: evaluation and recording, all seeds together (seconds only).
    """

    train: Number | None = None
    unlearn: Number | None = None
    prepare: Number | None = None
    record: Number | None = None

    @property
    def work(self) -> float:
        """Return what one model took, without recording; NaN where nothing was measured."""
        known = [part for part in (self.train, self.unlearn, self.prepare) if part is not None]
        return sum(known) if known else math.nan


@dataclass(frozen=True)
class Made:
    """What made a run.

    Attributes:
        commit: hex, or "".
        versions: package -> version.
        hardware: in words.
        date: as year-month-day.
    """

    commit: str
    versions: Mapping[str, str]
    hardware: str
    date: str


@dataclass(frozen=True)
class RunNumbers:
    """All numbers of a recorded run, and what is to be said of it.

    Attributes:
        models: one a seed, at least one.
        to_retrained: against every retrained model, of the original and of methods; None for the retrained models.
        floor: of the retrained models against each other; None for all others.
        seconds: wall time.
        example_gradients: forward + backward of one image = 1.
        straight: the method made one jump, so its path is a straight line.
        trouble: "" or one sentence on what broke.
        note: "" or what the method has to say.
        tuned: how the knobs were chosen; "" for references.
        made: what made it; None until it is recorded.
        steps: how steps were taken: of a training memory format and precision, of a method its precision; None where
            nothing was trained, and for a method in single precision.
        weights: which models were read from files, and in which precision they lie there; None where all were trained.
        left_out: key of an attack -> one sentence on why it was not asked; None where all were.
    """

    models: tuple[ModelNumbers, ...]
    to_retrained: Distances | None = None
    floor: Distances | None = None
    seconds: Cost = field(default_factory=Cost)
    example_gradients: Cost = field(default_factory=Cost)
    straight: bool = False
    trouble: str = ""
    note: str = ""
    tuned: str = ""
    made: Made | None = None
    steps: str | None = None
    weights: str | None = None
    left_out: Mapping[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the numbers as JSON values."""
        return plain(self)

    @classmethod
    def from_json(cls, content: Any) -> RunNumbers:
        """Return the numbers that `as_json` wrote.

        Raises:
            ValueError: one sentence with field, rule and value.
        """
        try:  # as text: only there is a list taken for a tuple, and nothing else for what it is not
            found = _reader().validate_json(json.dumps(content), strict=True, extra="forbid")
        except ValidationError as error:
            raise ValueError(_sentence(error)) from None
        if not found.models:
            raise ValueError("`numbers.models` must hold a model, found none")
        return found


@dataclass(frozen=True)
class ImageRun:
    """One recorded run: a method, or all seeds of a reference.

    Attributes:
        name: "original", "retrained" or a method's key.
        spec: the full Spec, as JSON values.
        snapshots: one a seed; the first is the one on screen.
        numbers: its numbers.
        title: its name on screen; kept, so that a page can show it before the methods' files are imported.
    """

    name: str
    spec: Mapping[str, Any]
    snapshots: tuple[Snapshots, ...]
    numbers: RunNumbers
    title: str


def plain(part: Any) -> Any:  # JSON values have no type of their own
    """Return a record of numbers as JSON values."""
    if is_dataclass(part):
        named = {one.name: getattr(part, one.name) for one in fields(part)}
        return {name: plain(value) for name, value in named.items() if value is not None}
    if isinstance(part, Mapping):
        held = cast(Mapping[str, Any], part)
        return {name: plain(value) for name, value in held.items()}
    if isinstance(part, tuple):
        return [plain(value) for value in cast(tuple[Any, ...], part)]
    return None if isinstance(part, float) and not math.isfinite(part) else part


@cache
def _reader() -> TypeAdapter[RunNumbers]:
    return TypeAdapter(RunNumbers)


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in ("numbers", *first["loc"]))
    if first["type"] == "missing":
        return f"`{where}` must be given"
    if first["type"] == "unexpected_keyword_argument":
        return f"`{where}` is not known here"
    rule, given = first["msg"].replace("Input should", "must"), textwrap.shorten(str(first["input"]), 60)
    return f"`{where}` {rule}, got {given}"
