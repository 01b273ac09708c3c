"""What several methods use; each file holds one idea."""
