import dataclasses
import json

import numpy as np
import pytest

from explorer import records
from explorer.experiments.store.encode import RECORDS, NotEncodable, decode, encode, size_of

RNG = np.random.default_rng(0)


def floats(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def ints(*shape: int) -> np.ndarray:
    return RNG.integers(0, 3, size=shape)


def bools(*shape: int) -> np.ndarray:
    return RNG.random(shape) < 0.5


SPLIT = records.Split(floats(4, 2), ints(4))
PLANE = records.Plane(floats(2), floats(2))
HELPERS = records.Helpers("learnt noise", floats(3, 2), ints(3), ints(3))
BAND = records.Band((0.1, float("nan"), float("inf")))
IMAGE_PLANE = records.ImagePlane(ints(3), floats(3, 2), PLANE)
PROBES = records.Probes(ints(2), ints(3), ints(4), ints(9), ints(9))
SNAPSHOTS = records.Snapshots(
    ints(2), floats(2, 9, 3).astype(np.float16), floats(2, 9, 2).astype(np.float16),
    ints(2, 1, 4).astype(np.uint8), ints(2, 1, 4).astype(np.uint8),
)  # fmt: skip
ATTACK = records.AttackResult(0.7, 0.6, 0.8, 0.65, 0.1, float("nan"), 12.0, 15.0)
MODEL = records.ModelNumbers(records.Accuracies(0.99, 0.5, 0.7), {"loss": ATTACK})
SUMMARY = records.Summary(0.2, 0.1, 0.3, 3)
FAR = records.Distances(SUMMARY, SUMMARY, SUMMARY, {"loss": records.PairResult(SUMMARY)})
COST = records.Cost(unlearn=2.0, prepare=1.0)
MADE = records.Made("ab12", {"torch": "2.13.0"}, "Linux, 2 cores", "2026-11-21")
RUN_NUMBERS = records.RunNumbers((MODEL,), to_retrained=FAR, seconds=COST, made=MADE)
EXAMPLES = [
    SPLIT,
    PLANE,
    HELPERS,
    BAND,
    records.Space(floats(2), floats(2), floats(2), floats(2)),
    records.Data(SPLIT, SPLIT, SPLIT, records.Space(*(floats(2) for _ in range(4))), 2, ("a", "b"), bools(4)),
    records.Sets(ints(2), SPLIT, SPLIT, True),
    records.References(floats(5, 7), floats(5, 7), floats(7), 0.5),
    records.Trajectory(ints(3), None, floats(3, 4, 2), bools(3), 0.1, 0.0, 12.0, 0.0, helpers=(HELPERS, HELPERS)),
    records.Scene(PLANE, 2, floats(4, 2), ints(4), ints(1), ("a", "b"), floats(4, 2), floats(5, 4, 2), floats(4, 2),
                  floats(1, 2), ints(1)),
    records.PanelFrames("jit", "JiT", "approximate", ints(3), floats(3, 4, 2), floats(3, 4),
                        {"forget": np.zeros(3)}),
    records.Shadows(bools(3, 4), bools(3, 4), floats(3, 4, 2), floats(3, 4, 2), ints(3)),
    records.AuditNumbers({"unlearned": {"weight_path": {"barrier": BAND}}}, {"reconstruction": "one point is needed"}),
    records.AuditPicture(np.arange(2.0), floats(2, 4, 2), floats(2, 5, 2), (HELPERS,), {"curve": np.arange(3.0)}, "so"),
    records.StreamReferences(np.arange(3), floats(3, 2, 7), floats(3, 7)),
    records.Answer(floats(7), 12.0, "it left the finite numbers"),
    records.Stream(floats(3, 7), np.arange(2.0), 4.0),
    records.Drift(np.arange(2), {"area": np.arange(2.0)}, {"retain": {"unlearned": np.arange(2.0)}}, 1, {"area": 0.1},
                  np.arange(2.0), 3.0, 4.0, np.arange(2.0)),
    records.Moving(floats(3, 7), ints(4), {"retain": np.arange(3.0)}),
    records.Certificate(1.0, 1e-4, "so near", "kept so", ints(3), {"bound": floats(3)}, "residual", 0.5, "spent",
                        "true", floats(3), bools(3), 0.1, 0.9, 0.51, 0.7, 0.2, 0.564, "the gradient", floats(2, 9),
                        floats(2, 4, 3)),
    records.Quiz(ints(4), bools(4), ("a", "b"), {"original": floats(4, 2)}, {"original": {"loss": np.arange(4.0)}},
                 {"lira": "no models"}, floats(4, 2), (PLANE,), {"original": floats(4, 9, 2)}),
    records.Comparison(
        {"original": {"retain": BAND}}, {"js": BAND}, {}, {}, {}, float("nan"), {"train": 1.0}, {"train": 2.0},
    ),
    records.ModelScores(
        {"original": {"zrf": BAND}}, {"tow": BAND}, {"tow": BAND}, {"tow": BAND},
        {"unlearned": floats(1, 4).astype(np.float64)}, {"original": floats(1, 3).astype(np.float64)},
    ),
    records.PairNumbers(
        64, {"forget": {"mean": 0.5}}, {"forget": {"mean": 0.1}}, 0.2, 0.3, float("nan"), 0.1, 1, 4.2,
        "2 of 64 models: ...",
    ),
    records.AttackNumbers({"original": {"loss": {"auc": BAND}}}, {"loss": {"auc": BAND}}, {}, {"lira": "no models"}),
    IMAGE_PLANE,
    PROBES,
    SNAPSHOTS,
    records.ImageScene("cifar10-compact-memorise-class", "CIFAR-10", {"seed": 0}, ("a", "b", "c"), PROBES,
                       (IMAGE_PLANE,), 2, ints(2, 32, 32, 3).astype(np.uint8), ints(2)),
    records.ImageRun("jit", {"seed": 0}, (SNAPSHOTS,), RUN_NUMBERS, "JiT"),
    RUN_NUMBERS,
    records.Trial(float("inf"), {"forget": 0.5}, 0.3, {}, 12.5, 2.25, "broken", "it left the finite numbers"),
    records.OracleRun("jit", "JiT", {"seed": 0}, RUN_NUMBERS, {"forget": 0.5, "auc": float("nan")}),
    MODEL,
    MODEL.accuracy,
    MODEL.attacks["loss"],
    FAR,
    FAR.js_divergence,
    FAR.attacks["loss"],
    COST,
    MADE,
]  # fmt: skip


def same(one: object, other: object) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return one == other or (one != one and other != other)


def there_and_back(value: object) -> object:
    tree, arrays = encode(value)
    return decode(json.loads(json.dumps(tree, allow_nan=False)), arrays)


def test_every_record_has_an_example_here():
    assert {type(example).__name__ for example in EXAMPLES} == set(RECORDS)


@pytest.mark.parametrize("value", EXAMPLES, ids=lambda value: type(value).__name__)
def test_a_record_comes_back_bit_for_bit(value: object):
    assert same(there_and_back(value), value)


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, 2**80, 0.1, float("-inf"), float("nan"), -0.0, "é", b"\x00\xff", [], (), {}, (1, [2, (3,)]),
        {"$": "array", "is": 0}, {1: "a", (2, 3): None}, np.float32(0.1), np.int64(3), np.bool_(True),
        np.array(["a", "bc"]), np.asfortranarray(np.arange(6).reshape(2, 3)), np.zeros((0, 2), np.float32),
        {"nested": {"x": np.arange(3)}},
    ],
    ids=repr,
)  # fmt: skip
def test_a_plain_value_comes_back_with_its_type(value: object):
    assert same(there_and_back(value), value)


def test_an_array_held_twice_is_written_once_and_is_one_again():
    sets = records.Sets(ints(2), SPLIT, SPLIT, True)
    tree, arrays = encode(sets)
    back = decode(tree, arrays)
    assert len(arrays) == 3
    assert back.before.x is back.after.x


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, np.array([object()]), (lambda: 0)], ids=["object", "set", "objects", "function"]
)
def test_what_cannot_be_written_is_refused(value: object):
    with pytest.raises(NotEncodable):
        encode({"deep": [value]})


def test_a_foreign_record_of_a_known_name_is_refused():
    @dataclasses.dataclass(frozen=True)
    class Split:
        x: int

    with pytest.raises(NotEncodable):
        encode(Split(1))


def test_size_counts_arrays_and_weights():
    torch = pytest.importorskip("torch")
    assert 8000 <= size_of({"a": (np.zeros(1000),)}) <= 9000
    assert 4000 <= size_of(torch.nn.utils.skip_init(torch.nn.Linear, 10, 100)) <= 6000
