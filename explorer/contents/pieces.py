"""Single pieces that a page asks for beside the picture of its job; a worker can be handed them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from explorer import pipeline
from explorer.records import Sets
from explorer.spec import Spec


# `Any`: the result goes to whoever asked, who knows its type.
def of_run(stage: Callable[..., Any], spec: Spec, args: Sequence[Any], memo: pipeline.Memo, _tick: object) -> Any:
    """Return stage(run, *args) of the run of a Spec."""
    return stage(pipeline.Run(spec, memo), *args)


def of_memo(function: Callable[..., Any], args: Sequence[Any], memo: pipeline.Memo, _tick: object) -> Any:
    """Return function(*args, memo)."""
    return function(*args, memo)


def sets(run: pipeline.Run) -> Sets:
    """Return what the request makes of the training set; where models choose the points they are trained for it."""
    return run.sets
