"""What a page looks at is declared once, and everything else follows from the declaration."""

import json
from dataclasses import fields
from typing import Any

import pytest

from explorer.contents.recorded import steps
from explorer.spec import SpecError
from explorer.view import RUNS_ACROSS, View
from explorer.view.looks import AT_FIRST, GROUP_OF, KIND_OF

#: Another value of every field, and how an address says it.
OTHERS: dict[str, tuple[Any, str]] = {
    "plane": (("cost", "auc"), "cost~auc"),
    "statistic": ("paper_rate", "paper_rate"),
    "attack": ("rmia", "rmia"),
    "shadow_attack": ("lira", "lira"),
    "shadow_models": (128, "128"),
    "point": (0, "0"),
    "sweep": (("steps", "lr"), "steps~lr"),
    "numbers": (("cost", "forget"), "cost~forget"),
    "folder": ("yours:x-1", "yours:x-1"),
    "runs": (("tmu", "jit"), "tmu~jit"),
    "shown": ("scrub", "scrub"),
    "cut": (7, "7"),
    "table_attack": ("entropy", "entropy"),
    "across": ("auc", "auc"),
    "audit": ("linear_probe", "linear_probe"),
    "order": ("random", "random"),
    "batches": (7, "7"),
    "size": (3, "3"),
    "label": (1, "1"),
    "about": ("images", "images"),
    "asks": ("images", "images"),
    "turn": ("retrained", "retrained"),
    "draw": (5, "5"),
    "of_original": ("yyn", "yyn"),
    "of_unlearned": ("n", "n"),
    "of_retrained": ("y" * 20, "y" * 20),
    "lesson": ("never_saw", "never_saw"),
    "at": (3, "3"),
    "g": (("1.2", "3.skipped"), "1.2~3.skipped"),
}


def other(name: str) -> View:
    return View.default().looking(GROUP_OF[name], **{name: OTHERS[name][0]})


def test_names_are_those_of_one_field_each():
    in_groups = [name for _, group in AT_FIRST for name, _ in group]
    assert len(in_groups) == len(set(in_groups)) == len(KIND_OF) == len(OTHERS)
    assert not set(in_groups) & {one.name for one in fields(View)}


@pytest.mark.parametrize("name", GROUP_OF)
def test_a_field_stands_in_the_address_under_its_name_and_comes_back(name: str):
    assert other(name).to_query() == {"v": "1", name: OTHERS[name][1]}
    assert View.from_query(other(name).to_query()) == (other(name), [])


@pytest.mark.parametrize("name", GROUP_OF)
def test_a_field_stands_in_json_under_its_name_and_comes_back(name: str):
    written = json.loads(json.dumps(other(name).as_json()))
    value = OTHERS[name][0]
    assert written[name] == (list(value) if isinstance(value, tuple) else value)
    assert View.parse(written) == other(name)


@pytest.mark.parametrize("name", GROUP_OF)
def test_a_field_is_not_part_of_what_is_shown(name: str):
    assert other(name).unlooked() == View.default()


@pytest.mark.parametrize("name", GROUP_OF)
def test_what_a_field_cannot_be_is_one_sentence_with_its_name(name: str):
    with pytest.raises(SpecError) as error:
        View.default().looking(GROUP_OF[name], **{name: {"?": 1}})
    assert str(error.value).startswith(f"`{name}` must ") and "\n" not in str(error.value)


def test_looking_changes_one_field_and_leaves_the_others():
    view = View.default().looking("attacks", point=3).looking("attacks", statistic="auc", attack="entropy")
    assert (view.looks.attacks.point, view.looks.attacks.attack) == (3, "entropy")
    assert view.looks.images == AT_FIRST.images


def test_the_plane_of_recorded_runs_offers_the_axes_that_there_are():
    assert tuple(steps.ACROSS) == RUNS_ACROSS


def test_a_link_that_names_the_relearn_time_still_works():
    view, ignored = View.from_query({"numbers": "forget~relearn_time"})
    assert (view.looks.sweep.numbers, ignored) == (("forget", "relearn_forget"), [])
