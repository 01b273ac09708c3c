"""The page *CIFAR* lays out what was files, names what is damaged, and works without data, network or runs."""

import csv
import dataclasses
import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from explorer.contents.recorded import own_run as may_run
from explorer.contents.recorded import player, steps
from explorer.contents.recorded.cut import OTHERS, Cut, slots
from explorer.contents.recorded.runs import choice, open_runs, places
from explorer.contents.tables import formats, papers, tiles
from explorer.contents.words import method_title
from explorer.experiments.cifar import files
from explorer.experiments.cifar.chosen_knobs import chosen, start_of
from explorer.experiments.cifar.published import TABLES, beside
from explorer.pages.controls import own_run, own_sidebar, picker
from explorer.player import Look, pack, unpack
from explorer.records import Accuracies, ModelNumbers, RunNumbers
from explorer.session.tab import Tab
from explorer.spec import Spec
from explorer.view import View
from tests.pages import _recordings
from tests.pages._recordings import CELLS, FORGET, NAMES


@pytest.fixture
def opened(tmp_path: Path):
    return open_runs("made-up", _recordings.write(tmp_path))


# --- opening ------------------------------------------------------------------------------------------------------


def test_what_ships_and_what_is_ones_own_are_told_apart(tmp_path: Path):
    for name in ("ship", "own"):
        _recordings.write(tmp_path / name)
    found = places(tmp_path / "ship", tmp_path / "own")
    assert list(found) == ["cifar10-compact-memorise-random", "yours:cifar10-compact-memorise-random"]
    titles = [open_runs(name, place).title() for name, place in found.items()]
    assert titles[1] == f"yours · {titles[0]}"
    assert places(tmp_path / "nowhere", None) == {}


def test_a_damaged_run_is_named_and_the_rest_stays(tmp_path: Path):
    place = _recordings.write(tmp_path)
    (place / "jit.npz").write_bytes((place / "jit.npz").read_bytes()[:200])
    (place / "scrub.json").write_text("{}")
    opened = open_runs("x", place)
    assert list(opened.methods) == ["fine_tune"]
    assert [name in sentence for name, sentence in zip(("jit", "scrub"), opened.damaged, strict=True)] == [True, True]


def test_a_run_of_another_shape_is_damaged(tmp_path: Path):
    shown = _recordings.scene()
    place = _recordings.write(tmp_path, shown)
    good = files.read_run(place, "jit")
    short = dataclasses.replace(good.snapshots[0], region=good.snapshots[0].region[:, :, :5])
    files.write_run(place, dataclasses.replace(good, snapshots=(short,)))
    assert "regions of shape (3, 2, 64), found (3, 2, 5)" in open_runs("x", place).damaged[0]


def test_a_run_that_is_written_anew_is_read_anew(tmp_path: Path):
    place = _recordings.write(tmp_path, methods=("jit",))
    assert list(open_runs("x", place).methods) == ["jit"]
    _recordings.write(tmp_path, methods=("jit", "scrub"))
    assert list(open_runs("x", place).methods) == ["jit", "scrub"]


def test_batch_statistics_and_augmentation_are_named_where_they_bite(opened):
    assert papers.careful(opened) == ""
    run = opened.methods["jit"]
    updating = dataclasses.replace(run, name="eu_k", spec={"method": {"knobs": {"batchnorm": "update"}}})
    bitten = dataclasses.replace(
        opened,
        methods={**opened.methods, "eu_k": updating},
        scene=dataclasses.replace(opened.scene, spec={**opened.scene.spec, "training": {"augment": True}}),
    )
    said = papers.careful(bitten)
    assert said.startswith("EU-k: batch statistics") and "mirrored images" in said


def test_what_cannot_be_had_is_said_and_the_page_chooses(opened):
    there = choice(opened, ("scrub", "tmu"), "tmu", 7, str)
    assert (there.runs, there.shown, there.cut) == (("scrub",), "scrub", 0)
    assert len(there.ignored) == 2 and "tmu" in there.ignored[0] and "planes" in there.ignored[1]
    assert choice(opened, (), "", 0, str).runs == ("jit", "fine_tune", "scrub")


# --- the plane ----------------------------------------------------------------------------------------------------


