"""The table of recorded runs: ours beside the papers' rows."""

import csv
import dataclasses
import io
from pathlib import Path

import pytest

from explorer.contents.recorded.cut import Cut
from explorer.contents.recorded.runs import open_runs
from explorer.contents.tables import formats, papers
from explorer.contents.words import method_title
from explorer.experiments.cifar import files
from explorer.experiments.cifar.published import TABLES, beside
from explorer.records import Accuracies, ModelNumbers, RunNumbers
from tests.pages import _recordings
from tests.pages._recordings import NAMES


@pytest.fixture
def opened(tmp_path: Path):
    return open_runs("made-up", _recordings.write(tmp_path))


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


def test_a_row_that_lost_what_was_to_be_kept_says_so(opened):
    run = opened.methods["jit"]
    lost = dataclasses.replace(run, numbers=_recordings.numbers(0.5, retain=0.3))
    broken = dataclasses.replace(opened, methods={**opened.methods, "jit": lost})
    shown = papers.columns(opened, "loss", "Loss")
    assert "broken" not in papers.html(opened, shown, "loss", method_title, [])
    html = papers.html(broken, shown, "loss", method_title, [])
    assert html.count("most of what was to be kept is lost") == 1 and "broken" not in html  # nobody tried all knobs


def test_the_table_stands_with_retrained_and_the_papers_rows(opened):
    shown = papers.columns(opened, "loss", "Loss")
    html = papers.html(opened, shown, "loss", method_title, ["jit"])
    assert list(shown) == ["retain", "forget", "test", "attack", "mia", "seconds", "gradients"]
    assert all("retrained" in column.goal or "cheaper" in column.goal for column in shown.values())
    assert ".600<small>.500–.700</small>" in html  # retrained's forget accuracy and range
    names = ('"row">Original<', '"row">Retrained (3 seeds)<', "<strong>JiT</strong>", ">Published")
    assert sorted(names, key=html.index) == list(names)
    assert "Published, another setting: JiT, table 4(a)" in html and "VGG-11" in html and ".887" in html
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


def test_a_published_table_of_the_very_setting_comes_first_and_says_what_differs_still(opened):
    spec = {**opened.scene.spec, "data": {"name": "cifar100"}, "model": {"name": "vgg11"}}
    scene = dataclasses.replace(opened.scene, spec=spec, folder="cifar100-vgg11-standard-class")
    there = dataclasses.replace(opened, scene=scene)
    html = papers.html(there, papers.columns(there, "loss", "Loss"), "loss", method_title, [])
    assert "Published, the same setting, as far as it goes: JiT, table 2(b)" in html
    assert "dropout, 133 million weights" in html
    assert "all 50,000 images for 210 epochs, ours 45,000 for 15" in html
    assert html.index("JiT, table 2(b)") < html.index("Published, another setting: Boundary Unlearning")
    assert not any(one.not_same in html for one in TABLES if one.not_same and one.source != "JiT, table 2(b)")


def test_of_a_network_without_batch_statistics_nothing_is_said_of_them(opened):
    run = dataclasses.replace(opened.methods["jit"], spec={"method": {"knobs": {"batchnorm": "update"}}})
    for network, said in (("compact", True), ("resnet18", True), ("vgg11", False)):
        spec = {**opened.scene.spec, "model": {"name": network}}
        scene = dataclasses.replace(opened.scene, spec=spec)
        one = dataclasses.replace(opened, methods={"jit": run}, scene=scene)
        assert ("batch statistics" in papers.careful(one)) == said
    train = dataclasses.replace(run, spec={"method": {"knobs": {"mode": "train"}}})
    assert "JiT: batch statistics" in papers.careful(dataclasses.replace(opened, methods={"jit": train}))


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
