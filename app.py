"""The app: page config, the list of pages, shared controls. Start it with `streamlit run app.py` or `make run`."""

import os
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # must stand before torch is imported: more threads are slower here
sys.setswitchinterval(2e-4)  # every torch call gives the lock away: at the usual 5 ms a worker waits for pages forever

import streamlit as st  # noqa: E402

from explorer.pages import shell  # noqa: E402

st.set_page_config(page_title="Unlearning Explorer", page_icon=shell.ICON, layout="wide")
NAMES = ("watch", "method", "tradeoff", "attacks", "compare", "images")
shell.run([shell.page(name, default=name == "watch") for name in NAMES])
