"""Turn logits into what every other number is made of: probabilities, loss, margin, entropy, predicted class.

Everything is computed from logits through the log-softmax, so that nothing saturates: with float32 probabilities a
confident model has p = 1 exactly and its margin is lost. A logit of -inf means "this model has no such class".
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Classes = NDArray[np.int64]
# `Any`, as numpy's own reductions have it: a float for one model, an array with one number a model for a stack.
Each = Any


def log_softmax(logits: ArrayLike) -> Numbers:
    """Return log-probabilities in nats, same shape as the logits (..., c); stable for any finite logit.

    Args:
        logits: (..., c); -inf stands for a class that the model lacks, but not in every place.
    """
    z = np.asarray(logits, dtype=np.float64)
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(logits: ArrayLike) -> Numbers:
    """Return probabilities (..., c) that sum to 1 along the last axis."""
    return np.exp(log_softmax(logits))


def predicted(logits: ArrayLike) -> Classes:
    """Return the class with the largest logit (...), the first one on a tie."""
    return np.asarray(logits).argmax(axis=-1).astype(np.int64)


def cross_entropy(logits: ArrayLike, labels: ArrayLike) -> Numbers:
    """Return the cross-entropy of each point in nats (..., n), for logits (..., n, c) and labels (n,)."""
    return -_at_label(log_softmax(logits), labels)


def true_confidence(logits: ArrayLike, labels: ArrayLike) -> Numbers:
    """Return the probability of the true label (..., n)."""
    return np.exp(-cross_entropy(logits, labels))


def phi(logits: ArrayLike, labels: ArrayLike) -> Numbers:
    """Return phi = z_y - logsumexp of the other logits = log(p_y / (1 - p_y)), (..., n); positive = p_y above one half.

    Source: the logit-scaled confidence of Carlini et al., Membership Inference Attacks From First Principles, 2022,
    arXiv:2112.03570, computed from logits instead of probabilities.
    """
    z = np.asarray(logits, dtype=np.float64)
    others = np.where(_is_label(z, labels), -np.inf, z)
    largest = others.max(axis=-1, keepdims=True)
    rest = largest[..., 0] + np.log(np.exp(others - largest).sum(axis=-1))
    return _at_label(z, labels) - rest


def margin(logits: ArrayLike, labels: ArrayLike) -> Numbers:
    """Return the logit of the true class minus the largest other (..., n); 0 = on the boundary, negative = wrong."""
    z = np.asarray(logits, dtype=np.float64)
    return _at_label(z, labels) - np.where(_is_label(z, labels), -np.inf, z).max(axis=-1)


def entropy(logits: ArrayLike) -> Numbers:
    """Return the entropy of the predicted distribution in nats (...), in [0, ln c]; 0 = certain."""
    log_p = log_softmax(logits)
    p = np.exp(log_p)
    return -np.where(p > 0, p * np.where(p > 0, log_p, 0.0), 0.0).sum(axis=-1)


def modified_entropy(logits: ArrayLike, labels: ArrayLike) -> Numbers:
    """Return M = -(1 - p_y) log p_y - sum over j != y of p_j log(1 - p_j), (..., n); small = sure and right.

    Each point's number depends on that point alone, however the points are batched.

    Source: Song and Mittal, Systematic Evaluation of Privacy Risks of Machine Learning Models, 2021, arXiv:2003.10595.
    """
    log_p = log_softmax(logits)
    label = _is_label(log_p, labels)
    log_rest = _log_one_minus(log_p)
    mine = -_at_label(np.exp(log_rest), labels) * _at_label(log_p, labels)
    p = np.where(label, 0.0, np.exp(log_p))
    return mine - (p * np.where(p > 0, log_rest, 0.0)).sum(axis=-1)


def _log_one_minus(log_p: Numbers) -> Numbers:
    """Return log(1 - p) as the log of the sum of the *other* probabilities, which stays exact when p is near 1."""
    p = np.exp(log_p)
    classes = p.shape[-1]
    others = np.stack([np.delete(p, j, axis=-1).sum(axis=-1) for j in range(classes)], axis=-1)
    return np.log(np.maximum(others, np.finfo(np.float64).tiny))


def _is_label(values: Numbers, labels: ArrayLike) -> NDArray[np.bool_]:
    y = cast("NDArray[np.int_]", np.asarray(labels))  # numpy's stubs do not know what `arange` gives here
    classes = cast("NDArray[np.int_]", np.arange(values.shape[-1]))
    return np.broadcast_to(classes == y[..., None], values.shape)


def _at_label(values: Numbers, labels: ArrayLike) -> Numbers:
    y = np.broadcast_to(np.asarray(labels, dtype=np.int64), values.shape[:-1])
    return np.take_along_axis(values, y[..., None], axis=-1)[..., 0]
