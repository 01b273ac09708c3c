"""Show small images with crisp pixels: the gallery of what is forgotten, and the three images of a plane, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from explorer.contents.recorded.cut import Cut, confidences
from explorer.contents.recorded.runs import Opened
from explorer.figures.png import data_uri, png
from explorer.figures.theme import COLOURS, MODELS, Mode
from explorer.pipeline import GALLERY

TITLES = {"original": "before", "unlearned": "after", "retrained": "retrained"}


def _picture(image: NDArray[np.uint8], alt: str) -> str:
    """Return an <img> that holds an image."""
    return f'<img src="{data_uri(png(image, level=9))}" alt="{escape(alt, quote=True)}">'


@dataclass(frozen=True)
class Tile:
    """One image of the gallery.

    Attributes:
        image: (32, 32, 3) uint8.
        row: its row in the training set.
        label: the class it was trained as.
        true: its true class; the same as `label` where nothing is corrected.
        confidence: role ("original", "unlearned", "retrained") -> probability of the true class; no "unlearned" where
            no method is chosen.
    """

    image: NDArray[np.uint8]
    row: int
    label: str
    true: str
    confidence: dict[str, float]


def tiles(opened: Opened, shown: str) -> list[Tile]:
    """Return the gallery for one method; retrained's confidence is the mean over its seeds."""
    scene = opened.scene
    count = min(GALLERY, len(scene.probes.forget))
    where = slice(0, count)
    true = scene.probes.after_y[where]
    rows: list[int] = scene.probes.forget[where].tolist()
    labels: list[int] = scene.probes.y[where].tolist()
    classes: list[int] = true.tolist()
    found = {
        "original": confidences(opened.original.snapshots[0], true, where)[-1],
        "retrained": np.mean([confidences(one, true, where)[-1] for one in opened.retrained.snapshots], axis=0),
    }
    if shown:
        found["unlearned"] = confidences(opened.methods[shown].snapshots[0], true, where)[-1]
    at = {row: index for index, row in enumerate(scene.image_rows.tolist())}
    return [
        Tile(
            scene.images[at[rows[k]]], rows[k], scene.names[labels[k]], scene.names[classes[k]],
            {role: float(found[role][k]) for role in MODELS if role in found},
        )
        for k in range(count)
    ]  # fmt: skip


def gallery(some: Sequence[Tile], mode: Mode) -> str:
    """Return the tiles as HTML: each image, its class, and a bar a model."""
    inside = "".join(_tile(one, mode) for one in some)
    return f'<div class="ue-tiles" role="group" tabindex="0" aria-label="Images">{inside}</div>'


def _tile(one: Tile, mode: Mode) -> str:
    said = one.true if one.label == one.true else f"{one.true}, was labelled {one.label}"
    numbers = ", ".join(f"{TITLES[role]} {value:.2f}" for role, value in one.confidence.items())
    name = escape(one.true)
    if one.label != one.true:
        name = f"<s>{escape(one.label)}</s> {name}"
    bars = "".join(_bar(role, value, mode) for role, value in one.confidence.items())
    shown = _picture(one.image, f"{said}; {numbers}")
    return (
        f'<figure title="row {one.row}: {escape(said, quote=True)}; {numbers}">{shown}'
        f"<figcaption>{name}</figcaption>{bars}</figure>"
    )


def _bar(role: str, value: float, mode: Mode) -> str:
    colour = COLOURS[mode].models[role]
    return (
        f'<span class="ue-bar"><i style="width:{100 * value:.0f}%;background:{colour}"></i>'
        f"<b>{_short(value)}</b></span>"
    )


def _short(value: float) -> str:
    return "1.0" if value >= 0.995 else f"{value:.2f}".removeprefix("0")


def key(mode: Mode, method: str) -> str:
    """Return the legend of the bars under the tiles as HTML.

    Args:
        mode: "light" or "dark".
        method: name on screen of the method looked at, or "".
    """
    words = {"original": "before (original)", "unlearned": f"after {method}", "retrained": "retrained, mean over seeds"}
    parts = "".join(
        f'<span><i style="background:{COLOURS[mode].models[role]}"></i>{escape(words[role])}</span>'
        for role in MODELS
        if role != "unlearned" or method
    )
    return f'<div class="ue-key">Confidence in the true class, 0 to 1, top to bottom: {parts}</div>'


def three(cut: Cut) -> str:
    """Return the three images of a plane with their names and roles as HTML."""
    scene = cut.opened.scene
    parts: list[str] = []
    for image, row, (name, role) in zip(cut.images(), scene.planes[cut.cut].rows.tolist(), cut.roles(), strict=True):
        parts.append(
            f"<figure>{_picture(image, f'{role}: {name}')}<figcaption><b>{escape(name)}</b><br>{escape(role)}"
            f"<small>training row {row}</small></figcaption></figure>"
        )
    return f'<div class="ue-three">{"".join(parts)}</div>'
