"""The table of audits on images: retrained's row is the zero line, what is missing is a dash, and files hold it all."""

import csv
import io
import json
import math

from explorer.contents.tables import image_audits
from explorer.contents.words import method_title
from explorer.records import Band

FOUND = {
    "original": {"weight_path": {"barrier": Band((0.0,)), "nearest": Band((0.0,))}},
    "retrained": {
        "relearning": {"start": Band((0.0,)), "peak": Band((0.25,))},
        "weight_path": {"barrier": Band((2.0, 2.5)), "nearest": Band((1.0, 1.0))},
        "two_model_membership": {
            "auc": Band((0.6, 0.7)), "before_auc": Band((0.61, 0.61)), "new_seed_auc": Band((0.49, 0.49)),
        },
    },
    "jit": {
        "relearning": {"start": Band((0.1,)), "peak": Band((0.75,)), "control_peak": Band((0.3,))},
        "two_model_membership": {"auc": Band((0.65,)), "before_auc": Band((0.61,)), "new_seed_auc": Band((math.nan,))},
    },
}  # fmt: skip


def row(html: str, name: str) -> str:
    return html[html.index(f'"row">{name}<') :].partition("</tr>")[0]


def test_a_method_is_marked_by_whether_it_lies_among_retrained():
    html = image_audits.html(FOUND, method_title)
    retrained, jit = row(html, "Retrained"), row(html, "JiT")
    assert "2.25<small>2–2.5</small>" in retrained and ".250" in retrained
    assert "○</b>.750" in jit and "●</b>.650" in jit
    assert "<td>.100</td>" in jit and "<td>.300</td>" in jit  # what has no goal has no mark
    assert "–" in jit and "<td>0</td>" in row(html, "Original")


def test_a_column_that_nobody_measured_is_left_out():
    html = image_audits.html(FOUND, method_title)
    assert "Three labelled points" not in html and "Highest while relearning" in html
    assert ("linear_probe", "few3") not in image_audits.columns(FOUND)
    assert image_audits.html({}, method_title) == ""


def test_what_two_models_are_held_against_is_said():
    assert image_audits.zero_lines(FOUND) == (
        "Of two models: the loss attack on the original alone has AUC .610, a new seed with nothing deleted .490."
    )
    assert image_audits.zero_lines({}) == ""


def test_the_files_hold_every_number_and_null_where_there_is_none():
    lines = list(csv.DictReader(io.StringIO(image_audits.as_csv(FOUND, method_title))))
    barrier = next(one for one in lines if (one["model"], one["number"]) == ("Retrained", "barrier"))
    assert (barrier["mean"], barrier["min"], barrier["max"], barrier["n"]) == ("2.25", "2.0", "2.5", "2")
    lost = next(one for one in lines if (one["model"], one["number"]) == ("JiT", "new_seed_auc"))
    assert (lost["mean"], lost["n"]) == ("", "0")
    content = json.loads(image_audits.as_json(FOUND, "here", "python -m explorer record --only audits"))
    assert content["models"]["jit"]["relearning"]["peak"]["mean"] == 0.75
    assert content["models"]["jit"]["two_model_membership"]["new_seed_auc"]["mean"] is None
