"""Results that are kept, and runs of many Specs."""
