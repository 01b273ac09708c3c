"""Say whether image data lie on this machine, fetch them, and name their classes; for the pages."""

from explorer.data.cifar import NAMES, available, class_names, download, place, subclass_names

__all__ = ["NAMES", "available", "class_names", "download", "place", "subclass_names"]
