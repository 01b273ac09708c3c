"""Results kept by their content, in memory and on disk, and what wrote them."""
