import pickle

import numpy as np
import pytest
from pydantic import ValidationError

from explorer.data import OPTIONS, TITLES, build, toys
from explorer.data.toys import TOYS, options_of, space_of
from explorer.knobs import knob_infos
from explorer.seeds import child_seed

EVERY = pytest.mark.parametrize("name", TOYS)


def test_every_data_set_has_a_title_and_every_toy_is_offered():
    assert set(TITLES) == set(OPTIONS) and set(TOYS) | {"csv"} <= set(OPTIONS)
    assert all(TITLES.values())


@EVERY
def test_sizes_are_those_of_the_design(name):
    data = build(name, OPTIONS[name].model_validate({"n": 50}))
    assert (len(data.train), len(data.test), len(data.heldout)) == (50, 2000, 50)
    assert data.anchors is not None and data.anchors.shape == (data.classes, 2) and data.anchors.dtype == np.float32
    assert len(data.names) == data.classes
    assert set(np.unique(data.test.y)) == set(range(data.classes))


@EVERY
def test_training_test_and_heldout_points_share_none(name):
    data = build(name, OPTIONS[name].model_validate({"n": 2000, "noise": 0.2}))
    sets = [{tuple(row) for row in split.x} for split in (data.train, data.test, data.heldout)]
    assert not (sets[0] & sets[1] or sets[0] & sets[2] or sets[1] & sets[2])


@EVERY
def test_constants_do_not_depend_on_the_sample(name):
    kind = OPTIONS[name]
    one, other = (build(name, kind.model_validate({"seed": seed, "n": n})).space for seed, n in ((0, 50), (7, 333)))
    for part in ("mean", "std", "low", "high"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


@EVERY
def test_constants_describe_the_generator(name):
    data = build(name, OPTIONS[name].model_validate({"n": 5000}))
    z = data.space.standardise(data.train.x)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=0.06)
    np.testing.assert_allclose(z.std(axis=0), 1, atol=0.06)
    assert (data.space.low < data.space.mean).all() and (data.space.mean < data.space.high).all()


@EVERY
@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_the_ends_of_noise_build(name, noise):
    data = build(name, OPTIONS[name].model_validate({"n": 20, "noise": noise}))
    assert np.isfinite(data.train.x).all() and (data.space.std > 0).all()


@EVERY
def test_options_survive_pickling_so_workers_can_have_them(name):
    options = OPTIONS[name].model_validate({"seed": 3})
    assert pickle.loads(pickle.dumps(options)) == options


def test_ranges_become_knobs():
    infos = knob_infos(OPTIONS["blobs"])
    assert (infos["classes"].kind, infos["classes"].default, infos["classes"].low, infos["classes"].high) == (
        "int",
        4,
        2,
        5,
    )
    assert (infos["second_cluster"].kind, infos["second_cluster"].default) == ("bool", False)
    assert (infos["noise"].default, infos["noise"].low, infos["noise"].high) == (0.7, 0, 2)
    assert infos["noise"].title == knob_infos(toys.ToyOptions)["noise"].title
    with pytest.raises(ValidationError):
        OPTIONS["blobs"].model_validate({"classes": 6})


def test_the_default_is_that_of_the_design():
    assert OPTIONS["moons"]().model_dump() == {"n": 400, "noise": 0.2, "seed": 0}


def test_another_number_of_classes_arrives_everywhere():
    data = build("blobs", OPTIONS["blobs"].model_validate({"classes": 5}))
    assert data.classes == 5 and len(data.names) == 5 and data.anchors is not None and len(data.anchors) == 5
    assert data.train.subclass is None and data.mislabelled is None


def test_what_the_generator_knows_of_the_training_points_is_kept():
    assert build("overlapping", OPTIONS["overlapping"]()).mislabelled is not None
    second = build("blobs", OPTIONS["blobs"].model_validate({"second_cluster": True}))
    assert second.train.subclass is not None and len(second.train.subclass) == 400


def test_planted_points_are_in_training_only():
    data = build("two_gaussians", OPTIONS["two_gaussians"]())
    place = np.array([0.6, 0.1], dtype=np.float32)
    assert (data.train.x == place).all(axis=1).sum() == 1
    assert not (data.test.x == place).all(axis=1).any() and not (data.heldout.x == place).all(axis=1).any()


def test_test_points_come_from_a_seed_of_their_own():
    data = build("moons", OPTIONS["moons"].model_validate({"n": 2000, "seed": 4}))
    np.testing.assert_array_equal(data.test.x, TOYS["moons"].make(2000, 0.2, child_seed(4, "test"))[0])


def test_a_column_without_spread_is_left_unscaled():
    space = space_of(np.array([[1, 5], [3, 5]], dtype=np.float32))
    assert space.mean.tolist() == [2, 5] and space.std.tolist() == [1, 1] and space.high.tolist() == [3, 5]


def test_a_broken_file_is_named(monkeypatch):
    monkeypatch.setattr(toys.importlib, "import_module", lambda name: object())
    with pytest.raises(ImportError, match=r"toy_data/broken.py must declare TITLE"):
        toys._load("broken")


def test_options_are_made_once():
    assert options_of("moons") is OPTIONS["moons"]
