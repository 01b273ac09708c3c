"""Hand a run to the audits, and ask them for numbers and pictures."""
