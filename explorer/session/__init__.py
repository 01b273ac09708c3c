"""One browser tab: its View, how the View changes, its jobs. Nothing here knows Streamlit."""
