"""What *Exact, and its price* says of its pictures holds."""

import pytest
import torch

from explorer.lessons import Guess
from explorer.methods.sisa import affected
from explorer.pipeline import Run
from explorer.pipeline.numbers.compare import training_cost
from explorer.pipeline.paths import path_on_screen
from explorer.pipeline.starts import start_of
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from tests.lessons._staged import STORE, apart, shown, step_of

KEY = "exact"


def cost(request: dict[str, object]) -> dict[str, float]:
    """Return the example-gradients of SISA on a request."""
    base = Spec.parse({"request": request, "method": {"name": "sisa"}})
    run = Run(base, STORE.memo)
    path, (_, retrain) = path_on_screen(run), training_cost(run)
    return {"retrain": retrain, "unlearn": path.example_gradients, "prepare": path.example_gradients_prepare}


def test_sisa_is_exact_and_the_others_are_not():
    kinds = {key: CATALOG.methods[key].kind for key in ("sisa", "scrub", "fine_tune")}
    assert kinds == {"sisa": "exact", "scrub": "approximate", "fine_tune": "approximate"}


def test_five_small_models_vote():
    members = shown(KEY, 0).panels["sisa"].members
    assert members is not None and members.shape[1] == 5 == CATALOG.methods["sisa"].knobs().model_dump()["shards"]


def test_training_and_forgetting_are_more_work_than_to_retrain_and_nearly_half_is_the_forgetting():
    found = shown(KEY, 1)
    assert len(found.scene.forget) == 80 and found.truth == 248
    run = Run(
        Spec.parse({"request": {"choose": "cluster", "label": 0, "fraction": 0.2}, "method": {"name": "sisa"}}),
        STORE.memo,
    )
    ready = start_of(run, 0).prepared
    assert ready is not None
    hit = affected(ready[0].state.slice_of, torch.from_numpy(run.sets.forget))
    assert [shard for shard, _ in hit] == [0, 1, 2, 3, 4]  # the points lie in all shards
    spent = cost({"choose": "cluster", "label": 0, "fraction": 0.2})
    assert round(100 * (spent["unlearn"] + spent["prepare"]) / spent["retrain"]) == found.truth
    assert 1.25 < spent["prepare"] / spent["retrain"] < 1.35 and 1.15 < spent["unlearn"] / spent["retrain"] < 1.2


def test_to_forget_one_point_costs_7_to_21_per_cent_by_its_slice():
    spent = [cost({"choose": "points", "index": [row]}) for row in (3, 10, 50)]
    assert sorted(round(100 * one["unlearn"] / one["retrain"]) for one in spent) == [7, 14, 21]


def test_sisa_ends_nearest_and_the_others_did_less_than_a_third_of_the_work():
    found, step = shown(KEY, 2), step_of(KEY, 2, Guess)
    assert step.kind.options[found.truth] == "SISA"
    for key in ("scrub", "fine_tune"):
        assert found.panels[key].cost < 1 / 3
    # A processor of another kind rounds otherwise, so the shares are held to one per cent.
    shares = [100 * apart(found, key) for key in ("sisa", "scrub", "fine_tune")]
    assert shares == sorted(shares) == pytest.approx([3, 5, 7], abs=1)
