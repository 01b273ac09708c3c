"""What ties a page to Streamlit: the tab, the player, progress, the store."""