def test_the_player_gets_the_regions_and_their_confidence_back(opened):
    cut = Cut(opened, 1, ["jit"])
    shown = cut.scene()
    region = opened.original.snapshots[0].region[0, 1]
    np.testing.assert_array_equal(shown.original.argmax(axis=-1), region)
    p = np.exp(shown.original.max(axis=-1)) / np.exp(shown.original).sum(axis=-1)
    np.testing.assert_allclose(p, 1 / (1 + 9 * np.exp(-40 / 16)), rtol=1e-5)
    panel = cut.panel("jit", "JiT", opened.methods["jit"], "approximate")
    np.testing.assert_allclose(panel.confidence[:, 0], [0.9, 0.7, 0.3], atol=2e-3)  # its forget image
    assert panel.step.tolist() == [0, 5, 10]


def test_the_three_images_stand_at_their_places_with_their_names(opened):
    cut = Cut(opened, 1, [])
    shown = cut.scene()
    assert shown.y.tolist() == [1, 1, 0] and shown.forget.tolist() == [0]
    scene = opened.scene
    assert shown.images is not None
    np.testing.assert_array_equal(shown.images, scene.images[[1, FORGET + 1, FORGET]])
    assert [name for name, _ in cut.roles()] == ["automobile", "automobile", "airplane"]
    packed = unpack(pack(shown, [cut.panel("original", "Original", opened.original, "reference")], Look()))
    np.testing.assert_array_equal(packed.blocks["images"], shown.images)
    assert tiles.three(cut).count("data:image/png;base64,") == 3


def test_as_many_pictures_as_points_are_packed(opened):
    shown = dataclasses.replace(Cut(opened, 0, []).scene(), images=np.zeros((2, 32, 32, 3), dtype=np.uint8))
    with pytest.raises(ValueError, match=r"`images` must be \(3, h, w, 3\), got \(2, 32, 32, 3\)"):
        pack(shown, [])


def test_the_first_picture_names_methods_as_their_files_do(tmp_path: Path):
    _recordings.write(tmp_path)
    blob = player.first({}, tmp_path)
    assert blob is not None
    assert [panel["title"] for panel in unpack(blob).header["panels"]] == [
        "Original", "Retrained", "The jit", "The fine_tune", "The scrub",
    ]  # fmt: skip


def test_where_labels_are_corrected_no_word_says_forget(tmp_path: Path):
    assert "forget" not in player.words_of(open_runs("x", _recordings.write(tmp_path)))["inRetain"]
    place = _recordings.write(tmp_path / "p", _recordings.scene(poisoned=True, kind="correct_labels"))
    poisoned = open_runs("x", place)
    words = player.words_of(poisoned)
    assert "wrong label" in words["lost"] and words["inForget"] == "to correct"
    assert [role for _, role in Cut(poisoned, 0, []).roles()][:2] == [
        "the image to correct", "the nearest image of another label",
    ]  # fmt: skip


def test_a_row_that_lost_what_was_to_be_kept_says_so(opened):
    run = opened.methods["jit"]
    lost = dataclasses.replace(run, numbers=_recordings.numbers(0.5, retain=0.3))
    broken = dataclasses.replace(opened, methods={**opened.methods, "jit": lost})
    shown = papers.columns(opened, "loss", "Loss")
    assert "broken" not in papers.html(opened, shown, "loss", method_title, [])
    assert papers.html(broken, shown, "loss", method_title, []).count("broken: most of what") == 1


def test_of_many_classes_those_seen_most_keep_a_colour():
    names = [f"class {k}" for k in range(100)]
    seen = np.zeros(100, dtype=int)
    seen[[70, 80]] = 5, 9
    kept = slots(names, [42], seen.tolist())
    assert kept.names[:3] == ("class 42", "class 80", "class 70")
    assert len(kept.names) == 10 and kept.names[-1] == OTHERS
    assert kept.of[99] == 9 and kept.of[80] == 1


def test_fewer_colours_leave_the_confidence_as_it_was(tmp_path: Path):
    names = tuple(f"class {k}" for k in range(100))
    opened = open_runs("x", _recordings.write(tmp_path, _recordings.scene(names=names)))
    grid = Cut(opened, 0, []).scene().original
    assert grid.shape == (CELLS**2, 10)
    p = np.exp(grid.max(axis=-1)) / np.exp(grid).sum(axis=-1)
    np.testing.assert_allclose(p, 1 / (1 + 99 * np.exp(-40 / 16)), rtol=1e-5)


# --- gallery ------------------------------------------------------------------------------------------------------


