"""Made-up scenes for the player: boundaries from formulas, so that every number on the picture is known."""

from __future__ import annotations

import numpy as np

from explorer.records import Band, Helpers, PanelFrames, Plane, Scene

SENTENCE = (
    "Gradient ascent broke at step 17 of 40: the loss was not finite; its learning rate .5 is too large for this model."
)


def moons(n: int = 400, noise: float = 0.2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    t = np.pi * rng.random(n)
    x = np.where(y[:, None] == 0, np.stack([np.cos(t), np.sin(t)], 1), np.stack([1 - np.cos(t), 0.5 - np.sin(t)], 1))
    return (x + noise * rng.normal(size=x.shape)).astype(np.float32), y.astype(np.int64)


def two_class_scene(size: int = 64, n: int = 400, seeds: int = 5) -> Scene:
    x, y = moons(n)
    inner = np.linalg.norm(x - np.array([1.0, 0.1]), axis=1) + 10.0 * (y != 0)
    plane = Plane.around(x)
    forget = np.sort(np.argsort(inner)[: n // 5])
    grid = plane.grid(size)
    retrained = np.stack([margins(grid, 1.0, wiggle=0.05 * k, phase=k) for k in range(1, seeds + 1)])
    return Scene(
        plane, size, x, y, forget, ("upper moon", "lower moon"),
        original=margins(grid, 0.0), retrained=retrained, paired=margins(grid, 1.0),
        after_x=x[forget], after_y=y[forget], goals={name: Band((0.25, 0.35)) for name in ("forget", "retain", "test")},
    )  # fmt: skip


def margins(x: np.ndarray, share: float, wiggle: float = 0.0, phase: float = 0.0, sharp: float = 5.0) -> np.ndarray:
    """Logits (n, 2) of a model `share` of the way from the original to the retrained one."""
    bend = 0.25 + 0.42 * np.cos(2.6 * x[:, 0] - 0.4) - 0.1 * x[:, 0]
    dent = 1.1 * np.exp(-(((x[:, 0] - 1.05) / 0.5) ** 2 + ((x[:, 1] + 0.1) / 0.7) ** 2))
    height = bend + 0.25 - 0.55 * np.exp(-(((x[:, 0] - 0.9) / 0.45) ** 2)) + wiggle * np.sin(3 * x[:, 0] + phase)
    margin = sharp * (height - x[:, 1] + share * (dent - 0.1))
    return np.stack([np.zeros_like(margin), margin], axis=1).astype(np.float32)


def panel(
    scene: Scene, name: str, title: str, share: list[float], step: list[int], *, wiggle: float = 0.0, **more: object
) -> PanelFrames:
    grid = scene.plane.grid(scene.size)
    logits = np.stack([margins(grid, s, wiggle=wiggle * s, phase=2.0) for s in share])
    at = np.stack([margins(scene.x, s, wiggle=wiggle * s, phase=2.0) for s in share])
    confidence = 1 / (1 + np.exp(-np.where(scene.y == 1, 1, -1) * (at[..., 1] - at[..., 0])))
    kind = str(more.pop("kind", "approximate"))
    accuracy = {name: 1 - 0.7 * np.clip(share, 0, 1) for name in ("forget", "retain", "test")}
    return PanelFrames(name, title, kind, np.array(step), logits, confidence.astype(np.float32), accuracy, **more)  # type: ignore[arg-type]


def eight_panels(scene: Scene, keyframes: int = 21) -> list[PanelFrames]:
    t = np.linspace(0, 1, keyframes)
    even = list(range(keyframes))
    dense = [int(v) for v in np.unique(np.rint(125 * t**1.7))]
    learnt = Helpers(
        "learnt noise", scene.x[scene.forget[::4]] + np.float32(0.25), scene.y[scene.forget[::4]], scene.forget[::4]
    )
    return [
        panel(scene, "original", "Original", [0.0], [0], kind="reference"),
        panel(scene, "retrained", "Retrained", [1.0], [0], kind="reference", several=5),
        panel(scene, "jit", "JiT", list(t * 0.9), even, cost=0.25, helpers=(learnt,)),
        panel(scene, "ascent", "Gradient ascent", list(t**2 * 3), even, wiggle=0.3, cost=0.25, trouble=SENTENCE),
        panel(scene, "fine_tune", "Fine-tuning", list(np.linspace(0, 0.2, len(dense))), dense, cost=0.25),
        panel(scene, "neg_grad_plus", "NegGrad+", list(t**0.5), even, wiggle=0.15, cost=0.25),
        panel(scene, "random_labels", "Random labels", list(t * 1.6), even, wiggle=-0.2, cost=0.25),
        panel(
            scene, "influence", "Influence, one step", [0.0, 1.2], [0, 1], cost=0.25,
            note="One jump: the path drawn is the straight line in weight space.",
        ),
    ]  # fmt: skip


def many_class_scene(classes: int = 4, size: int = 64, n: int = 400) -> tuple[Scene, list[PanelFrames]]:
    """Blobs on a ring; the last class's points are forgotten and its region shrinks."""
    rng = np.random.default_rng(3)
    angle = 2 * np.pi * np.arange(classes) / classes + 0.4
    centre = 2 * np.stack([np.cos(angle), np.sin(angle)], 1)
    y = np.arange(n) % classes
    x = (centre[y] + 0.7 * rng.normal(size=(n, 2))).astype(np.float32)
    plane = Plane.around(x)
    grid = plane.grid(size)
    forget = np.flatnonzero(y == classes - 1)[: n // 8]

    def logits(at: np.ndarray, share: float, shift: float = 0.0) -> np.ndarray:
        z = -((at[:, None, :] - centre - shift) ** 2).sum(-1)
        z[:, -1] -= 4 * share * (1 + 0.3 * np.sin(at[:, 0]))
        return z.astype(np.float32)

    scene = Scene(
        plane, size, x, y.astype(np.int64), forget, tuple(f"class {k}" for k in range(classes)),
        original=logits(grid, 0), retrained=np.stack([logits(grid, 1, 0.1 * k) for k in range(-2, 3)]),
        paired=logits(grid, 1), after_x=x[forget], after_y=y[forget].astype(np.int64),
    )  # fmt: skip

    def one(name: str, title: str, shares: np.ndarray, kind: str = "approximate") -> PanelFrames:
        z = np.stack([logits(x, s) for s in shares])
        p = np.exp(z - z.max(-1, keepdims=True))
        p = p / p.sum(-1, keepdims=True)
        frames = np.stack([logits(grid, s) for s in shares])
        right = p[:, np.arange(n), y].astype(np.float32)
        return PanelFrames(name, title, kind, np.arange(len(shares)), frames, right, {"forget": 1 - shares / 3})

    t = np.linspace(0, 1, 21)
    panels = [one("retrained", "Retrained", np.array([1.0]), "reference"), one("jit", "JiT", t)]
    panels += [one("scrub", "SCRUB", 1.5 * t)]
    panels += [one("unsir", "UNSIR", t**3), one("ascent", "Gradient ascent", 3 * t**2), one("ssd", "SSD", 0.4 * t)]
    return scene, panels
