"""Each change makes another value and leaves the rest as it was."""

import pytest

from explorer.session.changes import with_field, with_kind
from explorer.spec import Spec, SpecError


def test_a_field_is_changed_and_the_others_of_its_part_stay():
    spec = Spec.parse({"data": {"n": 200, "noise": 0.3}})
    assert with_field(spec, "data", "n", 80) == Spec.parse({"data": {"n": 80, "noise": 0.3}})
    with pytest.raises(SpecError, match=r"`data.noise` must lie in \[0, 2\], got 99"):
        with_field(spec, "data", "noise", 99)


def test_a_recipe_fills_the_other_fields_of_the_training():
    spec = Spec.parse({"training": {"lr": 0.5, "steps": 7}, "seed": 3})
    assert with_field(spec, "training", "recipe", "memorise") == Spec.parse(
        {"training": {"recipe": "memorise"}, "seed": 3}
    )


def test_another_kind_of_request_is_of_the_same_rows():
    spec = Spec.parse({"request": {"choose": "random", "fraction": 0.3, "seed": 4}})
    corrected = with_kind(spec, "correct_labels")
    assert corrected.request.as_json() == {
        "kind": "correct_labels", "choose": "random", "fraction": 0.3, "seed": 4, "flip": 1.0
    }  # fmt: skip
    assert with_kind(corrected, "forget") == spec