def test_every_tile_has_its_confidence_before_after_and_retrained(opened):
    some = tiles.tiles(opened, "jit")
    assert len(some) == FORGET and some[3].row == 103 and some[3].true == NAMES[3]
    found = some[3].confidence
    np.testing.assert_allclose([found[k] for k in ("original", "unlearned", "retrained")], [0.9, 0.3, 0.6], atol=2e-3)
    np.testing.assert_array_equal(some[3].image, opened.scene.images[3])
    assert "unlearned" not in tiles.tiles(opened, "")[0].confidence


def test_a_poisoned_tile_says_both_labels(tmp_path: Path):
    shown = _recordings.scene(poisoned=True, kind="correct_labels")
    opened = open_runs("x", _recordings.write(tmp_path, shown))
    first = tiles.tiles(opened, "jit")[0]
    assert (first.label, first.true) == (NAMES[9], NAMES[0])
    assert f"<s>{NAMES[9]}</s> {NAMES[0]}" in tiles.gallery([first], "light")
    assert first.confidence["original"] == pytest.approx(0.9, abs=2e-3)  # in the true label


# --- numbers ------------------------------------------------------------------------------------------------------


def test_the_table_stands_with_retrained_and_the_papers_rows(opened):
    shown = papers.columns(opened, "loss", "Loss")
    html = papers.html(opened, shown, "loss", method_title, ["jit"])
    assert list(shown) == ["retain", "forget", "test", "attack", "mia", "seconds", "gradients"]
    assert all("retrained" in column.goal or "cheaper" in column.goal for column in shown.values())
    assert ".600<small>.500–.700</small>" in html  # retrained's forget accuracy and range
    names = ('"row">Original<', '"row">Retrained (3 seeds)<', "<strong>JiT</strong>", ">Published")
    assert sorted(names, key=html.index) == list(names)
    assert "Published: JiT, table 4(a)" in html and "VGG-11" in html and ".887" in html
    jit = html[html.index("<strong>JiT</strong>") :]
    assert jit.index("●") < jit.index(".550")  # within retrained's range


def test_what_is_at_stake_is_said_with_retrained_beside(opened, tmp_path: Path):
    assert "AUC .680 in the original, .500 (.450–.550) in retrained" in papers.at_stake(opened)
    shown = _recordings.scene("cifar10-compact-memorise-poisoned", poisoned=True, kind="correct_labels")
    poisoned = open_runs("x", _recordings.write(tmp_path, shown))
    said = papers.at_stake(poisoned)
    assert ".960 of the poisoned images" in said and ".600 (.500–.700)" in said
    assert Cut(poisoned, 0, []).roles()[0][0] == f"{NAMES[0]}, labelled {NAMES[9]}"


def test_time_and_work_count_what_is_prepared(opened):
    run = opened.methods["jit"]
    assert papers.band(run, "seconds").values == (3.0,)
    assert papers.band(run, "gradients").values == (5.0,)
    assert papers.band(opened.original, "seconds").values == (100.0,)


def test_a_number_that_was_not_measured_is_a_dash(tmp_path: Path):
    place = _recordings.write(tmp_path, methods=("jit",))
    good = files.read_run(place, "jit")
    bare = RunNumbers((ModelNumbers(Accuracies(*3 * (float("nan"),)), {}),))
    files.write_run(place, dataclasses.replace(good, numbers=bare))
    opened = open_runs("x", place)
    row = papers.rows(opened, "loss", method_title)[2]
    assert not any(band.finite for band in row.values.values())
    shown = papers.columns(opened, "loss", "Loss")
    assert "nan" not in papers.html(opened, shown, "loss", method_title, [])


def test_the_files_hold_ours_and_the_papers_rows(opened):
    rows = papers.exported(opened, "loss", method_title)
    heads = papers.heads(papers.columns(opened, "loss", "Loss"))
    read = {row["model"]: row for row in csv.DictReader(io.StringIO(formats.as_csv(rows, heads)))}
    assert float(read["Retrained (3 seeds)"]["forget_min"]) == 0.5
    paper = read["JiT (zero-shot) [JiT, table 4(a)]"]
    assert float(paper["forget_mean"]) == pytest.approx(0.887) and paper["retain_mean"] == ""
    assert "published" in paper["tuned_how"] and "0.039" in paper["tuned_how"]
    assert r"\begin{tabular}" in formats.as_latex(rows, heads, caption="x")


