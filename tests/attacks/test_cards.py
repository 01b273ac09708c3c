"""Every attack says what its attacker must have, and by which formula it scores."""

import re

import numpy as np
import pytest

from explorer.attacks import Fit, Points, Worlds
from explorer.spec.catalog import CATALOG
from tests.attacks._worlds import judged


@pytest.mark.parametrize("key", CATALOG.attacks)
def test_an_attack_has_a_formula_and_says_what_its_attacker_must_have(key: str):
    one = CATALOG.attacks[key]
    assert one.attacker.startswith("The model's probabilities") and one.attacker.endswith(".")
    assert one.formula.count("{") == one.formula.count("}") > 0 or "\\" in one.formula
    assert one.formula.count(r"\left") == one.formula.count(r"\right")


@pytest.mark.parametrize("key", [key for key, one in CATALOG.attacks.items() if "logits" in one.needs])
def test_an_attack_that_needs_no_label_does_not_use_it(key: str):
    one, what = CATALOG.attacks[key], judged(forget=1, retain=2, sizes=(20, 40, 40))
    fit = Fit(what.retain, what.unseen) if one.fits else None
    other = Points(what.forget.logits, 1 - what.forget.labels)
    same = np.allclose(one.score(what.forget, fit), one.score(other, fit))
    assert same == ("no label" in one.attacker)
    assert same == (re.search(r"_\{?y", one.formula) is None)


@pytest.mark.parametrize("key", [key for key, one in CATALOG.attacks.items() if "shadows" in one.needs])
def test_an_attack_that_needs_no_model_with_the_point_says_so(key: str):
    one, rng = CATALOG.attacks[key], np.random.default_rng(0)
    logits, labels = rng.normal(size=(12, 6, 2)), np.arange(6) % 2
    outside = np.arange(12)[:, None] % 2 == np.zeros(6)
    inside = ~outside
    worlds = Worlds(logits, labels, inside, outside, np.arange(4, 6))
    blind = Worlds(logits, labels, np.zeros_like(inside), outside, np.arange(4, 6))
    with np.errstate(all="ignore"):
        known, unknown = (one.score(logits[:3], each) for each in (worlds, blind))
    assert np.array_equal(known, unknown, equal_nan=True) == ("without the point" in one.attacker)
