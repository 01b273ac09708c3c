"""Every audit has a card, a formula, what an onlooker must have, a zero line, and pictures that fit its words."""

import re

import numpy as np
import pytest

from explorer.audits import Handed, OnRetrained
from explorer.spec.catalog import CATALOG
from explorer.training import Examples
from tests.audits._subjects import subject, weights

#: The fields by which `run` names the numbers.
FIELDS = {
    "relearning": ["start", "peak", "control_peak", "matched_peak"],
    "weight_path": ["barrier", "nearest"],
    "reconstruction": ["error", "chance"],
    "two_model_membership": ["auc", "before_auc", "new_seed_auc"],
    "completeness": ["c", "inside", "above", "below"],
    "linear_probe": ["few3", "half"],
}
EVERY = list(FIELDS)
ONE = {key: 1 if CATALOG.audits[key].one_point else 5 for key in EVERY}
SEEDS = np.stack([weights(seed, [4]) for seed in range(10, 14)])
HANDED = Handed(OnRetrained(SEEDS[:2], SEEDS[2:]), SEEDS, SEEDS, None)


def test_the_audits_are_those_that_were_promised():
    assert set(CATALOG.audits) == set(EVERY)
    assert {key: list(audit.fields) for key, audit in CATALOG.audits.items()} == FIELDS


@pytest.mark.parametrize("key", EVERY)
def test_an_audit_says_all_that_a_page_shows(key: str):
    audit = CATALOG.audits[key]
    for text in (audit.sentence, audit.onlooker, audit.zero_line, audit.look, audit.not_shown):
        assert text[0].isupper() and text[-1] in ".?:" and "  " not in text
    assert audit.not_shown.startswith("It does not show")
    assert audit.formula.count("{") == audit.formula.count("}") and "\\" in audit.formula
    assert len(re.findall(r"\\left(?![a-z])", audit.formula)) == len(re.findall(r"\\right(?![a-z])", audit.formula))
    assert audit.source and audit.title and audit.zero <= set(audit.fields)
    assert all(field.title and field.reads.endswith(".") for field in audit.fields.values())


def test_every_audit_has_a_place_of_its_own_in_the_list():
    assert sorted(audit.leads for audit in CATALOG.audits.values()) == list(range(len(EVERY)))


@pytest.mark.parametrize("key", EVERY)
def test_an_audit_gives_one_number_a_model_and_twice_the_same(key: str):
    audit, given = CATALOG.audits[key], subject(forget=ONE[key], handed=HANDED)
    models = np.stack([weights(seed, [4]) for seed in (7, 8, 9)])
    before = models.copy()
    found, again = audit.run(given, models), audit.run(given, models)
    assert list(found) == FIELDS[key]
    for name, numbers in found.items():
        assert numbers.shape == (3,) and numbers.dtype == np.float64
        assert np.isfinite(numbers).all(), name
        np.testing.assert_array_equal(numbers, again[name])
    np.testing.assert_array_equal(models, before)


@pytest.mark.parametrize("key", EVERY)
def test_an_original_has_0_where_the_audit_says_so(key: str):
    audit, given = CATALOG.audits[key], subject(forget=ONE[key], handed=HANDED)
    found = audit.run(given, given.original[None])
    zeros = {name for name in audit.fields if abs(found[name][0]) < 1e-6}
    assert audit.zero <= zeros


@pytest.mark.parametrize("key", EVERY)
def test_a_picture_fits_the_plane_and_the_points(key: str):
    audit, given = CATALOG.audits[key], subject(forget=ONE[key], handed=HANDED)
    picture = audit.picture(given, weights(7, [4]))
    places = len(picture.at)
    assert picture.grid.shape == (places, 64, 2) and np.isfinite(picture.grid).all()
    assert picture.seen.shape == (places, 40, 2) and np.isfinite(picture.seen).all()
    assert (np.diff(picture.at) > 0).all()
    assert (places == 1) == (audit.way == "")
    assert picture.note and "  " not in picture.note
    if audit.beside is not None:
        for title, model in audit.beside(given).items():
            assert title and model.shape == given.original.shape


def test_what_is_handed_in_is_what_is_asked_for():
    public = Handed(public_points=Examples(subject().before.x, subject().before.y))
    assert {need for audit in CATALOG.audits.values() for need in audit.needs} == {
        name for name in vars(public) if name != "weight_decay"
    }
