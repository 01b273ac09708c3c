"""Requests of a few points of the plane whose labels or second column are to be corrected."""

import dataclasses

import torch

from explorer.methods._method import Answer, Request
from explorer.training import Examples
from tests.methods._hand import Points, request


def correction(forget: Points, corrected: Points, retain: Points, kind: Answer = "correct_labels") -> Request:
    x = torch.tensor([place for place, _ in corrected], dtype=torch.float32)
    should_be = Examples(x, torch.tensor([label for _, label in corrected]))
    erased = 1 if kind == "erase_feature" else -1
    return dataclasses.replace(request(forget, retain), corrected=should_be, kind=kind, erased=erased)
