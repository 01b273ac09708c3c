"""What *Exact, and its price* says of its pictures holds."""

from explorer.lessons import Guess
from explorer.spec.catalog import CATALOG
from tests.lessons._staged import apart, shown, step_of

KEY = "exact"


def test_sisa_is_exact_and_the_others_are_not():
    kinds = {key: CATALOG.methods[key].kind for key in ("sisa", "scrub", "fine_tune")}
    assert kinds == {"sisa": "exact", "scrub": "approximate", "fine_tune": "approximate"}


def test_five_small_models_vote():
    members = shown(KEY, 0).panels["sisa"].members
    assert members is not None and members.shape[1] == 5 == CATALOG.methods["sisa"].knobs().model_dump()["shards"]


def test_it_is_more_work_than_to_retrain():
    found = shown(KEY, 1)
    assert len(found.scene.forget) == 80 and found.truth == 248


def test_sisa_ends_nearest_and_the_others_did_less_than_a_third_of_the_work():
    found, step = shown(KEY, 2), step_of(KEY, 2, Guess)
    assert step.kind.options[found.truth] == "SISA"
    for key in ("scrub", "fine_tune"):
        assert found.panels[key].cost < 1 / 3 and apart(found, key) > 1.4 * apart(found, "sisa")
