"""The page *CIFAR* lays out what was files, names what is damaged, and works without data, network or runs."""

import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from explorer.contents.recorded import own_run as may_run
from explorer.contents.recorded.runs import places
from explorer.experiments.cifar import files
from explorer.experiments.cifar.in_training import Growing
from explorer.pages.controls import own_run, own_sidebar, picker
from explorer.session.tab import Tab
from explorer.spec import Spec
from explorer.view import View
from tests.pages import _recordings

# --- the page -----------------------------------------------------------------------------------------------------

PAGE = """
from explorer.pages import images
from explorer.pages.frame import binding
tab = binding.begin("images")
images.show()
images.sidebar(tab)
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "no data"))
    monkeypatch.setattr(files, "SHIPPED", tmp_path / "ship")
    monkeypatch.setattr(own_run.own, "own_root", lambda store: None)
    own_run.jobs.cache_clear()
    return AppTest.from_string(PAGE, default_timeout=300)


def said(app: AppTest) -> str:
    kinds = (app.warning, app.info, app.error, app.caption, app.markdown)
    return " ".join(one.value for kind in kinds for one in kind)


def html(app: AppTest) -> str:
    return " ".join(str(one.proto.body) for one in app.get("html"))


def test_without_recorded_runs_the_page_says_so(page: AppTest):
    page.run()
    assert not page.exception
    assert "No recorded runs are here" in said(page)


def test_without_data_recorded_runs_open_and_the_data_are_offered(page: AppTest, tmp_path: Path):
    _recordings.write(tmp_path / "ship")
    page.run()
    assert not page.exception
    assert "CIFAR-10 is not on this machine" in said(page)
    assert page.button(key="own:download").label == "Download CIFAR-10"
    assert page.multiselect[0].label == "Methods side by side"


def test_the_papers_claims_stand_below_and_go_with_the_numbers(page: AppTest, tmp_path: Path):
    _recordings.write(tmp_path / "ship")
    page.run()
    assert [one.label for one in page.expander if one.label.startswith("CaMU (")] == ["CaMU (not tested: 8)"]


def test_where_numbers_are_hidden_claims_are_too(page: AppTest, tmp_path: Path):
    _recordings.write(tmp_path / "ship")
    page.query_params.update({"v": "1", "hidden": "numbers"})
    page.run()
    assert not page.exception
    assert not [one.label for one in page.expander if one.label.startswith("CaMU (")]


def _networks(page: AppTest) -> list[Any]:
    return [one for one in page.get("button_group") if (one.key or "").startswith("network:")]


def test_one_network_is_not_chosen_of_two_one_is_and_its_first_folder_opens(page: AppTest, tmp_path: Path):
    place = _recordings.write(tmp_path / "ship")
    page.run()
    assert not _networks(page)
    shutil.copytree(place, tmp_path / "ship" / "cifar10-resnet18-memorise-class")
    page.query_params.update({"v": "1", "folder": place.name, "runs": "jit"})
    page.run()
    (networks,) = _networks(page)
    assert networks.options == ["ResNet-18", "compact"]
    assert len(page.selectbox[0].options) == 1
    networks.set_value("ResNet-18").run()
    assert not page.exception
    looks = page.session_state["explorer"].view.looks.images
    assert (looks.folder, looks.runs) == ("cifar10-resnet18-memorise-class", ())


def test_choices_are_kept_in_the_address(page: AppTest, tmp_path: Path):
    _recordings.write(tmp_path / "ship")
    page.query_params.update({"v": "1", "runs": "scrub~fine_tune", "shown": "fine_tune", "cut": "1"})
    page.run()
    looks = page.session_state["explorer"].view.looks.images
    assert (looks.runs, looks.shown, looks.cut) == (("scrub", "fine_tune"), "fine_tune", 1)
    assert page.multiselect[0].value == ["scrub", "fine_tune"]
    page.multiselect[0].set_value(["jit"]).run()
    assert not page.exception
    assert page.session_state["explorer"].view.to_query()["runs"] == "jit"


@pytest.mark.parametrize(
    ("query", "word"),
    [({"folder": "not-there"}, "no recorded runs named not-there"), ({"runs": "tmu"}, "TMU is not recorded")],
)
def test_a_link_to_what_is_not_there_is_one_sentence(page: AppTest, tmp_path: Path, query: dict[str, str], word: str):
    _recordings.write(tmp_path / "ship")
    page.query_params.update({"v": "1", **query})
    page.run()
    assert not page.exception and word in said(page)


def test_a_folder_that_cannot_be_read_is_one_sentence_and_others_open(page: AppTest, tmp_path: Path):
    place = _recordings.write(tmp_path / "ship")
    (place / "original.npz").write_bytes(b"nothing")
    _recordings.write(tmp_path / "ship", _recordings.scene("cifar10-compact-memorise-zclass"))
    page.run()
    assert not page.exception and "cannot be read" in said(page)
    page.selectbox[0].set_value("cifar10-compact-memorise-zclass").run()
    assert not page.exception and page.multiselect


# --- train your own -----------------------------------------------------------------------------------------------


def test_how_the_knobs_were_found_is_said_beside_them(page: AppTest):
    page.run()
    assert "Knobs: the best of 24 trials on validation images, as in the recorded runs." in said(page)
    next(one for one in page.select_slider if one.label == "Learning rate").set_value(0.5).run()
    assert not page.exception and "Knobs: set by hand." in said(page)


def test_a_training_joins_the_list_and_a_failure_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def own(spec, store, tell, workers, show):
        tell(1, 2, "Training the original")
        return _recordings.write(tmp_path, methods=(spec.method.name,)).name

    monkeypatch.setattr(own_run.own, "own", own)
    monkeypatch.setattr(own_run, "current", lambda: Tab(View.default()))
    own_run.jobs.cache_clear()
    own_run.start()
    job = own_run.jobs().get("own")
    assert job is not None
    job.wait(lambda partial: False, 60)
    assert job.partial in places(tmp_path / "none", tmp_path)

    def broken(spec, store, tell, workers, show):
        raise ValueError("the disk is full")

    monkeypatch.setattr(own_run.own, "own", broken)
    own_run.start()
    job = own_run.jobs().get("own")
    assert job is not None
    job.wait(lambda partial: False, 60)
    assert job.error == "the disk is full"
    own_run.jobs.cache_clear()


def test_a_second_click_leaves_what_runs_alone_and_says_why(monkeypatch: pytest.MonkeyPatch):
    second, done = Tab(View.default()), threading.Event()

    def work(tick: Callable[..., None]) -> Iterator[str]:
        tick(0, 1, "Training the original")
        done.wait(60)
        yield "made-up"

    monkeypatch.setattr(own_run, "current", lambda: second)
    own_run.jobs.cache_clear()
    running = {key: own_run.jobs().job(key, "of another tab", work) for key in (own_run.KEY, own_run.DOWNLOAD)}
    try:
        own_run.start()
        assert second.notice == "One training at a time runs here."
        own_run.fetch("cifar10")
        assert second.notice == "One download at a time runs here."
        for key, job in running.items():
            assert own_run.jobs().get(key) is job and not job.cancelled
    finally:
        done.set()
        own_run.jobs.cache_clear()


def test_as_many_models_are_trained_at_once_as_the_server_has_workers(monkeypatch: pytest.MonkeyPatch):
    heard: list[int] = []

    def growing(spec: Spec, store: object, tell: object, workers: int) -> Iterator[str]:
        heard.append(workers)
        yield "made-up"

    monkeypatch.setenv("EXPLORER_WORKERS", "7")
    monkeypatch.setattr(own_run.own, "growing", growing)
    monkeypatch.setattr(own_run, "current", lambda: Tab(View.default()))
    own_run.jobs.cache_clear()
    own_run.start()
    job = own_run.jobs().get(own_run.KEY)
    assert job is not None
    job.wait(lambda partial: False, 60)
    assert heard == [7]
    own_run.jobs.cache_clear()


def test_a_run_under_way_takes_the_place_of_the_recorded_ones_until_it_is_switched_off(page: AppTest, tmp_path: Path):
    place = _recordings.write(tmp_path / "ship")
    held, done = files.load(place.name, place.parent), threading.Event()
    growing = Growing(held.scene, held.original, held.retrained, held.methods["jit"])

    def work(tick: Callable[..., None]) -> Iterator[Growing | str]:
        tick(1, 2, "Running JiT")
        yield growing
        done.wait(300)
        yield "made-up"

    job = own_run.jobs().job(own_run.KEY, "a run", work)
    try:
        assert job.wait(lambda partial: partial is growing, 60)
        page.run()
        assert not page.exception
        assert "JiT while it runs, beside the models that were trained for it" in said(page)
        assert "step by step" in html(page) and "Numbers, in the layout of papers" not in html(page)
        assert "Methods side by side" not in [one.label for one in page.multiselect]
        page.toggle(key="own:watch").set_value(False).run()
        assert not page.exception
        assert "while it runs" not in said(page) and "Numbers, in the layout of papers" in html(page)
    finally:
        done.set()
        job.wait(lambda partial: False, 60)
    page.run()
    assert not page.exception and "Watch your run" not in [one.label for one in page.toggle]
    assert page.button(key="own:open").label == "Open your run"


def test_a_browser_cannot_pick_what_is_not_there():
    rows = picker.allowed({"rows": [3, "4", -1, 10, True, 9, 3]}, 10)
    assert rows == [3, 9]
    assert picker.allowed("nonsense", 10) == []


def test_weights_of_ones_own_become_the_original_and_can_be_let_go_of(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(own_run.sources, "available", lambda name: True)
    monkeypatch.setattr(own_sidebar.pipeline, "weights_given", lambda run: None)
    page.run()
    page.file_uploader(key="own:weights:file").upload("mine.safetensors", b"none").run()
    assert "mine.safetensors: weights must be a safetensors file" in said(page)
    weights = save({"head.bias": torch.zeros(2)})
    page.file_uploader(key="own:weights:file:1").upload("mine.safetensors", weights).run()
    assert not page.exception and "The original is your **mine.safetensors**" in said(page)
    spec = may_run.asked(page.session_state["explorer"].view)
    assert spec.as_json()["model"]["sha256"] == hashlib.sha256(weights).hexdigest()
    assert "sha256" not in may_run.with_data(spec, "cifar100").as_json()["model"]
    page.button(key="own:weights:drop").click().run()
    assert may_run.asked(page.session_state["explorer"].view).as_json()["model"] == {"name": "compact", "width": 32}
