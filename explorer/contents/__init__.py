"""What a page shows, computed; nothing here knows Streamlit."""
