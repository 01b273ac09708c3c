"""The numbers that compare original, unlearned and retrained models."""