@pytest.mark.parametrize("request_", ["random", "part", "class", "subclass", "poisoned", "points"])
def test_published_rows_say_how_their_setting_differs(request_: str):
    assert beside(request_)
    for one in beside(request_):
        assert one.source and one.setting and one.differs
        columns = {column for entry in one.entries for column in entry.values}
        assert columns <= {*papers.ACCURACIES, "mia", "seconds"}


def test_published_numbers_are_shares_and_seconds():
    for one in TABLES:
        for entry in one.entries:
            for column, value in entry.values.items():
                assert 0 <= value <= (1 if column != "seconds" else 1000), (one.source, entry.name)


# --- numbers by step ----------------------------------------------------------------------------------------------


def test_accuracy_by_step_is_counted_on_the_probes(opened):
    probes, one = opened.scene.probes, opened.methods["jit"].snapshots[0]
    # with ten classes a true class at .3 is still the most likely one, and below .1 it is not
    assert steps.by_step(one, probes, "forget").tolist() == [1, 1, 1]
    low = _recordings.snapshots(opened.scene, [0.9, 0.05])
    assert steps.by_step(low, probes, "forget").tolist() == [1, 0]
    assert steps.by_step(low, probes, "test").tolist() == [1, 1]


def test_the_attack_by_step_counts_pairs_of_forgotten_and_unseen_images(opened):
    # the unseen ones have probability e^3 / (e^3 + 9) = .69
    low = _recordings.snapshots(opened.scene, [0.9, 0.05])
    assert steps.by_step(low, opened.scene.probes, "auc").tolist() == [1, 0]
    level = _recordings.snapshots(opened.scene, [1 / (1 + 9 * np.exp(-3))])
    assert steps.by_step(level, opened.scene.probes, "auc") == pytest.approx(0.5, abs=0.01)


def test_the_plane_has_a_star_with_a_band_and_every_step_of_every_path(opened):
    found = steps.plane(opened, ["jit", "scrub"], "auc", method_title)
    assert [path.panel for path in found.paths] == ["jit", "scrub"]
    assert found.paths[0].step.tolist() == [0, 5, 10]
    assert len(found.retrained[0].values) == 3
    assert found.original == (1.0, 1.0)


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


def test_what_is_asked_first_can_be_run():
    spec = Spec.parse(may_run.FIRST)
    assert spec.model.name == "compact" and spec.method is not None
    assert spec.method.name in may_run.offers(spec)[0]


def test_every_way_to_choose_images_can_be_asked_for():
    for data in ("cifar10", "cifar20", "cifar100"):
        spec = may_run.with_data(Spec.parse(may_run.FIRST), data)
        offered = may_run.choosers(spec)
        assert ("subclass" in offered) == (data == "cifar20")
        assert {"random", "class", "points"} <= set(offered)
        for name in offered:
            assert may_run.with_chooser(spec, name).request.choose == name


def test_a_request_that_other_data_do_not_have_takes_its_default():
    spec = Spec.parse({**may_run.FIRST, "data": {"name": "cifar100"}, "request": {"choose": "class", "label": 70}})
    assert may_run.with_data(spec, "cifar10").request.choose == "random"


def test_methods_that_cannot_run_on_images_are_not_offered_and_say_why():
    can, why = may_run.offers(Spec.parse(may_run.FIRST))
    assert "ntk" not in can and any("kernel" in reason for reason in why)
    for name in can:
        assert may_run.with_method(Spec.parse(may_run.FIRST), name).method is not None


def rate(spec: Spec) -> float:
    assert spec.method is not None
    return spec.method.knobs.model_dump()["lr"]


def test_ones_own_run_starts_from_the_knobs_chosen_for_its_request():
    spec = may_run.with_method(Spec.parse(may_run.FIRST), "jit")
    start = start_of("jit", spec)["lr"]
    assert rate(spec) == chosen()["cifar10-compact-memorise-random"]["jit"].knobs["lr"] != start
    whole = may_run.followed(spec, may_run.with_chooser(spec, "class"))
    assert rate(whole) == chosen()["cifar10-compact-memorise-class"]["jit"].knobs["lr"]
    fine = may_run.followed(whole, may_run.with_method(whole, "fine_tune"))
    assert rate(fine) == start_of("fine_tune", fine)["lr"]  # nothing was chosen there
    assert rate(may_run.followed(whole, may_run.with_model(whole, "vgg11"))) == start


