"""Give out the weights of one model of a run, by the names of its network's `state_dict()`."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch

from explorer.models import Network
from explorer.pipeline.paths import image_path, network_of, path
from explorer.pipeline.references import reference
from explorer.pipeline.run import Run
from explorer.pipeline.worlds.images import network_with
from explorer.recording.snapshots import with_state
from explorer.records import Float
from explorer.spec import SpecError
from explorer.spec.catalog import CATALOG

Role = Literal["unlearned", "original", "retrained"]
ROLES: tuple[Role, ...] = ("unlearned", "original", "retrained")


def weights_of(run: Run, role: Role, k: int = 0) -> dict[str, Float]:
    """Return the parameters and buffers of one model.

    Args:
        run: the run.
        role: "unlearned" is where the Spec's method ends from original 0.
        k: which original or retrained model, from 0.

    Raises:
        SpecError: if there is no such model, or the method cannot run.
    """
    if role not in ROLES:
        raise SpecError(f"`model` must be one of {', '.join(ROLES)}, got {role}")
    most = 1 if role == "unlearned" or (run.of_images and role == "original") else _count(run, role)
    if not 0 <= k < most:
        raise SpecError(f"`k` must lie in [0, {most - 1}] for {role} models, got {k}")
    network = _of_images(run, role, k) if run.of_images else _of_points(run, role, k)
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in network.state_dict().items()}


def _count(run: Run, role: Role) -> int:
    return len(run.references.originals) if role == "original" else run.seeds


def _of_images(run: Run, role: Role, k: int) -> Network:
    if role == "unlearned":
        return network_with(run.spec, run.data, image_path(run).state.cpu().numpy())
    return network_with(run.spec, run.data, reference(run, role, k).state)


def _of_points(run: Run, role: Role, k: int) -> Network:
    if role == "unlearned":
        found = path(run)
        assert found.weights is not None  # of points they are always kept
        return with_state(network_of(run, found), torch.from_numpy(found.weights[-1]))
    build, options = CATALOG.models[run.spec.model.name].build, run.spec.model.options
    rows = run.references.originals if role == "original" else run.references.retrained
    network = build(options, run.data.train.x.shape[1:], run.data.classes)
    return with_state(network, torch.from_numpy(np.ascontiguousarray(rows[k])))
