"""The app, from a checkout: `make run` or `streamlit run app.py`. Its pages are listed in explorer/app."""

from explorer.app import run

run()
