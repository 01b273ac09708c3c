"""Pictures worth opening first: each is a View and one sentence on what it shows; tests assert that it does.

A preset about how the boundary moves has a ratio (how many times more forgetting moves the boundary than a new seed) of
at least 2. One that forgets less than 5 % of the points is compared with the paired retrained model. Presets about the
floor itself or about forget accuracy are exempt and say so in `about`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from explorer.view import View


@dataclass(frozen=True)
class Preset:
    """A picture that shows one thing.

    Attributes:
        key: short name, for tests and figures.
        title: what it shows, in a few words.
        sentence: what to look at.
        content: a View as JSON values; what is left out takes its default.
        about: "boundary" (needs a ratio of at least 2), "point" (compared with the paired model), "floor" or "accuracy".
    """

    key: str
    title: str
    sentence: str
    content: Mapping[str, Any] = field(repr=False)
    about: Literal["boundary", "point", "floor", "accuracy"] = "boundary"

    def view(self) -> View:
        """Return the picture as a View."""
        return _view(self.key)


@cache
def _view(key: str) -> View:
    return View.parse(next(preset for preset in PRESETS if preset.key == key).content)


def _panels(*panels: str | tuple[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    pairs = [(panel, {}) if isinstance(panel, str) else panel for panel in panels]
    return [{"method": name, "knobs": dict(knobs)} for name, knobs in pairs]


_TWO_GAUSSIANS = {"name": "two_gaussians"}
_GAP, _INNER = 198, 199  # the planted rows of the two Gaussians

PRESETS: tuple[Preset, ...] = (
    Preset(
        "explodes",
        "Gradient ascent explodes",
        "Twenty steps uphill on the forget set: nothing holds the other points, and the model goes with them.",
        {"panels": _panels("retrained", ("gradient_ascent", {"lr": 0.05, "steps": 20}), "neg_grad_plus"), "focus": 1},
    ),
    Preset(
        "barely",
        "Fine-tuning barely forgets",
        "Going on with the retain set alone leaves the forgotten points almost as well known as before.",
        {
            "panels": _panels(
                "retrained",
                ("fine_tune", {"lr": 0.001, "momentum": 0.9, "steps": 125, "batch": 32}),
                "original",
            ),
            "focus": 1,
        },
    ),
    Preset(
        "over",
        "Random labels over-forget",
        "Wrong labels push the forget accuracy below that of every retrained model: that, too, gives the points away.",
        {
            "panels": _panels("retrained", ("random_labels", {"lr": 0.01, "momentum": 0.9, "steps": 125}), "original"),
            "focus": 1,
        },
    ),
    Preset(
        "jit",
        "JiT moves the boundary where it matters",
        "JiT pulls the boundary towards a point in the gap; compare with the point inside, which it leaves alone.",
        {
            "base": {"data": _TWO_GAUSSIANS, "request": {"choose": "points", "index": [_GAP]}},
            "panels": _panels("retrained", "jit", "original"),
            "focus": 1,
        },
        about="point",
    ),
    Preset(
        "still_right",
        "Retrained still gets forgotten points right",
        "Random points go, and models that never saw them answer most of them correctly: forget accuracy 0 is not the goal.",
        {"base": {"request": {"choose": "random", "fraction": 0.2}}, "panels": _panels("retrained", "original", "jit")},
        about="accuracy",
    ),
    Preset(
        "seeds",
        "A new seed moves the boundary too",
        "Careless training: retrained models differ among themselves as much as from the original. Switch on the cloud.",
        {
            "base": {
                "model": {"activation": "relu"},
                "training": {"schedule": "constant", "weight_decay": 0.0},
                "request": {"choose": "random", "fraction": 0.15},
            },
            "panels": _panels("retrained", "original", "fine_tune"),
            "layers": ["confidence", "boundary", "original", "retrained", "cloud"],
            "focus": 0,
        },
        about="floor",
    ),
)
