"""Say what each request of a stream gives to a method.

    request t: forget = batch t,  retain = what remains,  model = the answer to request t - 1

Nothing of earlier batches is in it any more. Two kinds of method cannot start from an answer. One that reads the record
of training starts from the original each time, with all points asked for so far: the record is of that original. One
with an original of its own is told which rows are gone, request by request: what it keeps beside that original is
numbered by them, or is an account of every deletion since.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from explorer.methods._method import Method, Request
from explorer.pipeline.run import Run
from explorer.pipeline.sets import batches
from explorer.pipeline.starts import request_of
from explorer.pipeline.worlds.points import examples_of
from explorer.records import Int
from explorer.spec import refuse_mismatch
from explorer.training import Examples


def refuse(run: Run) -> None:
    """Refuse a stream that cannot be, before anything is computed of it.

    Raises:
        SpecError: one sentence.
    """
    batches_of(run)
    refuse_mismatch(run.spec, whole_class=False)


def batches_of(run: Run) -> Int:
    """Return the rows (T, size) that each request names, in the order of the requests.

    Raises:
        SpecError: if the Spec has no stream, or the data cannot have it.
    """
    return run.once("batches", lambda: batches(run.spec, run.memo))


def asked_by(run: Run, t: int) -> Int:
    """Return the rows that the first t requests name, ascending."""
    return np.sort(batches_of(run)[:t].ravel())


def left_after(run: Run, t: int) -> Int:
    """Return the rows that remain after t requests, ascending."""
    return np.setdiff1d(np.arange(len(run.sets.before)), asked_by(run, t))


def starts_anew(method: Method) -> bool:
    """Return whether a method answers every request from the original of before the first."""
    return method.needs_record and method.own_original is None


def request_at(run: Run, t: int) -> Request:
    """Return request t, from 1, as a method is given it; without the record of training."""
    whole, batch = request_of(run), batches_of(run)[t - 1]
    if starts_anew(run.method):
        batch = asked_by(run, t)

    def part(rows: Int) -> Examples:
        return examples_of(run.data, run.sets.before, rows)

    request = replace(whole, forget=part(batch), retain=part(left_after(run, t)), rows=torch.from_numpy(batch))
    if starts_anew(run.method):
        return request
    if run.method.own_original is not None:
        return replace(request, earlier=torch.from_numpy(batches_of(run)[: t - 1]))
    there = left_after(run, t - 1)
    return replace(request, before=part(there), rows=torch.from_numpy(np.searchsorted(there, batch)))
