"""Say what this machine offers to image models; for rooms that do without torch."""

from explorer.training import precision


def has_cuda() -> bool:
    """Say whether image models run on a CUDA device here."""
    return precision.best_device().type == "cuda"
