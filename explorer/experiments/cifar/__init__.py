"""Recorded runs on images: what is planned, how it is made, tuned, written and read."""
