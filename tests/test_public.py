"""A public demo runs nothing of a visitor's, and computes nothing large."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import public
from explorer.data.parse_csv import parse
from explorer.experiments.store.store import Store
from explorer.session.quota import over_quota
from explorer.spec.catalog import Catalog
from explorer.spec.own_methods import own_files
from explorer.view import View
from tests.pages import _driven


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_PUBLIC", "1")


@pytest.mark.parametrize(("said", "is_one"), [("1", True), ("yes", True), ("", False), ("0", False), ("false", False)])
def test_a_variable_makes_it_a_public_demo(said: str, is_one: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EXPLORER_PUBLIC", said)
    assert public.is_public() is is_one


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"data": "moons(n:1001)"}, "at most 1,000 points, and this asks for 1,001."),
        ({"rows": "data:xor(n:3000)"}, "at most 1,000 points, and this asks for 3,000."),
        ({"training": "standard(steps:2001)"}, "at most 2,000 training steps, and this asks for 2,001."),
        ({"evaluation": "(retrained_seeds:11)"}, "at most 10 retrained models, and this asks for 11."),
        ({"shadow_models": "128"}, "at most 64 shadow models, and this asks for 128."),
        ({"model": "mlp(widths:[128.129])"}, "at most 256 neurons, and this asks for 257."),
    ],
    ids=str,
)
def test_a_large_picture_is_refused_in_one_sentence(query: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch):
    view, ignored = View.from_query(query)
    assert ignored == [] and over_quota(view) == ""
    monkeypatch.setenv("EXPLORER_PUBLIC", "1")
    assert over_quota(view) == f"This public demo takes {said}"
    assert over_quota(View.default()) == ""


@pytest.mark.usefixtures("demo")
def test_a_change_beyond_the_quota_is_said_and_the_view_stays():
    with _driven.in_memory():
        query = {"v": "1", "data": "moons(n:60)", "training": "standard(steps:5)", "panels": "original"}
        app = _driven.opened("watch", {**query, "focus": "0", "hidden": "presets"})
        before = _driven.tab(app).view
        _driven.widget(app, "select_slider", "data:moons:n").set_value(5000).run()
        assert _driven.tab(app).view == before
        assert _driven.tab(app).notice == "This public demo takes at most 1,000 points, and this asks for 5,000."


@pytest.mark.usefixtures("demo")
def test_files_are_small():
    rows = [f"{i % 97},{i % 89},{'ab'[i % 2]}" for i in range(1500)]
    found = parse("\n".join(["x1,x2,label", *rows]).encode())
    assert len(found.split) == 1000 and found.notes[0].startswith("These are 1,000 of 1,500 points")
    with pytest.raises(ValueError, match=r"the file must be at most 1 MB, got 1\.1 MB"):
        parse(b"1" * 1_100_000)


@pytest.mark.usefixtures("demo")
def test_a_method_of_ones_own_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "mine.py").write_text("raise RuntimeError('this must not run')")
    monkeypatch.setenv("EXPLORER_METHODS", str(tmp_path))
    found = Catalog()
    assert found.own == frozenset() and found.broken == () and "mine" not in found.methods and own_files() == []


@pytest.mark.usefixtures("demo")
def test_the_store_is_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EXPLORER_STORE", str(tmp_path))
    assert Store.default().cap == public.DISK < 500_000_000


IMAGES = """
from explorer.pages.controls import own_run, own_sidebar
from explorer.pages.frame import binding
tab = binding.begin("images")
own_sidebar.sidebar(tab, None)
own_run.status(tab)
"""


@pytest.mark.usefixtures("demo")
def test_nothing_is_trained_on_images_and_no_weights_are_taken(monkeypatch: pytest.MonkeyPatch):
    from explorer.pages.controls import own_run, own_weights

    started: list[str] = []
    monkeypatch.setattr(own_run.Jobs, "job", lambda self, key, *_, **__: started.append(key))
    app = AppTest.from_string(IMAGES, default_timeout=60).run()
    assert not app.exception and public.NO_TRAINING in _driven.captions(app)
    assert not [button for button in app.button if button.key in ("own:train", "own:download")]
    assert [file.key for file in app.get("file_uploader")] == ["open"]
    monkeypatch.setattr(own_run, "current", lambda: _driven.tab(app))
    own_run.start()  # a browser may ask for a button that is not there
    own_run.fetch("cifar10")
    assert started == [] and _driven.tab(app).notice == public.NO_TRAINING
    for take in (own_weights._given, own_weights._unlearned_given):
        with pytest.raises(ValueError, match="a public demo takes no files of weights"):
            take("mine.safetensors", b"")
