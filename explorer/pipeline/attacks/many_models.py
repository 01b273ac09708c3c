"""Set many unlearned models beside as many retrained ones, point by point: KLoM and the challenge's forgetting quality.

64 originals are unlearned by the method at hand, 128 models retrained: 64 to compare with and 64 more that say what two
sets of retrained models show, the zero line. Originals and retrained models are shared by all methods.
"""

from __future__ import annotations

import numpy as np

from explorer import metrics
from explorer.metrics.klom import summary
from explorer.pipeline.attacks.shadows import (
    forget_mask,
    logits_of,
    not_live,
    shadow_labels,
    shadow_parts,
    trained,
    unlearnt,
)
from explorer.pipeline.memo import Memo, Tick, no_memo
from explorer.pipeline.paths import PATH_PARTS
from explorer.pipeline.sets import sets, whole_class
from explorer.pipeline.worlds.points import data
from explorer.records import Float, PairNumbers
from explorer.spec import Spec, SpecError, refuse_mismatch

PAIRS = 64
_PARTS = ("data", "request", "model", "training", "seed")


def pair_numbers(spec: Spec, memo: Memo = no_memo, *, pairs: int = PAIRS, tick: Tick | None = None) -> PairNumbers:
    """Return question B over many models for the Spec's method.

    Args:
        spec: the run, with a method that is live.
        memo: as everywhere; models are kept in parts of 16.
        pairs: how many unlearned and how many retrained models; with few, every number is biased, see the floor.
        tick: called as tick(models done, all); raise to cancel.

    Raises:
        SpecError: if the method is not live or cannot answer the request.
    """
    if spec.method is None:
        raise SpecError("`method` must name a method to unlearn with")
    reason = not_live(spec)
    if reason:
        raise SpecError(reason)
    refuse_mismatch(spec, whole_class=whole_class(sets(spec, memo)))
    return memo(f"pairs-{spec.key(*PATH_PARTS)}-{pairs}", lambda: _numbers(spec, memo, pairs, tick))


def _numbers(spec: Spec, memo: Memo, pairs: int, tick: Tick | None) -> PairNumbers:
    made, y = sets(spec, memo), shadow_labels(spec, memo)
    ours, troubles = _unlearned(spec, memo, pairs, tick)
    theirs = metrics.phi(_retrained(spec, memo, 2 * pairs, tick), y)
    phi, theirs, others = metrics.phi(ours, y), theirs[:pairs], theirs[pairs:]
    rows = {"forget": made.forget, "retain": made.retain, "test": np.arange(len(made.before), len(y))}
    one = metrics.forgetting_quality(phi[:, made.forget], theirs[:, made.forget])
    floor = metrics.forgetting_quality(others[:, made.forget], theirs[:, made.forget])
    return PairNumbers(
        models=pairs,
        klom={name: summary(metrics.klom(phi[:, chosen], theirs[:, chosen])) for name, chosen in rows.items()},
        klom_floor={name: summary(metrics.klom(others[:, chosen], theirs[:, chosen])) for name, chosen in rows.items()},
        quality=one.quality,
        quality_floor=floor.quality,
        infinite=one.infinite,
        infinite_floor=floor.infinite,
        discarded=one.discarded,
        cap=one.cap,
        trouble=f"{len(troubles)} of {pairs} models: {troubles[0]}" if troubles else "",
    )


def _unlearned(spec: Spec, memo: Memo, pairs: int, tick: Tick | None) -> tuple[Float, list[str]]:
    logits, troubles = [], list[str]()
    n = len(data(spec, memo).train)
    for start, stop in shadow_parts(pairs):
        everyone = np.ones((stop - start, n), dtype=np.bool_)

        def part_tick(done: int, _: int, start: int = start) -> None:
            if tick:
                tick(start + done, 3 * pairs)

        part_tick(0, 0)
        key = f"pairs-original-{spec.key('data', 'model', 'training', 'seed')}-{start}-{stop}"
        weights = memo(
            key, lambda start=start, stop=stop, rows=everyone: trained(spec, memo, range(start, stop), rows, "pairs")
        )
        ends, found = unlearnt(spec, memo, "pairs", start, everyone, weights, part_tick)
        logits.append(logits_of(spec, memo, ends))
        troubles += found
    return np.concatenate(logits), troubles


def _retrained(spec: Spec, memo: Memo, count: int, tick: Tick | None) -> Float:
    left, parts = ~forget_mask(spec, memo)[None], []
    for start, stop in shadow_parts(count):
        if tick:
            tick(count // 2 + start, count // 2 + count)
        rows = np.repeat(left, stop - start, axis=0)
        key = f"pairs-retrained-{spec.key(*_PARTS)}-{start}-{stop}"
        numbers = range(start, stop)
        weights = memo(key, lambda numbers=numbers, rows=rows: trained(spec, memo, numbers, rows, "pairs:retrained"))
        parts.append(logits_of(spec, memo, weights))
    return np.concatenate(parts)
