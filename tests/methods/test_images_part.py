"""A method declares its images part itself, and nothing of it by key stands elsewhere."""

import ast
from pathlib import Path
from typing import Literal

import pytest

from explorer.knobs import KnobBase, knob
from explorer.methods._method import Images, Method, Preset
from explorer.ranges import linear, log, whole
from explorer.spec.catalog import CATALOG

EXPLORER = Path(__file__).resolve().parents[2] / "explorer"
# Where a method is named although files of methods are found by themselves: something must be the first choice.
CHOICES = {
    "contents/picture.py": "is run once to warm up torch's vmap",
    "spec/spec.py": "is that of the default Spec",
    "view/presets.py": "stand in presets",
    "view/panels.py": "stand side by side in the default View",
    "view/parts.py": "is what a run of one's own opens on",
    "contents/front.py": "moves on the front page",
    "contents/audits.py": "stand in presets",
    "contents/symbols.py": "use letters of their own in their equations",
    "contents/streams.py": "is what the player calls its slider",
    "decks/_known.py": "names a preset, which is called as its method",
    "experiments/overview.py": "stands for all methods where only what they share is measured",
    "pipeline/one_sigmoid.py": "runs JiT's own file on the two weights of its Figure 3",
    "lessons/": "are what a lesson is about",
    "experiments/cifar/audited.py": "are those that are audited on images",
    "experiments/cifar/many.py": "are the six of which U-LiRA is asked on images",
    "experiments/claims/": "are those whose papers claim something, and those they compare with",
}


class Knobs(KnobBase):
    lr: float = knob(0.1, ge=0.0, le=1.0, title="Rate", help="A rate.")
    steps: int = knob(1, ge=0, le=9, title="Steps", help="A number of steps.")
    kind: Literal["a", "b"] = knob("a", title="Kind", help="A kind.")


def declared(images: Images, knobs: type[KnobBase] = Knobs) -> Method:
    return Method(
        "Mine", knobs, lambda *_: iter(()), "approximate", {"forget"}, set(), {}, {"a": Preset({})}, images=images
    )


@pytest.mark.parametrize(
    ("images", "word"),
    [
        (Images(start={"rate": 1}), r"of Mine must name its knobs, got \['rate'\]"),
        (Images(start_at={"cifar10-50000": {"rate": 1}}), r"must name its knobs, got \['rate'\]"),
        (Images(search={"rate": (0.1, 1.0)}), r"must name its knobs, got \['rate'\]"),
        (Images(cut={"rate": 1}), r"must name its knobs, got \['rate'\]"),
        (Images(authors="b"), r"must name its presets, got \['b'\]"),
        (Images(authors_for={"class": "c"}), r"must name its presets, got \['c'\]"),
        (Images(search={"lr": log(0.1, 2.0)}), r"`search` of Mine must lie within the bounds of `lr`"),
        (Images(search={"lr": (0.1, 2.0)}), r"`search` of Mine must lie within the bounds of `lr`"),
        (Images(search={"steps": linear(1, 3)}), r"`search` of Mine must lie within the bounds of `steps`"),
        (Images(search={"lr": whole(0, 1)}), r"`search` of Mine must lie within the bounds of `lr`"),
        (Images(search={"kind": ("a", "c")}), r"`search` of Mine must lie within the bounds of `kind`"),
        (Images(published={"a paper": "b"}), r"must name its presets, got \['b'\]"),
        (Images(recorded_for={"correct_labels"}), r"must name its kinds of request, got \['correct_labels'\]"),
    ],
)
def test_a_declaration_names_what_the_method_has(images: Images, word: str):
    with pytest.raises(ValueError, match=word):
        declared(images)


def test_a_declaration_does_not_contradict_itself():
    with pytest.raises(ValueError, match="either why the method cannot run, or how it does"):
        Images(cannot="needs more", start={"lr": 0.1})
    with pytest.raises(ValueError, match="a range or two choices at least"):
        Images(search={"lr": (0.1,)})


def test_a_range_holds_something_and_a_logarithm_is_of_numbers_above_0():
    for make in (lambda: linear(1, 1), lambda: linear(2, 1), lambda: log(0, 1), lambda: whole(3, 2)):
        with pytest.raises(ValueError, match="a low end below its high end"):
            make()
    assert log(0.1, 1.0).holds(0.1) and not log(0.1, 1.0).holds(0.09)


def test_a_knob_for_batch_statistics_is_searched_wherever_there_is_one():
    class WithStatistics(Knobs):
        batchnorm: Literal["frozen", "update"] = knob("frozen", title="Batch", help="Statistics.")

    searched = Images(search={"lr": log(0.1, 1.0)})
    assert dict(declared(searched).searched) == {"lr": log(0.1, 1.0)}
    assert dict(declared(searched, WithStatistics).searched) == {"lr": log(0.1, 1.0), "batchnorm": ("frozen", "update")}
    assert declared(Images(), WithStatistics).searched == {}


def test_every_method_that_can_run_says_what_is_searched():
    for key, method in CATALOG.methods.items():
        assert bool(method.searched) != bool(method.images.cannot), key


def test_a_method_that_declares_nothing_runs_on_images_at_its_defaults():
    assert declared(Images()).images == Images() and not Images().cannot


def test_methods_that_read_what_no_model_has_seen_are_known():
    assert {key for key, method in CATALOG.methods.items() if method.needs_heldout} == {"scrub_r", "tmu"}


def test_no_two_methods_claim_the_same_place_when_the_page_opens():
    ranks = [method.images.rank for method in CATALOG.methods.values() if method.images.rank != Images().rank]
    assert len(set(ranks)) == len(ranks) == 9


def test_no_file_outside_its_own_names_a_method_by_key():
    groups = [*CATALOG.data.values(), *(one.options for one in CATALOG.choosers.values())]
    groups += [method.knobs for method in CATALOG.methods.values()]
    keys = set(CATALOG.methods) - {name for group in groups for name in group.model_fields}
    keys -= {"msg", "delete", "undo"}  # ordinary words
    named: dict[str, set[str]] = {}
    for file in EXPLORER.rglob("*.py"):
        if "methods" in file.relative_to(EXPLORER).parts:
            continue
        constants = [node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant)]
        if found := {value for value in constants if isinstance(value, str) and value in keys}:
            named[file.relative_to(EXPLORER).as_posix()] = found
    assert {name: found for name, found in named.items() if not name.startswith(tuple(CHOICES))} == {}
