"""What the page *audits* shows, computed: panels in order, what stands beside them, numbers, CSV, bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.contents import audits, blobs
from explorer.contents.picture import panel_names
from explorer.contents.tables import audits as tables
from explorer.contents.tables import by_page
from explorer.experiments.store.store import Store
from explorer.player import unpack
from explorer.session.desk import silent
from explorer.view import View

STORE = Store(None)
BASE = {
    "data": {"n": 80},
    "model": {"widths": [8]},
    "training": {"steps": 60},
    "evaluation": {"retrained_seeds": 2},
}
PANELS = [{"method": "retrained"}, {"method": "greedy", "knobs": {"steps": 4}}, {"method": "original"}]


def view(audit: str, **parts: Any) -> View:
    return View.parse({"base": BASE, "panels": PANELS, "page": "audits", "focus": 1, "audit": audit, **parts})


def audited(asked: View) -> audits.Audited:
    *_, last = audits.auditing(asked, STORE.memo, silent)
    assert last.complete
    return last


def test_panels_come_one_by_one_and_numbers_last():
    asked = view("relearning")
    steps = list(audits.auditing(asked, STORE.memo, silent))
    assert [len(step.panels) for step in steps] == [1, 2, 3, 4, 4]
    assert [bool(step.numbers) for step in steps] == [False] * 4 + [True]
    assert steps[2].ready(asked) and not steps[1].ready(asked)


def test_whoever_waits_hears_from_the_first_moment_and_counts_the_many_models_that_are_trained():
    heard: list[Any] = []
    *_, last = audits.auditing(view("completeness"), Store(None).memo, lambda *given: heard.append(given))
    assert last.complete
    assert heard[0][0] == 0 and heard[0][2] == "Training original and retrained models"
    many = [done / total for done, total, *said in heard if said == ["Completeness: Retrained"] and total > 3]
    assert len(many) >= 3 and many == sorted(many) and many[0] < 0.5 < many[-1] <= 1


def test_the_control_stands_beside_the_method_in_focus_and_last():
    asked = view("relearning")
    titles = [panel.title for panel in audits.shown(asked, audited(asked))]
    assert titles == ["Retrained", "Greedy mislabelling", "Original", "Greedy mislabelling on retrained"]


def test_the_player_plays_steps_of_training_on_and_places_of_a_way():
    for audit, way, last in (("relearning", "step", 60), ("weight_path", "a", 40), ("linear_probe", "probe", 1)):
        asked = view(audit)
        header = unpack(audits.blob(asked, audited(asked))).header
        assert {panel["way"] for panel in header["panels"]} == {way}
        assert {panel["step"][-1] for panel in header["panels"]} == {last}
    asked = view("weight_path")
    assert unpack(audits.blob(asked, audited(asked))).header["panels"][0]["ends"] == [-0.5, 1.5]


def test_the_ghost_is_a_helper_that_appears_on_the_way():
    asked = view("reconstruction", base={**BASE, "request": {"choose": "points", "index": [3]}})
    header = unpack(audits.blob(asked, audited(asked))).header
    (ghost,) = next(panel for panel in header["panels"] if panel["title"] == "Greedy mislabelling")["helpers"]
    assert ghost["mark"] == "ghost" and 0 < ghost["since"] < 1 and ghost["origin"] == [3]
    assert "helpers" in header["look"]["layers"] and "pick" not in header["look"]["controls"]


def test_the_probe_s_lines_are_probes_of_the_original_and_of_retrained():
    asked, plain = view("linear_probe"), view("relearning")
    ours, theirs = audited(asked).scene, audited(plain).scene
    assert ours is not None and theirs is not None
    assert not np.array_equal(ours.retrained, theirs.retrained)
    original = next(panel for panel in audited(asked).panels.values() if panel.title == "Original")
    np.testing.assert_allclose(ours.original, original.logits[-1], atol=1e-4)


def test_the_table_and_the_csv_hold_every_field_beside_retrained():
    asked = view("completeness")
    now = audited(asked)
    titles = audits.titles(asked, now)
    assert list(titles.values()) == ["Greedy mislabelling"]
    table = tables.table(now.audit, now.numbers, titles)
    assert "Completeness C" in table and "mean of 2, range" in table
    lines = by_page.panel_table(asked, STORE).splitlines()
    assert lines[0] == "panel,method,audit,number,value,retrained_mean,retrained_min,retrained_max"
    assert [line.split(",")[3] for line in lines[1:]] == ["c", "inside", "above", "below"]
    assert all(line.startswith(f"{panel_names(asked)[1]},Greedy mislabelling,completeness,") for line in lines[1:])


def test_a_number_that_is_not_defined_is_a_dash_and_an_empty_cell():
    asked = view("relearning")
    now = audited(asked)
    assert "<td>–</td>" in tables.table(now.audit, now.numbers, audits.titles(asked, now))  # retrained has no control
    control = next(line for line in by_page.panel_table(asked, STORE).splitlines() if ",control_peak," in line)
    assert control.endswith(",,,")


def test_where_no_panel_can_be_audited_there_is_no_table():
    asked = view("reconstruction")
    now = audited(asked)
    assert set(now.refused) == set(panel_names(asked)) and not now.numbers
    assert by_page.panel_table(asked, STORE) == ""


@pytest.mark.parametrize("audit", ["relearning", "weight_path", "linear_probe"])
def test_the_picture_that_follows_a_hand_is_the_panel_of_the_page(audit: str):
    asked = view(audit)
    page = unpack(audits.blob(asked, audited(asked))).header
    for index in range(3):
        followed = unpack(audits.alone(asked, index, STORE.memo, silent)).header
        assert followed["scene"]["id"] == page["scene"]["id"]
        assert [one["id"] for one in followed["panels"]] == [page["panels"][index]["id"]]


def test_no_control_is_run_for_a_hand():
    asked, store = view("relearning"), Store(None)
    keys: list[str] = []

    def memo(key: str, thunk: Any) -> Any:
        keys.append(key)
        return store.memo(key, thunk)

    audits.alone(asked, 1, memo, silent)
    assert keys and not [key for key in keys if key.startswith(("audit-control", "audit-matched"))]


def test_an_address_of_the_page_has_its_whole_picture():
    asked = view("weight_path")
    header = unpack(blobs.whole(asked, STORE.memo, silent)).header
    assert header["id"] == unpack(audits.blob(asked, audited(asked))).header["id"]


def test_an_audit_that_is_a_figure_has_no_picture_in_the_player():
    for make in (
        lambda asked: blobs.whole(asked, STORE.memo, silent),
        lambda asked: audits.alone(asked, 1, STORE.memo, silent),
    ):
        with pytest.raises(ValueError, match="Two models is a figure of the page"):
            make(view("two_model_membership"))
