"""Points and images, split into sets; the plane on which they lie; what a request makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
Int = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True)
class Split:
    """Points with labels, in data units (not standardised).

    Attributes:
        x: (n, 2) float32 for planes; (n, 3, 32, 32) uint8 for images.
        y: (n,) int64, from 0.
        subclass: (n,) int64, sub-cluster of each point. Toys: numbered within the class, training points only.
            CIFAR-20: the fine class, 0 to 99. None where the data have none.
    """

    x: NDArray[Any]
    y: Int
    subclass: Int | None = None

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.y)


@dataclass(frozen=True)
class Space:
    """The constants by which inputs are standardised; of the data set, never of the sample at hand.

    Attributes:
        mean: per input column (2,) or per channel (3, 1, 1), float32, in data units.
        std: like `mean`, all above 0.
        low: like `mean`: smallest value an input can be expected to take.
        high: like `mean`: largest value.
    """

    mean: Float
    std: Float
    low: Float
    high: Float

    def standardise(self, x: NDArray[Any]) -> Float:
        """Return (x - mean) / std as float32."""
        return ((x.astype(np.float32) - self.mean) / self.std).astype(np.float32)

    def restore(self, z: NDArray[Any]) -> Float:
        """Return data units from standardised units; the inverse of `standardise`."""
        return (z.astype(np.float32) * self.std + self.mean).astype(np.float32)


@dataclass(frozen=True)
class Data:
    """The sets that a Spec asks for.

    Attributes:
        train: the n points that the original model sees ("before" without a request's flips).
        test: points never used for training; toys: 2,000 of the same generator.
        heldout: further points for methods that need some (toys: n).
        space: standardisation constants.
        classes: number of outputs of every model.
        names: one name a class.
        mislabelled: (n,) bool, training points whose label the generator flipped; None where it flips none.
        anchors: (c, 2) float32, the place of each class from which *cluster* grows; None for images.
        note: one sentence a page must show, or "".
    """

    train: Split
    test: Split
    heldout: Split
    space: Space
    classes: int
    names: tuple[str, ...]
    mislabelled: Bool | None = None
    anchors: Float | None = None
    note: str = ""


@dataclass(frozen=True)
class Plane:
    """The rectangle on which areas are measured and pictures drawn: the training points' box, 10 % wider each side.

    Attributes:
        low: (2,) float32, lower left corner in data units.
        high: (2,) float32, upper right corner.
    """

    low: Float
    high: Float

    @classmethod
    def around(cls, x: NDArray[Any], margin: float = 0.1) -> Plane:
        """Return the bounding box of points x (n, 2), widened by `margin` of its length on each side."""
        low, high = x.min(axis=0), x.max(axis=0)
        length = np.where(high > low, high - low, 1.0)
        return cls((low - margin * length).astype(np.float32), (high + margin * length).astype(np.float32))

    def grid(self, size: int) -> Float:
        """Return cell centres (size * size, 2) float32 in data units; row by row from the bottom, x1 fastest."""
        steps = (np.arange(size, dtype=np.float32) + 0.5) / size
        axis = self.low[:, None] + steps[None, :] * (self.high - self.low)[:, None]
        x1, x2 = cast("list[Float]", np.meshgrid(axis[0], axis[1]))
        return np.stack([x1.ravel(), x2.ravel()], axis=1).astype(np.float32)


@dataclass(frozen=True)
class Sets:
    """What a request makes of the training set.

    Attributes:
        forget: (m,) int64, rows of the training set that the request names, ascending.
        before: what the original saw, (n) points.
        after: what it should have seen, (n) points; rows in `forget` differ for corrections. For *forget* the same
            arrays as `before`: the rows are left out by weight 0 instead.
        removes: whether the rows in `forget` are left out of `after` (request kind *forget*).
    """

    forget: Int
    before: Split
    after: Split
    removes: bool

    @property
    def retain(self) -> Int:
        """Return the other rows, ascending."""
        return np.setdiff1d(np.arange(len(self.before)), self.forget)
