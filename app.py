"""The app, from a checkout: `make run` or `streamlit run app.py`. Its pages are listed in explorer/app."""

from pathlib import Path

from streamlit import get_option
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.starlette import App

from explorer.launch import send_at_once
from explorer.service import routes

SCRIPT = Path(__file__).resolve().parent / "explorer/app/script.py"

send_at_once()
app = App(SCRIPT, routes=routes(get_option("server.baseUrlPath")))

if get_script_run_ctx(suppress_warning=True) is not None:
    from explorer.app import run

    run()  # a host that knows no `App` runs this file as a script, and serves no routes
