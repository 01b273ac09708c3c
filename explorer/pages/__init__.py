"""The Streamlit pages; nothing else knows Streamlit."""
