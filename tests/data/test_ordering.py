"""The order of a stream of requests, worked out by hand; and what the data cannot have, in one sentence."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.data.ordering import in_batches
from explorer.records import Data, Float, Space, Split

SPACE = Space(*(np.array(value, dtype=np.float32) for value in ([0, 0], [1, 1], [-9, -9], [9, 9])))
X = np.array([[5, 0], [1, 0], [3, 0], [2, 0], [4, 0], [-1, 0], [-2, 0], [-3, 0]], dtype=np.float32)
Y = np.array([0, 0, 0, 0, 0, 1, 1, 1])
NOTHING = Split(X[:0], Y[:0])


def data(anchors: Float | None = np.zeros((2, 2), np.float32)) -> Data:  # noqa: B008  # never changed
    return Data(Split(X, Y), NOTHING, NOTHING, SPACE, 2, ("up", "down"), anchors=anchors)


def test_a_cluster_grows_from_the_anchor_of_its_class():
    assert in_batches("cluster", 2, 2, 0, data(), {}, 0).tolist() == [[1, 3], [2, 4]]  # x = 1, 2; then 3, 4


def test_those_nearest_to_the_boundary_come_first_whatever_their_side():
    margin = np.array([8, -1, 6, 5, 4, -3, 2, 7], dtype=np.float32)
    assert in_batches("boundary", 3, 1, None, data(), {"margin": margin}, 0).tolist() == [[1], [6], [5]]


def test_a_longer_random_stream_begins_with_the_shorter_one():
    short, long = (in_batches("random", batches, 1, None, data(), {}, 0) for batches in (1, 2))
    assert short.tolist() == long[:1].tolist()
    assert len({*long.ravel().tolist()}) == 2
    others = {tuple(in_batches("random", 2, 1, None, data(), {}, seed).ravel().tolist()) for seed in range(5)}
    assert len(others) > 1


@pytest.mark.parametrize(
    ("order", "batches", "size", "label", "sentence"),
    [
        ("cluster", 5, 1, 0, "must leave a point: class up has 5, got 5 batches of 1, 5 in all; ask for fewer"),
        ("random", 2, 4, None, "must leave a point: there are 8, got 2 batches of 4, 8 in all; ask for fewer"),
        ("cluster", 1, 1, 2, "`request.sequence.label` must lie in [0, 1], got 2"),
    ],
)
def test_a_stream_of_more_points_than_there_are_is_refused(
    order: str, batches: int, size: int, label: int | None, sentence: str
):
    with pytest.raises(ValueError, match=r"request\.sequence") as error:
        in_batches(order, batches, size, label, data(), {}, 0)
    assert sentence in str(error.value)


def test_a_request_that_takes_the_last_points_of_a_class_is_refused_with_its_number():
    margin = np.array([9, 9, 9, 9, 9, 1, 2, 3], dtype=np.float32)
    with pytest.raises(ValueError, match="request 2 would take the last of class down; ask for fewer"):
        in_batches("boundary", 3, 2, None, data(), {"margin": margin}, 0)


def test_data_without_anchors_have_no_cluster():
    with pytest.raises(ValueError, match="order` cluster needs a place from which a cluster grows"):
        in_batches("cluster", 1, 1, 0, data(None), {}, 0)
