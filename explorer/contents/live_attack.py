"""Compute the live per-point attack on one method, in a job: models that saw each point against models that did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from explorer import pipeline
from explorer.contents.attacks import asked_of, judging_unseen, per_point, population
from explorer.experiments import shadows as shadow_models
from explorer.pipeline import Roc
from explorer.records import AttackNumbers, Shadows
from explorer.spec import Spec

Tick = Callable[..., None]


@dataclass(frozen=True)
class Live:
    """The per-point attack on one method.

    Attributes:
        spec: the run.
        shadows: the models, before and after the method.
        labels: (n + u,).
        exposed: role -> (n,) AUC of each training point over the models.
        aucs: role -> attack -> AUC over the same pairs of a model and a forgotten point.
        curves: attack over models -> role -> ROC curve over the same pairs; empty until every role is known.
        unseen: what the attacks that judge unseen points say of question A on the models on screen; None until every
            role is known.
        intervals: role -> attack -> 95 % interval of its AUC for other models on the same points; NaN: not defined.
    """

    spec: Spec
    shadows: Shadows
    labels: NDArray[np.integer]
    exposed: Mapping[str, NDArray[np.float64]]
    aucs: Mapping[str, Mapping[str, float]]
    curves: Mapping[str, Mapping[str, Roc]] = field(default_factory=dict[str, Mapping[str, Roc]])
    unseen: AttackNumbers | None = None
    intervals: Mapping[str, Mapping[str, tuple[float, float]]] = field(
        default_factory=dict[str, Mapping[str, tuple[float, float]]]
    )

    def pairs(self, forget: NDArray[np.integer]) -> tuple[int, int]:
        """Return how many pairs of a model and a forget point there are: seen, and then forgotten; and never seen."""
        saw = self.shadows.member[:, forget]
        return int((saw & self.shadows.forget[:, forget]).sum()), int((~saw).sum())


def seconds(spec: Spec, models: int, memo: pipeline.Memo) -> float:
    """Return about how many seconds the live attack takes on one core here; references and path must be known."""
    asked = asked_of(spec, [], models)
    retrained = models * pipeline.Run(asked, memo).references.seconds_train / pipeline.ORIGINALS
    return shadow_models.estimate_seconds(asked, memo) + retrained


def attacking(spec: Spec, models: int, memo: pipeline.Memo, tick: Tick) -> Iterator[Live]:
    """Yield the live attack: first with original and unlearned, then with retrained models too.

    Raises:
        ValueError: one sentence, where the method is not live.
    """
    asked, total = asked_of(spec, [], models), 2 * models
    run = pipeline.Run(asked, memo)
    labels = pipeline.shadow_labels(run)

    def telling(first: int) -> Tick:
        def tell(done: int, _: int, sentence: str = "") -> None:
            tick(first + done, total, sentence)

        return tell

    shadows = _made(asked, memo, telling(0), retrained=False)
    now = Live(asked, shadows, labels, {}, {})
    for role, after in (("original", False), ("unlearned", True)):
        tick(models, total, "Fitting and judging each point")
        now = _with(now, role, shadows, memo, after)
    yield now
    retrained = _made(asked, memo, telling(models), retrained=True)
    now = _with(now, "retrained", retrained, memo, True)
    now = replace(now, curves={name: {**pipeline.pair_curves(run, name)} for name in per_point()})
    yield now
    tick(total, total, "Asking about points that no model saw")
    unseen_run = pipeline.Run(asked_of(spec, judging_unseen(), models), memo)
    unseen = pipeline.attack_numbers(unseen_run, spread=False)
    yield replace(now, unseen=unseen)


def _made(spec: Spec, memo: pipeline.Memo, tick: Tick, *, retrained: bool) -> Shadows:
    *_, last = shadow_models.make(spec, memo, retrained=retrained, tick=tick)
    assert last.shadows is not None
    return last.shadows


def _with(now: Live, role: str, stack: Shadows, memo: pipeline.Memo, after: bool) -> Live:
    exposed = pipeline.exposed(pipeline.Run(now.spec), stack, now.labels, unlearned=after)
    known, attacks = pipeline.Run(now.spec, memo), [*per_point(), *population()]
    found = pipeline.pairs_judged(known, stack, now.labels, attacks, unlearned=after)
    return replace(
        now, exposed={**now.exposed, role: exposed},
        aucs={**now.aucs, role: {name: one.auc for name, one in found.items()}},
        intervals={**now.intervals, role: {name: (one.low, one.high) for name, one in found.items()}},
    )  # fmt: skip


def most_exposed(live: Live, forget: NDArray[np.integer]) -> int:
    """Return the row of the forget point that the original gives away most."""
    values = np.nan_to_num(live.exposed["original"][forget], nan=-1.0)
    return int(forget[int(values.argmax())])
