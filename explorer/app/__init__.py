"""The app: page config, and the pages in the order of `view.PAGES`.

Streamlit runs `script.py` of this folder, which calls `run`; the server around it also has `explorer.service`'s routes.
`config.toml` is Streamlit's configuration: `explorer.launch` hands it over, so that an installed app behaves as one
from a checkout does.
"""

import sys

import streamlit as st

from explorer.pages import shell
from explorer.view import PAGES


def run() -> None:
    """Show the page that the address names."""
    sys.setswitchinterval(2e-4)  # torch calls release the lock: with the usual 5 ms a worker waits for pages forever
    st.set_page_config(page_title="Unlearning Explorer", page_icon=shell.ICON, layout="wide")
    shell.run([shell.page(name, default=name == PAGES[0]) for name in PAGES])
