"""Set many unlearned models beside as many retrained ones, point by point: KLoM and the challenge's forgetting quality.

64 originals are unlearned by the method at hand, 128 models retrained: 64 to compare with and 64 more that say what two
sets of retrained models show, the zero line. Originals and retrained models are shared by all methods.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer import metrics
from explorer.metrics.klom import summary
from explorer.pipeline.attacks.shadows import (
    forget_mask,
    logits_of,
    shadow_labels,
    shadow_parts,
    trained,
    unlearned,
    why_no_shadows,
)
from explorer.pipeline.memo import MODEL_PARTS, PATH_PARTS, REQUEST_PARTS
from explorer.pipeline.run import Run, kept
from explorer.pipeline.sets import whole_class
from explorer.records import Float, PairNumbers
from explorer.spec import SpecError, refuse_mismatch

PAIRS = 64  # unlearned models, and as many retrained ones; with few, every number is biased, see the floor


@kept(lambda run: f"pairs-{run.key(*PATH_PARTS)}-{PAIRS}")
def many_models(run: Run) -> PairNumbers:
    """Return question B over many models for the Spec's method; the models are kept in parts of 16.

    The run's tick is called as tick(models done, all).

    Args:
        run: the run, with a method for which shadow models can be made.

    Raises:
        SpecError: if they cannot be made, or the method cannot answer the request.
    """
    if run.spec.method is None:
        raise SpecError("`method` must name a method to unlearn with")
    reason = why_no_shadows(run.spec)
    if reason:
        raise SpecError(reason)
    refuse_mismatch(run.spec, whole_class=whole_class(run.sets))
    return _numbers(run)


def _numbers(run: Run) -> PairNumbers:
    sets, y = run.sets, shadow_labels(run)
    logits, troubles = _unlearned(run)
    retrained = metrics.phi(_retrained(run, 2 * PAIRS), y)
    phi, retrained, others = metrics.phi(logits, y), retrained[:PAIRS], retrained[PAIRS:]
    rows = {"forget": sets.forget, "retain": sets.retain, "test": np.arange(len(sets.before), len(y))}
    one = metrics.forgetting_quality(phi[:, sets.forget], retrained[:, sets.forget])
    floor = metrics.forgetting_quality(others[:, sets.forget], retrained[:, sets.forget])
    return PairNumbers(
        models=PAIRS,
        klom={name: summary(metrics.klom(phi[:, chosen], retrained[:, chosen])) for name, chosen in rows.items()},
        klom_floor={
            name: summary(metrics.klom(others[:, chosen], retrained[:, chosen])) for name, chosen in rows.items()
        },
        quality=one.quality,
        quality_floor=floor.quality,
        infinite=one.infinite,
        infinite_floor=floor.infinite,
        discarded=one.discarded,
        cap=one.cap,
        trouble=f"{len(troubles)} of {PAIRS} models: {troubles[0]}" if troubles else "",
    )


def _unlearned(run: Run) -> tuple[Float, list[str]]:
    logits, troubles = [], list[str]()
    for start, stop in shadow_parts(PAIRS):
        everyone = np.ones((stop - start, len(run.data.train)), dtype=np.bool_)

        def tick(done: int, _: int, start: int = start) -> None:
            if run.tick:
                run.tick(start + done, 3 * PAIRS)

        tick(0, 0)
        weights = _originals(run.quiet, start, stop)
        ends, found = unlearned(replace(run, tick=tick), "pairs", start, everyone, weights)
        logits.append(logits_of(run, ends))
        troubles += found
    return np.concatenate(logits), troubles


@kept(lambda run, start, stop: f"pairs-original-{run.key(*MODEL_PARTS)}-{start}-{stop}")
def _originals(run: Run, start: int, stop: int) -> Float:
    everyone = np.ones((stop - start, len(run.data.train)), dtype=np.bool_)
    return trained(run, range(start, stop), everyone, "pairs")


def _retrained(run: Run, count: int) -> Float:
    parts = []
    for start, stop in shadow_parts(count):
        if run.tick:
            run.tick(count // 2 + start, count // 2 + count)
        parts.append(logits_of(run, _retrained_part(run, start, stop)))
    return np.concatenate(parts)


@kept(lambda run, start, stop: f"pairs-retrained-{run.key(*REQUEST_PARTS)}-{start}-{stop}")
def _retrained_part(run: Run, start: int, stop: int) -> Float:
    left = np.repeat(~forget_mask(run)[None], stop - start, axis=0)
    return trained(run, range(start, stop), left, "pairs:retrained")
