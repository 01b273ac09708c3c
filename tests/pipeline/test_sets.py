"""What a request makes of a training set of images."""

from __future__ import annotations

import numpy as np
import pytest

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.spec import SpecError
from tests.pipeline._noise import spec

pytestmark = pytest.mark.usefixtures("files")


def test_poisoned_labels_are_the_opposite_classes(store: Store):
    made = pipeline.Run(spec(request={"kind": "correct_labels", "choose": "random", "fraction": 0.2}), store.memo).sets
    assert len(made.forget) == 40 and not made.removes
    assert np.array_equal(made.before.y[made.forget], 9 - made.after.y[made.forget])
    assert np.array_equal(made.before.y[made.retain], made.after.y[made.retain])


def test_requests_that_need_a_plane_are_refused(store: Store):
    with pytest.raises(SpecError, match="for points of a plane"):
        _ = pipeline.Run(spec(request={"choose": "boundary", "fraction": 0.1}), store.memo).sets
