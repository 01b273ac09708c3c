"""Look at models of images while they are still trained: at what their checkpoints hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from explorer.pipeline.planes import image_scene, scene_key, snapshot
from explorer.pipeline.references import Reference, held_state, key_of
from explorer.pipeline.run import Run
from explorer.pipeline.worlds.images import Trained, blank, training_of
from explorer.recording.evaluating import state_of
from explorer.records import Float, ImageScene, Snapshots

CELLS = 24  # along a plane, half as many as of a recorded one: a look is not to hold a training up
Model = tuple[Reference, int]
T = TypeVar("T")


def so_far(run: Run, role: Reference, k: int) -> tuple[int, Float] | None:
    """Return how many steps of a training are made and the state (p + b,) that it is in; None where none is kept.

    A training that ended is at its last step.
    """
    if (ended := held_state(run, role, k)) is not None:
        return training_of(run.spec).steps, ended
    saved = run.checkpoints(key_of(run.spec, role, k)).load() if run.checkpoints else None
    if saved is None:
        return None
    network = blank(run.spec, run.data)
    held = {name.removeprefix("model."): value for name, value in saved.items() if name.startswith("model.")}
    try:
        network.load_state_dict(held)
    except RuntimeError:  # of other code
        return None
    return int(saved["step"]), state_of(network).cpu().numpy()


def seen_so_far(
    run: Run, states: Mapping[Model, Float], scene: ImageScene | None = None
) -> tuple[ImageScene, dict[Model, Snapshots]]:
    """Return what is looked at in models that are not trained to the end, and what is seen there.

    Args:
        run: of images; nothing is kept in its memo, and nothing is trained.
        states: role and number -> state (p + b,); the original's must be there.
        scene: as an earlier look returned it, so that the same images are looked at; None for a first look.
    """
    held: dict[str, object] = {key_of(run.spec, *one): Trained(state, 0.0) for one, state in states.items()}

    def memo(key: str, thunk: Callable[[], T], /) -> T:
        if key not in held:
            held[key] = thunk()
        return held[key]  # type: ignore[return-value]  # what was kept under this key

    # Without checkpoints: a model that is found in the memo would clear its own, from which its training goes on.
    alone = replace(run, memo=memo, tick=None, grow=None, checkpoints=None)
    scene = scene or replace(image_scene(alone), cells=CELLS)
    held[scene_key(run)] = scene
    return scene, {one: snapshot(alone, *one) for one in states}
