"""Use the explorer from Python.

    from explorer import api

    result = api.run({"data": {"name": "moons", "noise": 0.3}, "method": {"name": "scrub"}})
    result.numbers["to_retrained"]["activation_distance"]["mean"]
    result.arrays["path_logits"]      # (t, n + m, c)
    result.weights("unlearned")       # {"hidden.0.weight": ..., ...}

`load` reads the runs of a file that the page or a command wrote. What was computed before, on a page too, comes from
the store. This module and the names of `Result.arrays` stay as they are from one version to the next; the rooms behind
them may not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer import pipeline
from explorer.data import resolve
from explorer.experiments.store.store import Store
from explorer.experiments.store.trainings import trainings_at
from explorer.experiments.work import tasks
from explorer.pipeline import ROLES, Role, resolve_given, resolve_weights
from explorer.spec import Named, Spec, SpecError
from explorer.view.runs import runs_of

# `Any` in this file: JSON values.
Given = Spec | Mapping[str, Any] | str | Path


@dataclass(frozen=True)
class Result:
    """One run.

    Attributes:
        spec: the full Spec, defaults filled in.
        numbers: what `python -m explorer run` prints.
    """

    spec: Spec
    numbers: Mapping[str, Any]
    _run: pipeline.Run

    def weights(self, model: Role = "unlearned", k: int = 0) -> dict[str, NDArray[np.floating]]:
        """Return parameters and buffers of a model, by the names of its network's `state_dict()`.

        Args:
            model: "unlearned" (where the method ends from original 0), "original" or "retrained".
            k: which of the originals or retrained models, from 0.

        Raises:
            ValueError: one sentence, if there is no such model.
        """
        return pipeline.weights_of(self._run, model, k)

    @cached_property
    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return the run's arrays by name; n training points, m of test, c classes.

        Of points, in data units, and logits on the n points, then the m:

        - `x` (n, 2), `y` (n,): the training set as the original saw it; `x_test`, `y_test`.
        - `forget`: the rows of `x` that the request names, ascending.
        - `step` (t,): updates made at each recorded place of the path; 0 is the original.
        - `path_weights` (t, p), `path_logits` (t, n + m, c): the method's path from original 0.
        - `original_logits` (k, n + m, c), `retrained_logits` (r, n + m, c): one row a seed.

        Of images: `forget`, and logits (., q, c) on the judged images, which are rows of forget, of retain and of test:
        `unlearned_logits` (q, c), `original_logits`, `retrained_logits`.

        Raises:
            ValueError: one sentence, if the method cannot run.
        """
        run = self._run
        seen = pipeline.reference_logits(run)
        logits = {"original_logits": seen["originals"], "retrained_logits": seen["retrained"]}
        if run.of_images:
            return {"forget": run.sets.forget, **logits, "unlearned_logits": pipeline.image_end(run)}
        path = pipeline.path(run)
        assert path.weights is not None  # of points they are always kept
        return {
            "x": run.sets.before.x, "y": run.sets.before.y, "x_test": run.data.test.x, "y_test": run.data.test.y,
            "forget": run.sets.forget, "step": path.step, "path_weights": path.weights, "path_logits": path.logits,
            **logits,
        }  # fmt: skip


def load(file: str | Path) -> list[Spec]:
    """Return the runs that a file asks for: of a Spec one, of a View one for each panel that holds a method.

    Raises:
        ValueError: one sentence, if the file is neither.
        OSError: if it cannot be read.
    """
    try:
        content = json.loads(Path(file).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{file} must hold a Spec or a View as JSON: {error}") from None
    if content is None:
        raise ValueError(f"{file} must hold a Spec or a View, got null")
    return runs_of(content)


def run(spec: Given, *, store: str | Path | None = None) -> Result:
    """Run a Spec, or take its result from the store.

    Args:
        spec: a Spec, its JSON values (what is left out takes its default), or a file that holds one.
        store: the folder of results; by default the one that the page and the commands use.

    Raises:
        ValueError: one sentence, if there is no such run.
    """
    asked = with_files(_spec(spec))
    known = Store(Path(store)) if store is not None else Store.default()
    numbers = tasks.through(known, asked)
    place = str(known.place) if known.place else ""
    made = trainings_at(place).run(asked) if pipeline.is_image(asked) else pipeline.Run(asked, known.memo)
    return Result(asked, numbers, made)


def _spec(given: Given) -> Spec:
    if isinstance(given, Spec):
        return given
    if not isinstance(given, str | Path):
        return Spec.parse(given)
    runs = load(given)
    if len(runs) > 1:
        raise SpecError(f"{given} holds {len(runs)} runs: take one of load({str(given)!r})")
    return runs[0]


def with_files(spec: Spec) -> Spec:
    """Return a Spec with the files that it names by path read; what comes from an address bar never passes here.

    Raises:
        SpecError: one sentence, if a file cannot be used.
    """
    try:
        spec = resolve_given(spec)
        points, weights = resolve(spec.data.options), resolve_weights(spec.model.options)
    except ValueError as error:
        raise SpecError(str(error)) from None
    return replace(spec, data=Named(spec.data.name, points), model=Named(spec.model.name, weights), _keys={})


__all__ = ["ROLES", "Result", "load", "run", "with_files"]
