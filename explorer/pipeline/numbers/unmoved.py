"""Say that a method hardly moves the boundary, and why, so that a picture that stands still is not taken for broken.

The measure is the share of the plane's cells that change their class on the way: the largest over the keyframes. That
of the paired retrained model stands beside it, for some requests move hardly anything.
"""

from __future__ import annotations

from explorer.knobs import knob_infos
from explorer.pipeline.paths import path
from explorer.pipeline.run import Run
from explorer.records import Float

HARDLY = 0.2  # of what the paired retrained model moves


def unmoved(run: Run, logits: Float, paired: float) -> str:
    """Return the sentence on a boundary that hardly moves, or "" where it moves or the method broke.

    Args:
        run: the run, with a method.
        logits: (k, cells, c) of the path on the plane, the original first.
        paired: share of the plane on which the paired retrained model answers otherwise than the original.
    """
    moved = share_moved(logits)
    if (moved and moved >= HARDLY * paired) or path(run).trouble:
        return ""
    how = f"Hardly moves: {_percent(moved)} of the plane" if moved else "Nothing moves"
    why = _switched_off(run) or path(run).note
    return f"{how} (retraining: {_percent(paired)})." + (f" {why[0].upper()}{why[1:]}." if why else "")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def share_moved(logits: Float) -> float:
    """Return the largest share of cells whose class is not that of the first keyframe; logits (k, cells, c)."""
    classes = logits.argmax(axis=-1)
    return float((classes != classes[0]).mean(axis=1).max())


def _switched_off(run: Run) -> str:
    """Return which knob stands where the method changes nothing, or ""."""
    infos, knobs = knob_infos(type(run.asked.knobs)), run.asked.knobs
    off = [name for name, value in run.method.neutral.items() if getattr(knobs, name) == value]
    return " and ".join(f"{infos[name].title.lower()} {getattr(knobs, name):g} switches the method off" for name in off)
