"""Show what a certified method promises, how it kept account of it, and how far the best attacker comes."""

from __future__ import annotations

import streamlit as st

from explorer import pipeline
from explorer.contents.tables.cells import head, row, table
from explorer.figures.certificate import account, readings
from explorer.figures.numerals import number
from explorer.pages.frame import piece
from explorer.pages.frame.mode import mode
from explorer.pages.parts.chart import chart
from explorer.records import Certificate
from explorer.spec import Spec

ACCOUNT = (
    "Look at how far the truth stays below the bound that keeps the account. The cursor stands at the player's step. "
    "It does not show whether the model is of use."
)
READINGS = (
    "Look at whether the two kinds of dots can be told apart: each is one draw of the noise. It does not show the "
    "other directions, along which they do not differ."
)
CHOSEN = (
    "The promise is about points that are chosen without looking at the model. Points near its boundary, the most "
    "memorised ones, or a lasso on this picture are chosen by looking."
)
LOOKED = "These points were chosen by looking at the model or its picture, so nothing is promised for them here."
EXACT = "A certificate says how nearly unlearned is retrained, in distribution. It is no exact unlearning."


def show(spec: Spec, panel: str, title: str) -> None:
    """Draw the section for one method.

    Args:
        spec: the run.
        panel: its panel in the player.
        title: the method's name.
    """
    found = piece.of_run(pipeline.certificate, spec)
    st.html("<h2>What the certificate promises</h2>")
    st.html(f"<p>{_sentence(found.promise)} {_sentence(found.account)}</p>")
    if pipeline.by_looking(spec):
        st.warning(LOOKED, icon=":material/visibility:")
    left, right = st.columns(2, gap="medium")
    with left:
        chart(account(found, panel=panel, title=title, mode=mode()), "certificate:account")
        st.caption(ACCOUNT)
    with right:
        chart(readings(found, title=title, mode=mode()), "certificate:readings")
        st.caption(f"The attacker reads {found.reading}. {READINGS}")
    st.html(_table(found, title))
    st.caption(f"{CHOSEN} {EXACT}")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _table(found: Certificate, title: str) -> str:
    heads = [head("Original, nothing deleted"), head(title), head("At most, by the promise"), head("Guessing")]
    aucs = (found.auc_before, found.auc, found.cap, 0.5)
    apart = (found.shift_before, found.shift, found.allowed, 0.0)
    rows = {"Best attacker's AUC": aucs, "Means apart (deviations of the noise)": apart}
    body = "".join(row(name, "", "".join(f"<td>{number(one)}</td>" for one in ones)) for name, ones in rows.items())
    return table(heads, body)
