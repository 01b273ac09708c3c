"""The table behind a figure as files and on its page."""

import csv
import io

import numpy as np

from explorer.contents.tables.formats import Row, as_csv, as_html, as_latex
from explorer.records import Band

COLUMNS = {"forget": "Forget accuracy", "auc": "Loss AUC"}
ROWS = [
    Row("Retrained", {"forget": Band((0.1, 0.3)), "auc": Band((0.5,))}, "reference"),
    Row("A & B_1", {"forget": Band((np.nan,))}, "100 % defaults"),
]


def test_csv_has_full_precision_and_empty_cells_for_what_is_not_defined():
    rows = list(csv.DictReader(io.StringIO(as_csv(ROWS, COLUMNS))))
    assert float(rows[0]["forget_mean"]) == 0.2
    assert (rows[0]["forget_min"], rows[0]["forget_max"], rows[0]["forget_n"]) == ("0.1", "0.3", "2")
    assert (rows[1]["forget_mean"], rows[1]["auc_mean"], rows[1]["forget_n"]) == ("", "", "0")
    assert rows[1]["tuned_how"] == "100 % defaults"


def test_latex_has_bands_dashes_and_no_raw_special_characters():
    text = as_latex(ROWS, COLUMNS, caption="5 seeds")
    assert r"Retrained & 0.200 {\small [0.100, 0.300]} & 0.500 & reference \\" in text
    assert r"A \& B\_1 & -- & -- & 100 \% defaults \\" in text


def test_on_the_page_a_number_of_one_model_has_no_range():
    columns = {"forget": "Forget", "test": "Test"}
    rows = [Row("JiT", {"forget": Band((0.25, 0.5)), "test": Band((0.5,))}, "a & b"), Row("None", {}, "never")]
    text = as_html(rows, columns)
    assert "JiT<small>a &amp; b</small></th><td>.375<small>.250–.500</small></td><td>.500</td></tr>" in text
    assert "None<small>never</small></th><td>–</td><td>–</td></tr>" in text
