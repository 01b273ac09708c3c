"""Pictures worth opening first: each is a View and one sentence on what it shows; tests assert that it does.

A preset about how the boundary moves has a ratio (how many times more forgetting moves the boundary than a new seed) of
at least 2. One that forgets less than 5 % of the points is compared with the paired retrained model. Presets about the
floor itself or about forget accuracy are exempt; they say so in `about`, and their ratio in their sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from explorer.view import DEFAULT_LAYERS, View


@dataclass(frozen=True)
class Preset:
    """A picture that shows one thing.

    Attributes:
        key: short name, for tests and figures.
        title: what it shows, in a few words.
        sentence: what to look at.
        content: a View as JSON values; what is left out takes its default.
        about: "boundary" (needs a ratio of at least 2), "point" (beside the paired model), "floor" or "accuracy".
        group: "First", what to open first, "Methods", what some methods do, "Attacks", what attacks find, or "Audits",
            what comes back, shows or is told after a deletion, or "Streams", what many requests do.

    Its View names the page on which it opens.
    """

    key: str
    title: str
    sentence: str
    content: Mapping[str, Any] = field(repr=False)
    about: Literal["boundary", "point", "floor", "accuracy"] = "boundary"
    group: Literal["First", "Methods", "Attacks", "Audits", "Streams"] = "First"

    def view(self) -> View:
        """Return the picture as a View."""
        return _view(self.key)


@cache
def _view(key: str) -> View:
    return View.parse(next(preset for preset in PRESETS if preset.key == key).content)


def _panels(*panels: str | tuple[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    nothing: Mapping[str, Any] = {}
    pairs = [(panel, nothing) if isinstance(panel, str) else panel for panel in panels]
    return [{"method": name, "knobs": dict(knobs)} for name, knobs in pairs]


_GAP, _INNER = 198, 199  # the planted rows of the two Gaussians with 200 points
_WITH_HELPERS = [*DEFAULT_LAYERS, "helpers"]
_TOY_POINT = {"samples": 200}  # what JiT's preset of that name changes of the defaults

#: A class in a corner of four blobs, and models that are not too sure of themselves: from the default recipe, whose
#: models are, CaMU leaves most of the class where it was.
_CLASS = {
    "data": {"name": "blobs", "n": 800, "noise": 0.9},
    "request": {"choose": "class", "label": 0},
    "model": {"widths": [64, 64], "activation": "relu"},
    "training": {"optimizer": "adam", "lr": 0.001, "weight_decay": 0.0, "schedule": "constant", "steps": 1000},
}
_PRINTED = 35  # a training point of 100 in the thick of its class
_AMONG = 90  # one of 200
_CONVERGED = {"optimizer": "lbfgs", "weight_decay": 0.01, "steps": 2000}
_SMALL_CLASS = {**_CLASS, "data": {"name": "blobs", "n": 160, "noise": 0.6}}  # few enough arrows to tell apart

#: Blobs and network of UNSC's toy figure, with 500 points a class, and what its preset for it changes of the defaults.
_NULL_SPACE = {
    "data": {"name": "blobs", "n": 2000, "noise": 1.1},
    "request": {"choose": "class", "label": 0},
    "model": {"widths": [10], "activation": "relu"},
    "training": {
        "optimizer": "adam", "lr": 0.01, "weight_decay": 0.0, "batch": 100, "steps": 200, "schedule": "constant",
    },
}  # fmt: skip
_UNSC_TOY = {
    "optimizer": "adam", "lr": 0.002, "steps": 368, "batch": 32, "threshold": 0.98, "directions": "below",
    "biases": "free",
}  # fmt: skip
#: In the order in which they break: never, never, late, early, at once.
_STREAMED = ("scrub", "fine_tune", "influence_1", "ssd", "gradient_ascent")

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
        "JiT pulls the boundary towards a point in the gap and leaves an inner point alone",
        "Top row: a point in the gap is forgotten; bottom row: one inside its class. Retrained is the paired model "
        "(same initialisation and batches), because one point moves less than a new seed does. JiT moves as retraining "
        "does, if farther; greedy mislabelling goes much too far, and in the bottom row it destroys the model.",
        {
            "page": "compare",
            "base": {"data": {"name": "two_gaussians"}, "request": {"choose": "points", "index": [_GAP]}},
            "rows": [{"request": {"choose": "points", "index": [row]}} for row in (_GAP, _INNER)],
            "panels": _panels("retrained", ("jit", _TOY_POINT), "greedy"),
            "focus": 1,
        },
        about="point",
    ),
    Preset(
        "still_right",
        "Retrained still gets forgotten points right",
        "Random points go, and models that never saw them answer most of them correctly: forget accuracy 0 is not the "
        "goal. Here forgetting moves the boundary 1.5 times as much as a new seed does; look at the accuracy.",
        {"base": {"request": {"choose": "random", "fraction": 0.2}}, "panels": _panels("retrained", "original", "jit")},
        about="accuracy",
    ),
    Preset(
        "seeds",
        "A new seed moves the boundary too",
        "Careless training: retrained models differ among themselves as much as from the original (ratio 0.9), and no "
        "comparison of boundaries means anything here. The thin lines are the retrained models.",
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
    Preset(
        "camu",
        "CaMU leads a class over to its partners",
        "Each forget point has a counterfactual partner, an arrow away: training on the partners' representations "
        "empties the class, and leaves the model less sure there than retraining does.",
        {
            "base": _SMALL_CLASS,
            "panels": _panels("retrained", ("camu", {"epochs": 20}), "original"),
            "layers": _WITH_HELPERS,
            "focus": 1,
        },
        group="Methods",
    ),
    Preset(
        "shadow",
        "Boundary expand sends a class into a shadow",
        "The forgotten class is trained to be one more class, which nobody has; taking it away at the end leaves the "
        "neighbours to share the corner.",
        {"base": _CLASS, "panels": _panels("retrained", "boundary_expand", "original"), "focus": 1},
        group="Methods",
    ),
    Preset(
        "noise",
        "UNSIR unlearns a class with learnt noise",
        "The hollow points are noise, learnt to be as unlike the class as can be and then trained under its label; the "
        "repair that follows brings the other classes back.",
        {"base": _CLASS, "panels": _panels("retrained", "unsir", "original"), "layers": _WITH_HELPERS, "focus": 1},
        group="Methods",
    ),
    Preset(
        "neighbours",
        "AMUN steps just over the nearest boundary",
        "Each arrow ends at the nearest place found where the original gives another label; trained under that label, "
        "the boundary comes over the forget points much as in retraining.",
        {"panels": _panels("retrained", "amun", "original"), "layers": _WITH_HELPERS, "focus": 1},
        group="Methods",
    ),
    Preset(
        "null_space",
        "UNSC moves where no retained point would notice",
        "The authors' toy: wrong labels alone take a neighbour's ground along with the class. In the null space of "
        "what the other classes feed the layers the corner is divided, and the rest keeps its accuracy. The first of "
        "the two panels projects each gradient, as released, the second each step.",
        {
            "base": _NULL_SPACE,
            "panels": _panels(
                "retrained",
                ("greedy", {"lr": 0.01, "steps": 80, "batch": 100}),
                ("unsc", {**_UNSC_TOY, "project": "gradient"}),
                ("unsc", _UNSC_TOY),
            ),
            "focus": 3,
        },
        group="Methods",
    ),
    Preset(
        "exact",
        "SISA forgets exactly, from an original of its own",
        "Shards that saw forget points are trained again without them. Nothing of the points is left; the price is "
        "another original, a vote of small models, each with a thin line.",
        {"panels": _panels("retrained", "sisa", "original"), "layers": [*DEFAULT_LAYERS, "members"], "focus": 1},
        group="Methods",
    ),
    Preset(
        "gauge",
        "Certified removal spends a budget and buys it back",
        "The bar drains with each deletion and is full again after a retraining. By Guo's bound it is now and then, by "
        "a sharper one never. The thin lines are other draws of the noise, unlearned one among them; six times the "
        "noise spreads them, and has a budget that lasts.",
        {
            "base": {"model": {"widths": []}},
            "panels": _panels(
                "retrained",
                ("certified_removal", {"noise": 0.5}),
                ("certified_removal", {"noise": 0.5, "bound": "sharper"}),
                ("certified_removal", {"noise": 3.0}),
            ),
            "layers": [*DEFAULT_LAYERS, "members"],
            "focus": 1,
        },
        group="Methods",
    ),
    Preset(
        "descents",
        "More steps a deletion need less noise",
        "Five, ten and twenty-five steps after each deletion: the more, the nearer to the minimum it is known to be, "
        "and the less noise hides the rest. The thin lines, other draws of the noise, close to one.",
        {
            "base": {"model": {"widths": []}},
            "panels": _panels(
                ("descent_to_delete", {"descents": 5}),
                "descent_to_delete",
                ("descent_to_delete", {"descents": 25}),
            ),
            "layers": [*DEFAULT_LAYERS, "members"],
            "focus": 1,
        },
        group="Methods",
    ),
    Preset(
        "twin",
        "TMU forgets the hard points only",
        "Three tenths of a noisy class go, at random. Diamonds are predicted hard, discs easy: only the hard ones are "
        "relabelled, and forget accuracy comes down to retrained's, not to 0; switch on the oracle to see which models "
        "that never saw them get wrong. Forgetting moves the boundary 1.2 times as much as a new seed does.",
        {
            "base": {
                "data": {"name": "moons", "n": 300, "noise": 0.35, "seed": 1},
                "request": {"choose": "random", "fraction": 0.3, "label": 0},
                "model": {"widths": [64, 64, 64], "activation": "relu"},
                "training": {"recipe": "memorise", "optimizer": "adam", "lr": 0.01, "batch": 100, "steps": 2000},
            },
            "panels": _panels("retrained", ("tmu", {"lr": 0.003}), "original"),
            "layers": _WITH_HELPERS,
            "focus": 1,
        },
        about="accuracy",
        group="Methods",
    ),
    Preset(
        "memorise",
        "How much there is to forget",
        "Few noisy points, learnt by heart: look at the attacks. Forgetting moves the boundary 1.4 times as much as a "
        "new seed does.",
        {
            "page": "attacks",
            "base": {
                "data": {"name": "moons", "n": 150, "noise": 0.35},
                "request": {"choose": "random", "fraction": 0.2},
                "training": {"recipe": "memorise"},
            },
            "panels": _panels("retrained", "fine_tune", "random_labels", "neg_grad_plus", "scrub"),
        },
        about="accuracy",
        group="Attacks",
    ),
    Preset(
        "spotted",
        "Same accuracies, easiest to spot",
        "Random labels end with retrained's accuracies. Look at question B, entropy: in nearly every pair the model is "
        "less sure of a forgotten point than a retrained one is (the boundary is another matter: ratio 6.4).",
        {
            "page": "attacks",
            "base": {"data": {"name": "blobs", "n": 400, "noise": 0.9}, "request": {"choose": "class", "label": 0}},
            "panels": _panels("retrained", "random_labels", "fine_tune", "neg_grad_plus"),
        },
        about="accuracy",
        group="Attacks",
    ),
    Preset(
        "comes_back",
        "It comes back without one forgotten point",
        "A sub-cluster is mislabelled until none of it is known. Trained on with kept points alone, the model has it "
        "back within ten steps; the same method on a retrained model brings back little.",
        {
            "page": "audits",
            "base": {
                "data": {"name": "blobs", "n": 400, "noise": 0.7, "classes": 3, "second_cluster": True},
                "request": {"choose": "subclass", "label": 0},
            },
            "panels": _panels("retrained", "greedy"),
            "focus": 1,
            "audit": "relearning",
        },
        group="Audits",
    ),
    Preset(
        "half_as_far",
        "Half as far would be better",
        "Drag the slider: NegGrad+ is nearest to retrained before its end, fine-tuning only beyond it; the way to a "
        "retrained model of another seed leads over a barrier.",
        {
            "page": "audits",
            "panels": _panels("retrained", "neg_grad_plus", "fine_tune"),
            "focus": 1,
            "audit": "weight_path",
        },
        group="Audits",
    ),
    Preset(
        "prints",
        "The deletion prints the point",
        "One point is deleted. Methods whose steps come from that point alone leave it in the weights: the target "
        "stands on it. Retrained is the paired model (same initialisation and batches); it and fine-tuning print "
        "nothing.",
        {
            "page": "audits",
            "base": {"data": {"n": 100}, "request": {"choose": "points", "index": [_PRINTED]}},
            "panels": _panels("retrained", "fine_tune", "jit", "greedy", "gradient_ascent"),
            "focus": 2,
            "audit": "reconstruction",
        },
        about="point",
        group="Audits",
    ),
    Preset(
        "even_exact",
        "Even exact retraining gives it away",
        "Logistic regression, trained until it stands still: from both models and public points of the same kind, the "
        "deleted point can be worked out, although retrained (the paired model) never saw it. Fine-tuning stops before "
        "it stands still, and prints nothing.",
        {
            "page": "audits",
            "base": {
                "data": {"n": 200},
                "model": {"widths": []},
                "training": _CONVERGED,
                "request": {"choose": "points", "index": [_AMONG]},
            },
            "panels": _panels("retrained", "fine_tune"),
            "focus": 0,
            "audit": "reconstruction",
        },
        about="point",
        group="Audits",
    ),
    Preset(
        "tells_more",
        "Deleting tells more than the model did",
        "Random points of models that learn by heart. The original alone hardly gives them away; before and after "
        "together do, exact retraining included (forgetting moves the boundary 1.5 times as much as a new seed does).",
        {
            "page": "audits",
            "base": {
                "data": {"name": "moons", "n": 150, "noise": 0.35, "seed": 3},
                "request": {"choose": "random", "fraction": 0.2},
                "training": {"recipe": "memorise"},
            },
            "panels": _panels("retrained", "random_labels", "fine_tune"),
            "focus": 1,
            "audit": "two_model_membership",
        },
        about="accuracy",
        group="Audits",
    ),
    Preset(
        "point_by_point",
        "Forgotten, still known, or over-forgotten: point by point",
        "Upwards: still known, most of all after fine-tuning. Downwards: less sure than any retrained model, as after "
        "random labels.",
        {
            "page": "audits",
            "panels": _panels("retrained", "fine_tune", "jit", "random_labels"),
            "focus": 1,
            "audit": "completeness",
        },
        group="Audits",
    ),
    Preset(
        "mouth",
        "The mouth forgets, the head does not",
        "Random labels answer the forgotten points wrongly, and a probe of the hidden layer knows most of them again. "
        "The last panel has the original's hidden layer and retrained's answers: no accuracy tells them apart.",
        {
            "page": "audits",
            "panels": _panels("retrained", "random_labels", "eu_k"),
            "focus": 1,
            "audit": "linear_probe",
        },
        group="Audits",
    ),
    Preset(
        "one_after_another",
        "Same points, one request after another",
        "A hundred points go in twenty requests of five. SCRUB and fine-tuning hold; first-order influence goes astray "
        "late, selective dampening early, and gradient ascent at once. The purple line is retrained on what remains.",
        {
            "page": "streams",
            "panels": _panels(*_STREAMED),
            "focus": 4,
        },
        group="Streams",
    ),
    Preset(
        "only_harm",
        "In random order a stream can only harm",
        "Random points go, and retrained hardly moves: who does nothing ends as near to it as any of these methods, "
        "and two of them break.",
        {"page": "streams", "panels": _panels(*_STREAMED), "focus": 4, "order": "random"},
        group="Streams",
    ),
)
