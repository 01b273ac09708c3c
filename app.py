"""The app: page config, the list of pages, shared controls. Start it with `streamlit run app.py` or `make run`."""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # must stand before torch is imported: more threads are slower here

import streamlit as st  # noqa: E402

from explorer.pages import _shell  # noqa: E402

st.set_page_config(page_title="Unlearning Explorer", page_icon=_shell.ICON, layout="wide")
_shell.run([_shell.page("watch", default=True), _shell.page("method"), _shell.page("compare")])
