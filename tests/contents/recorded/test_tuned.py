"""How knobs were found, beside recorded runs: the trials, the verdict, and the oracle's row and dot."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.contents.recorded import steps, tuned
from explorer.contents.recorded.runs import open_runs
from explorer.contents.tables import formats, papers
from explorer.contents.words import method_title
from explorer.experiments.cifar import files, not_knowing, readme_table, trials
from explorer.experiments.cifar.trials import Tried
from explorer.records import Distances, Summary, Trial
from explorer.spec import Spec
from tests.pages import _recordings


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return _recordings.write(tmp_path)


def far(value: float) -> Distances:
    one = Summary(value, value, value, 3)
    return Distances(one, one, one, {})


def test_a_folder_without_trials_says_nothing_of_them(place: Path):
    opened = open_runs("made-up", place)
    assert (opened.trials, opened.oracle) == ({}, {})
    assert tuned.sentence(opened, "jit") == tuned.broken(opened, "jit") == tuned.cost(opened) == ""


def test_trials_are_read_anew_when_one_is_added(place: Path):
    assert open_runs("made-up", place).trials == {}
    made = _recordings.write_trials(place)
    assert open_runs("made-up", place).trials == {"jit": made}


def test_damaged_trials_are_named_and_the_runs_are_shown(place: Path):
    (place / trials.FILE).write_text("method\njit\n")
    opened = open_runs("made-up", place)
    assert "jit" in opened.methods and "the trials in" in " ".join(opened.damaged)


def test_a_method_is_broken_only_where_all_its_trials_are(place: Path):
    _recordings.write_trials(place, "jit")
    _recordings.write_trials(place, "scrub", kept=(0.3, 0.2, 0.1))
    _recordings.write_trials(place, "fine_tune", kept=(0.3,))
    opened = open_runs("made-up", place)
    assert tuned.broken(opened, "jit") == ""
    assert tuned.broken(opened, "scrub") == "broken in all 3 trials"
    assert tuned.broken(opened, "fine_tune") == "broken in its one trial"
    lost, more = "1 loses more than half of what retrained keeps", "2 more are to come, so this search is not done"
    said = f"4 trials, 8 s in all; {lost}; {more}"  # of 6
    assert tuned.sentence(opened, "jit") == f"{said}; made after the recorded run, which has other knobs"
    knobs = Spec.parse(dict(opened.methods["jit"].spec)).as_json()["method"]["knobs"]
    trials_of = {"jit": [replace(one, knobs=knobs) for one in opened.trials["jit"]]}
    assert tuned.sentence(replace(opened, trials=trials_of), "jit") == said
    assert "every one of them breaks the model" in tuned.sentence(opened, "scrub")
    done = replace(opened, trials={"jit": (trials_of["jit"] * 2)[:6]})
    assert "to come" not in tuned.sentence(done, "jit")
    shown = papers.columns(opened, "loss", "Loss")
    html = papers.html(opened, shown, "loss", method_title, [])
    assert html.count("broken in all 3 trials") == 1 and "broken in all 4" not in html


def test_a_run_whose_knob_has_another_name_by_now_is_said_to_have_other_knobs(place: Path):
    _recordings.write_trials(place)
    opened = open_runs("made-up", place)
    run = opened.methods["jit"]
    old = replace(run, spec={**run.spec, "method": {"name": "jit", "knobs": {"renamed": 1}}})
    said = tuned.sentence(replace(opened, methods={**opened.methods, "jit": old}), "jit")
    assert said.endswith("made after the recorded run, which has other knobs")


def test_chosen_authors_and_the_oracles_best_are_marked(place: Path):
    made = _recordings.write_trials(place)
    judged = tuned.judged(made)
    assert (judged.chosen, judged.authors, judged.by_oracle) == (3, 0, 0)  # judges fall and rise with the number
    assert judged.lost == [False, True, False, False]


def test_the_chosen_trial_and_the_authors_own_stand_side_by_side_at_the_head_of_the_table(place: Path):
    table = tuned.all_values(_recordings.write_trials(place))
    marked = [(row["is"], row["trial"], row["knobs from"]) for row in table[:2]]
    assert marked == [("chosen", 4, "drawn"), ("authors, oracle", 1, "the authors")]
    assert [row["trial"] for row in table[2:]] == [2, 3] and not any(row["is"] for row in table[2:])


@pytest.mark.parametrize("name", [name for name in files.folders() if trials.read(name)])
def test_no_method_ships_broken_unless_all_its_trials_were(name: str):
    opened = open_runs(name, files.SHIPPED / name)
    least = papers.BROKEN * papers.band(opened.retrained, "retain").low
    for method, made in opened.trials.items():
        run = opened.methods.get(method)
        if run and (run.numbers.trouble or papers.band(run, "retain").mean < least):
            assert all(one.broken for one in made), method
        assert bool(tuned.broken(opened, method)) == all(one.broken for one in made), method


def test_only_knobs_that_changed_are_drawn_and_a_logarithmic_range_on_such_an_axis(place: Path):
    axes = {axis.title: axis for axis in tuned.axes("jit", _recordings.write_trials(place))}
    assert set(axes) == {"Learning rate", "Mode"}
    assert axes["Learning rate"].log and not axes["Learning rate"].choices
    assert axes["Learning rate"].values == [1e-3, 1e-4, 1e-5, 1e-6]
    assert axes["Mode"].choices and axes["Mode"].values == ["train", "eval", "eval", "eval"]


def test_the_oracles_row_stands_below_the_methods_own(place: Path):
    _recordings.write_oracle(place)
    opened = open_runs("made-up", place)
    rows = papers.rows(opened, "loss", method_title)
    names = [row.name for row in rows]
    assert names.index("JiT, by the oracle") == names.index("JiT") + 1
    assert rows[names.index("JiT, by the oracle")].values["forget"].mean == 0.62
    shown = papers.columns(opened, "loss", "Loss")
    assert "knowing a retrained model" in papers.html(opened, shown, "loss", method_title, ["jit"])
    assert "JiT, by the oracle" in formats.as_csv(rows, papers.heads(shown))


def test_the_oracles_dot_stands_where_its_run_ends_on_the_probes(place: Path):
    _recordings.write_oracle(place)
    opened = open_runs("made-up", place)
    (dot,) = steps.plane(opened, ["fine_tune", "jit"], "forget", method_title).oracle
    assert (dot.panel, dot.title, dot.x, dot.y) == ("jit", "JiT", 0.6, 0.72)
    assert steps.plane(opened, ["jit"], "auc", method_title).oracle[0].x == 0.55
    assert steps.plane(opened, ["fine_tune"], "forget", method_title).oracle == ()


def test_what_tuning_without_the_answer_costs():
    found = [("A", 0.2, 0.1), ("B", 0.5, 0.2), ("C", 0.3, 0.3)]
    said = not_knowing.sentence(found)
    assert "over 3 runs the mean distance to retrained is .333, and .200 where" in said
    assert said.endswith("; 2 of 3 end further away; most for B, .500 instead of .200.")
    assert not_knowing.sentence([]) == ""
    assert not_knowing.sentence([("A", 0.1, 0.1)]).endswith("; 0 of 1 end further away.")


def test_only_runs_with_both_distances_are_compared(place: Path):
    _recordings.write_oracle(place)
    opened = open_runs("made-up", place)
    assert not_knowing.pairs(opened.methods, opened.oracle, opened.trials) == []  # no distance was measured
    run = replace(opened.methods["jit"], numbers=replace(opened.methods["jit"].numbers, to_retrained=far(0.4)))
    oracle = replace(opened.oracle["jit"], numbers=replace(opened.oracle["jit"].numbers, to_retrained=far(0.3)))
    trial = Trial(0.1, {}, 0.1, {"kept": 0.8, "kept_retrained": 0.8}, 1.0, 1.0, "whole")
    two = {"jit": [Tried("jit", number, "drawn", {}, trial) for number in range(2)]}
    assert not_knowing.pairs({"jit": run}, {"jit": oracle}, two) == [("The jit", 0.4, 0.3)]
    one = {"jit": two["jit"][:1]}
    assert not_knowing.pairs({"jit": run}, {"jit": oracle}, one) == []  # both judges choose the only trial
    preset = replace(run, numbers=replace(run.numbers, tuned="the preset VGG, not tuned"))
    assert not_knowing.pairs({"jit": preset}, {"jit": oracle}, two) == []  # no judge chose it
    assert math.isnan(not_knowing.distance(opened.methods["jit"].numbers))


def test_the_readmes_line_holds_both_numbers(place: Path, tmp_path: Path):
    _recordings.write_oracle(place)
    lines = {row[1]: row for row in readme_table.rows(tmp_path)}
    forget = readme_table.HEAD.index("forget")
    assert lines["JiT"][forget] == ".550 / .620" and lines["SCRUB"][forget] == ".900"
    assert all(len(row) == len(readme_table.HEAD) for row in lines.values())
    assert lines["JiT"][readme_table.HEAD.index("distance to retrained")] == ""  # neither was measured
