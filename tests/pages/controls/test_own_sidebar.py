"""On the page *CIFAR* too everything that can be chosen is part of the View: undo, reset, links and files know it."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from explorer.contents.recorded import own_run as may_run
from explorer.experiments.cifar import files
from explorer.pages.controls import export, own_run, own_sidebar, own_weights
from explorer.records import ImageRun
from explorer.spec import Spec
from explorer.view import FIRST, View
from tests.pages import _recordings
from tests.pages.test_images import PAGE, said


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "no data"))
    monkeypatch.setattr(files, "SHIPPED", tmp_path / "ship")
    monkeypatch.setattr(own_run.own, "own_root", lambda store: None)
    own_run.jobs.cache_clear()
    _recordings.write(tmp_path / "ship")
    return AppTest.from_string(PAGE, default_timeout=300)


def view(page: AppTest) -> View:
    return page.session_state["explorer"].view


def address(page: AppTest) -> dict[str, str]:
    return {name: text for name, text in page.session_state["explorer"].publish().items() if name != "v"}


def named(page: AppTest, kind: str, key: str) -> Any:
    """Return the widget of a key, whatever the count of how often it was made."""
    return next(one for one in page.get(kind) if str(one.key).rpartition(":")[0] == key)


def test_what_is_asked_stands_in_the_address(page: AppTest):
    page.run()
    assert address(page) == {}
    named(page, "number_input", "own:seed").set_value(9).run()
    assert not page.exception
    assert list(address(page)) == ["own.method", "own.seed"]  # its knobs are those chosen for images
    assert View.from_query(address(page))[0].own == may_run.first().with_part(seed=9)


def test_asking_again_for_what_was_asked_first_leaves_nothing_in_the_address(page: AppTest):
    page.run()
    named(page, "number_input", "own:seed").set_value(9).run()
    named(page, "number_input", "own:seed").set_value(0).run()
    assert view(page).own is None and address(page) == {}


def test_undo_asks_for_what_was_asked_before(page: AppTest):
    page.run()
    assert page.button(key="undo").disabled
    named(page, "selectbox", "own:choose").set_value("class").run()
    named(page, "selectbox", "own:method").set_value("scrub").run()
    assert may_run.asked(view(page)).as_json()["method"]["name"] == "scrub"
    page.button(key="undo").click().run()
    asked = may_run.asked(view(page)).as_json()
    assert (asked["method"]["name"], asked["request"]["choose"]) == ("jit", "class")
    assert named(page, "selectbox", "own:method").value == "jit"
    page.button(key="undo").click().run()
    assert view(page).own is None and not page.exception


def test_reset_brings_back_what_was_asked_and_looked_at_first(page: AppTest):
    page.run()
    assert page.button(key="reset").disabled
    named(page, "number_input", "own:seed").set_value(9).run()
    named(page, "selectbox", "table_attack:cifar10-compact-memorise-random").set_value("retain_entropy").run()
    named(page, "button_group", "across").set_value("auc").run()
    assert set(address(page)) == {"own.method", "own.seed", "table_attack", "across"}
    page.button(key="reset").click().run()
    assert not page.exception and address(page) == {}
    assert (named(page, "number_input", "own:seed").value, named(page, "button_group", "across").value) == (0, "forget")
    page.button(key="undo").click().run()
    assert set(address(page)) == {"own.method", "own.seed", "table_attack", "across"}


def test_a_link_shows_what_it_says(page: AppTest):
    page.query_params.update({"v": "1", "own.seed": "9", "own.method": "scrub", "table_attack": "retain_entropy",
                              "across": "auc"})  # fmt: skip
    page.run()
    assert not page.exception
    assert may_run.asked(view(page)) == Spec.parse({**FIRST, "seed": 9, "method": {"name": "scrub"}})
    assert named(page, "number_input", "own:seed").value == 9
    assert named(page, "selectbox", "own:method").value == "scrub"
    assert named(page, "selectbox", "table_attack:cifar10-compact-memorise-random").value == "retain_entropy"
    assert named(page, "button_group", "across").value == "auc"


def test_an_attack_that_was_not_asked_of_these_runs_is_said(page: AppTest):
    page.query_params.update({"v": "1", "table_attack": "rmia"})
    page.run()
    assert not page.exception
    assert "RMIA was not asked of these runs: the table shows Loss." in said(page)


def test_runs_on_poisoned_labels_are_not_called_images_to_forget(monkeypatch: pytest.MonkeyPatch):
    shown = list[str]()
    monkeypatch.setattr(own_sidebar.st, "caption", shown.append)
    for kind in ("forget", "correct_labels"):
        recorded = SimpleNamespace(spec=_recordings.scene(kind=kind).spec)
        own_sidebar._beside(may_run.first(), cast(ImageRun, recorded))  # which asks to forget
    assert shown == ["The recorded runs on the right: correct poisoned labels. Here you ask anew."]


def test_a_link_may_ask_for_what_this_page_does_not_offer(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(own_run.sources, "available", lambda name: True)
    page.query_params.update({"v": "1", "own.request": "boundary", "own.method": "ntk"})
    page.run()
    assert not page.exception
    assert "cannot be chosen here: choose the images another way" in said(page)
    assert page.button(key="own:train").disabled


def test_weights_that_a_link_names_must_be_given_again(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    weights = save({"head.bias": torch.ones(3)})
    sha256 = hashlib.sha256(weights).hexdigest()
    monkeypatch.setattr(own_run.sources, "available", lambda name: True)
    monkeypatch.setattr(own_sidebar.pipeline, "weights_given", lambda run: None)
    page.query_params.update({"v": "1", "own.method": "jit", "own.model": f"compact(sha256:{sha256})"})
    page.run()
    assert not page.exception
    assert f"The file with SHA-256 {sha256[:12]}... is not here: please give it again." in said(page)
    assert page.button(key="own:train").disabled
    page.file_uploader(key="own:weights:file").upload("mine.safetensors", weights).run()
    assert not page.exception and "is not here" not in said(page)
    assert "The original is your **mine.safetensors**" in said(page)
    assert address(page)["own.model"] == f"compact(sha256:{sha256})"


def test_an_unlearned_model_of_ones_own_takes_the_place_of_a_method(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    weights = save({"head.bias": torch.ones(3)})
    sha256 = hashlib.sha256(weights).hexdigest()
    monkeypatch.setattr(own_run.sources, "available", lambda name: True)
    monkeypatch.setattr(own_weights.pipeline, "given_state", lambda spec, data: None)
    monkeypatch.setattr(own_weights.pipeline.Run, "data", None)
    page.run()
    page.file_uploader(key="own:given:file").upload("theirs.pth", b"PK nothing").run()
    assert "theirs.pth: the file of weights is cut short or damaged" in said(page)
    page.file_uploader(key="own:given:file:1").upload("theirs.pth", weights).run()
    assert not page.exception
    assert "No method is run: the unlearned model is your **theirs.pth**." in said(page)
    assert "fed images less the data set's published means, divided by its published deviations" in said(page)
    assert address(page) == {"own.method": f"given(sha256:{sha256})"}
    assert View.from_query(address(page))[0].own == may_run.asked(view(page))
    named(page, "selectbox", "own:given:deviations").set_value("of_images").run()
    assert address(page) == {"own.method": f"given(sha256:{sha256},deviations:of_images)"}
    named(page, "selectbox", "own:model").set_value("vgg11").run()  # another network is not that of the file
    assert may_run.method_of(may_run.asked(view(page))).name == "jit"
    page.button(key="undo").click().run()
    page.button(key="own:given:drop").click().run()
    assert not page.exception and address(page) == {}


def test_an_unlearned_model_that_a_link_names_must_be_given_again(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(own_run.sources, "available", lambda name: True)
    page.query_params.update({"v": "1", "own.method": f"given(sha256:{'ab' * 32})", "runs": "given~jit"})
    page.run()
    assert not page.exception
    assert "The file with SHA-256 abababababab... is not here: please give it again." in said(page)
    assert "Given is not recorded for this request, so it is not shown." in said(page)
    assert page.button(key="own:train").disabled
    assert [one.key for one in page.get("file_uploader")][:2] == ["own:weights:file", "own:given:file"]


def test_another_file_says_nothing_of_what_the_first_learnt_from():
    spec = may_run.with_weights(may_run.first(), "ab" * 32)
    spec = spec.with_part(model={**spec.model.as_json(), "deviations": "of_images"})
    assert may_run.with_weights(spec, "ab" * 32) == spec
    assert may_run.with_weights(spec, "cd" * 32).as_json()["model"] == {
        "name": "compact", "sha256": "cd" * 32, "width": 32
    }  # fmt: skip
    assert may_run.with_data(may_run.with_given(spec, "ab" * 32), "cifar100").as_json()["method"]["name"] == "jit"


def test_the_specs_on_offer_are_what_is_asked_and_what_is_looked_at(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    offered: dict[str, Mapping[str, Any]] = {}
    monkeypatch.setattr(export, "controls", lambda view, specs: offered.update(specs))
    page.query_params.update(
        {"v": "1", "own.method": "scrub", "own.seed": "9", "runs": "fine_tune~jit", "shown": "jit"}
    )
    page.run()
    assert not page.exception
    assert list(offered) == ["Spec of what you would train", "Spec of the recorded run: JiT"]
    own, recorded = offered.values()
    assert Spec.parse(own) == Spec.parse({**FIRST, "seed": 9, "method": {"name": "scrub"}})
    assert recorded == _recordings.scene().spec


def test_the_spec_of_points_is_offered_where_points_are_shown():
    from explorer.pages.controls.sidebar import _specs

    assert list(_specs(View.default())) == ["Spec of the chosen panel"]
    assert _specs(View.parse({"base": {}, "focus": 0})) == {}  # retrained is no run


def test_a_file_of_a_run_on_images_opens_as_what_is_asked(page: AppTest):
    spec = Spec.parse({**FIRST, "seed": 9, "method": {"name": "scrub"}})
    page.run()
    page.file_uploader(key="open").upload("spec.json", json.dumps(spec.as_json()).encode()).run()
    assert not page.exception and view(page).own == spec
    assert (view(page).page, named(page, "number_input", "own:seed").value) == ("images", 9)


def test_a_file_of_points_says_on_this_page_where_it_is_shown(page: AppTest):
    page.run()
    page.file_uploader(key="open").upload(
        "spec.json", json.dumps({"seed": 4, "method": {"name": "jit"}}).encode()
    ).run()
    assert not page.exception and view(page).base.seed == 4
    assert "spec.json is open, but what it describes stands on the pages before this one." in said(page)


def test_a_saved_view_opens_with_all_that_was_chosen(page: AppTest):
    saved, _ = View.from_query(
        {"own.seed": "9", "own.method": "scrub", "table_attack": "retain_entropy", "across": "auc", "shown": "jit"},
        "images",
    )
    page.run()
    page.file_uploader(key="open").upload("view.json", json.dumps(saved.as_json()).encode()).run()
    assert not page.exception and view(page) == saved
