"""A Run: one Spec with what is known while it is computed. Every stage is a function of it, kept in its memo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from explorer.methods._method import Method
from explorer.pipeline.chooser_scores import needs_model
from explorer.pipeline.data import data
from explorer.pipeline.memo import REQUEST_PARTS, Memo, Tick, no_memo
from explorer.pipeline.sets import sets
from explorer.pipeline.worlds.images import Checkpoints, is_image
from explorer.pipeline.worlds.points import originals, train_references
from explorer.records import Data, References, Sets, Snapshots
from explorer.spec import Spec, SpecError
from explorer.spec.catalog import CATALOG
from explorer.spec.spec import MethodSpec

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """One Spec with what is known while it is computed.

    Attributes:
        spec: the run asked for.
        memo: where results are kept, by key.
        tick: called as tick(done, total) by the stage that is asked for; may raise to cancel.
        grow: called with what is seen of a method's path on images while it runs; None for nobody.
        checkpoints: a checkpoint for each key, from which a killed training of an image model goes on; None for none.
    """

    spec: Spec
    memo: Memo = no_memo
    tick: Tick | None = None
    checkpoints: Checkpoints | None = None
    grow: Callable[[Snapshots], None] | None = None
    _held: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def data(self) -> Data:
        """Return the sets that the Spec asks for.

        Raises:
            SpecError: if they cannot be had (an upload that is not there).
        """
        return self.once("data", lambda: data(self.spec, self.memo))

    @property
    def sets(self) -> Sets:
        """Return what the request makes of the training set.

        Raises:
            SpecError: if the request names no point, all points, or does not fit the data.
        """
        return self.once("sets", lambda: sets(self.spec, self.memo))

    @property
    def references(self) -> References:
        """Return original and retrained models of points, and the paired retrained model; all trained in one stack.

        Raises:
            SpecError: if training breaks down.
        """
        key = f"references-{self.key(*REQUEST_PARTS)}-{self.seeds}"
        return self.once("references", lambda: self.memo(key, self._trained))

    def _trained(self) -> References:
        spec = self.spec
        trained = needs_model(spec) and spec.request.kind != "correct_labels"  # the chooser looked at the originals
        known = originals(spec, self.data, self.memo) if trained else None
        return train_references(spec, self.data, self.sets, known, self.tick)

    @property
    def asked(self) -> MethodSpec:
        """Return the key of the method and its knobs.

        Raises:
            SpecError: if the Spec names no method.
        """
        if self.spec.method is None:
            raise SpecError("`method` must name a method to run")
        return self.spec.method

    @property
    def method(self) -> Method:
        """Return what the file of the method declares.

        Raises:
            SpecError: if the Spec names no method.
        """
        return CATALOG.methods[self.asked.name]

    @property
    def of_images(self) -> bool:
        """Say whether the Spec's data are images; else they are points of a plane."""
        return is_image(self.spec)

    @property
    def seeds(self) -> int:
        """Return how many retrained models there are."""
        return self.spec.evaluation.retrained_seeds

    @property
    def quiet(self) -> Run:
        """Return the run without its tick: a stage that counts by itself hands this on to the stages within it."""
        return replace(self, tick=None) if self.tick else self

    def key(self, *parts: str) -> str:
        """Return the hash of some parts of the Spec; of the whole Spec if none is named."""
        return self.spec.key(*parts)

    def once(self, what: str, find: Callable[[], T]) -> T:
        """Return what was found before for this Spec, by this run or one that differs in its tick, else find it."""
        name = f"{what}-{self.key()}"
        if name not in self._held:
            self._held[name] = find()
        return self._held[name]


def kept(key: Callable[..., str]) -> Callable[[Callable[Concatenate[Run, P], T]], Callable[Concatenate[Run, P], T]]:
    """Keep what a stage returns in the memo of its run, under the key that `key` makes of the stage's own arguments."""

    def decorate(stage: Callable[Concatenate[Run, P], T]) -> Callable[Concatenate[Run, P], T]:
        @wraps(stage)
        def found(run: Run, /, *args: P.args, **kwargs: P.kwargs) -> T:
            return run.memo(key(run, *args, **kwargs), lambda: stage(run, *args, **kwargs))

        return found

    return decorate


def held(stage: Callable[[Run], T]) -> Callable[[Run], T]:
    """Keep what a stage returns for as long as its run lives: it holds live tensors, which no store can write."""

    @wraps(stage)
    def found(run: Run, /) -> T:
        return run.once(stage.__qualname__, lambda: stage(run))

    return found
