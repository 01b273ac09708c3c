import pytest

from explorer.metrics import COLLECTIVE, PAIRWISE
from explorer.metrics.reading import METRICS


def test_every_distance_and_accuracy_can_be_read():
    assert {*PAIRWISE, *COLLECTIVE, "retain", "forget", "test", "signal_to_floor"} <= set(METRICS)


@pytest.mark.parametrize("key", METRICS)
def test_a_reading_is_one_sentence_with_a_range_and_a_direction(key):
    reading = METRICS[key]
    assert reading.sentence.endswith(".")
    assert reading.low < reading.high
    assert "retrained" in reading.direction
    assert reading.source


def test_accuracies_are_to_match_and_distances_to_shrink():
    assert {METRICS[key].better for key in ("retain", "forget", "test", "zrf")} == {"match"}
    assert {METRICS[key].better for key in ("activation_distance", "js_divergence", "disagreement_area")} == {"lower"}
    assert {METRICS[key].better for key in ("forget_agreement", "change_precision", "change_recall")} == {"higher"}
