"""Unlearning Explorer: see how machine unlearning moves a model.

One thread per process is set here, before any room imports torch or numpy's BLAS: with torch's default of two
threads a busy neighbour slows small models down by two orders of magnitude.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

__version__ = "0.1.0"
