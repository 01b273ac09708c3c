"""Show how strongly a correction shifts the data, and how much a model still depends on what was corrected."""

from __future__ import annotations

import math

import streamlit as st

from explorer import pipeline
from explorer.contents.tables.cells import head, row, table
from explorer.figures.dependence import Cloud, dependence
from explorer.figures.numerals import number, span
from explorer.pages.frame import piece
from explorer.pages.frame.mode import mode
from explorer.pages.parts.chart import chart
from explorer.spec import Spec

SHIFT = {
    "class_priors": ("Shares of the classes", "total variation between before and after, 0 = the same"),
    "flag_on_x": ("Struck by place", "nHSIC of being affected and the inputs, 0 = evenly (uniform)"),
    "classifier_auc": ("Told apart", "AUC of a classifier between before and after, .5 = not at all"),
    "mmd": ("Distance", "squared maximum mean discrepancy, 0 = the same"),
}
FEATURE = (
    "Each point is an affected row with another value in the erased column. A model that no longer depends on the "
    "feature shows no trend. Retrained is not the goal here: after a non-uniform erasure unaffected rows still teach "
    "it the feature."
)
LABELS = (
    "Does what a model gets wrong reveal which rows were affected? Near chance is necessary, not sufficient: one step "
    "can bring it there while the accuracy is still low."
)


def show(spec: Spec, title: str, names: tuple[str, ...]) -> None:
    """Draw the section for one method.

    Args:
        spec: the run.
        title: the method's name.
        names: one name a class.
    """
    found = piece.of_run(pipeline.correction, spec)
    st.html("<h2>How the correction shifts the data</h2>")
    columns = st.columns(len(SHIFT))
    for column, (key, (name, help_)) in zip(columns, SHIFT.items(), strict=True):
        column.metric(name, number(found.shift[key]), help=help_)
    titles = {"original": "Original", "retrained": "Retrained", "unlearned": title}
    if spec.request.kind == "erase_feature":
        clouds = [
            Cloud(titles[role], role, found.value, left.p, left.dependence.nhsic, left.dependence.null,
                  left.dependence.p_value)
            for role, left in found.left.items()
        ]  # fmt: skip
        figure = dependence(clouds, feature=f"x{spec.request.erase_column + 1}", label=names[-1], mode=mode())
        chart(figure, "dependence")
    st.html(_table(found, titles))
    st.caption(FEATURE if spec.request.kind == "erase_feature" else LABELS)


def _table(found: pipeline.Correction, titles: dict[str, str]) -> str:
    rows = {
        "Dependence (nHSIC)": lambda left: number(left.dependence.nhsic),
        "What chance gives (5 % to 95 %)": lambda left: span(*left.dependence.null),
        "p-value, 200 permutations": lambda left: number(left.dependence.p_value),
        "Sensitivity to the erased feature": lambda left: number(left.sensitivity),
    }
    body = "".join(
        row(name, "", "".join(f"<td>{show(left)}</td>" for left in found.left.values()))
        for name, show in rows.items()
        if not (name.startswith("Sensitivity") and all(math.isnan(left.sensitivity) for left in found.left.values()))
    )
    return table([head(titles[role]) for role in found.left], body)