def test_knobs_set_by_hand_stay_when_the_request_changes():
    spec = may_run.with_method(Spec.parse(may_run.FIRST), "jit")
    mine = may_run.followed(spec, spec.with_part(method={"name": "jit", "knobs": {"lr": 0.5}}))
    assert rate(mine) == 0.5
    assert rate(may_run.followed(mine, may_run.with_chooser(mine, "class"))) == 0.5


def test_how_the_knobs_were_found_is_said_beside_them(page: AppTest):
    page.run()
    assert "Knobs: lr chosen among 4 values on validation images, as in the recorded runs." in said(page)
    next(one for one in page.select_slider if one.label == "Learning rate").set_value(0.5).run()
    assert not page.exception and "Knobs: set by hand." in said(page)


def test_the_time_left_follows_the_pace():
    heard, now = [], [0.0]
    tell = may_run.with_time_left(lambda *args: heard.append(args), lambda: now[0])
    tell(0, 100, "Training")
    now[0] = 60.0
    tell(25, 100, "Training")
    assert heard == [(0, 100, "0 %: Training"), (25, 100, "25 %: Training, about 3 min left")]


def test_the_time_left_leaves_out_what_was_known_already():
    heard, now = [], [0.0]
    tell = may_run.with_time_left(lambda *args: heard.append(args[2]), lambda: now[0])
    for at, done in ((0.0, 20), (0.5, 40), (60.5, 60)):
        now[0] = at
        tell(done, 100, "Training")
    assert heard == ["20 %: Training", "40 %: Training", "60 %: Training, about 2 min left"]


def test_the_time_left_leaves_out_where_a_training_goes_on_from():
    heard, now = [], [0.0]
    tell = may_run.with_time_left(lambda *args: heard.append(args[2]), lambda: now[0])
    for at, done in ((0.0, 0), (3.0, 4), (23.0, 6)):  # read for three seconds, then went on at 4 %
        now[0] = at
        tell(done, 100, "Training")
    assert heard[1:] == ["4 %: Training", "6 %: Training, about 16 min left"]


def test_a_training_joins_the_list_and_a_failure_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def own(spec, store, tell):
        tell(1, 2, "Training the original")
        return _recordings.write(tmp_path, methods=(spec.method.name,)).name

    monkeypatch.setattr(own_run.own, "own", own)
    monkeypatch.setattr(own_run, "current", lambda: Tab(View.default()))
    own_run.jobs.cache_clear()
    own_run.start()
    job = own_run.jobs().get("own")
    assert job is not None and job.wait(lambda partial: True, 60)
    assert job.partial in places(tmp_path / "none", tmp_path)

    def broken(spec, store, tell):
        raise ValueError("the disk is full")

    monkeypatch.setattr(own_run.own, "own", broken)
    own_run.start()
    job = own_run.jobs().get("own")
    assert job is not None
    job.wait(lambda partial: False, 60)
    assert job.error == "the disk is full"
    own_run.jobs.cache_clear()


def test_a_browser_cannot_pick_what_is_not_there():
    rows = picker.allowed({"rows": [3, "4", -1, 10, True, 9, 3]}, 10)
    assert rows == [3, 9]
    assert picker.allowed("nonsense", 10) == []


def test_weights_of_ones_own_become_the_original_and_can_be_let_go_of(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(own_run.sources, "available", lambda name: True)
    monkeypatch.setattr(own_sidebar.images, "loaded", lambda spec, memo: None)
    page.run()
    page.file_uploader(key="own:weights:file").upload("mine.safetensors", b"none").run()
    assert "mine.safetensors: weights must be a safetensors file" in said(page)
    weights = save({"head.bias": torch.zeros(2)})
    page.file_uploader(key="own:weights:file").upload("mine.safetensors", weights).run()
    assert not page.exception and "The original is your **mine.safetensors**" in said(page)
    spec = may_run.asked(page.session_state["explorer"].view)
    assert spec.as_json()["model"]["sha256"] == hashlib.sha256(weights).hexdigest()
    assert "sha256" not in may_run.with_data(spec, "cifar100").as_json()["model"]
    page.button(key="own:weights:drop").click().run()
    assert may_run.asked(page.session_state["explorer"].view).as_json()["model"] == {"name": "compact", "width": 32}
