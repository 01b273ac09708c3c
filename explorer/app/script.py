"""What Streamlit runs. It has a folder of its own, because Streamlit puts that folder first on sys.path."""

from explorer.app import run

run()
