"""Sections that several pages draw, or that are too long for a page's file."""
