"""Solve (curvature + damping) s = g, where the curvature is the Gauss-Newton matrix or the exact Hessian of a loss.

The Gauss-Newton matrix of the cross-entropy is

    G = (1/n) sum_i J_i^T (diag(p_i) - p_i p_i^T) J_i,   J_i = d logits_i / d w,   p_i = softmax of the logits

It has no negative eigenvalue, and is the Hessian itself where the logits are linear in the weights. The Hessian of a
network has negative eigenvalues even where its loss is at a minimum for other data: only a damping beyond them makes a
step along it go downhill.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from explorer.methods._shared.double import doubled
from explorer.methods._shared.flat import Flat
from explorer.training import Examples

DENSE = 3000  # weights from which on no matrix is formed
CG_STEPS = 20
CG_TOLERANCE = 1e-3
_TINY = 1e-30

Product = Callable[[Tensor], Tensor]


class GaussNewton:
    """The Gauss-Newton matrix of a mean loss at some weights, ready to be solved with one damping after another."""

    def __init__(self, flat: Flat, vector: Tensor, x: Tensor, scale: float | None = None) -> None:
        """Form the matrix, or below a size that allows it only note where it stands.

        Args:
            flat: the network.
            vector: (p,) its weights.
            x: (n, ...) inputs over which the loss runs.
            scale: factor of the sum over them; 1 / n if not given.
        """
        self._flat, self._vector, self._x = flat, vector, x
        self._scale = 1 / len(x) if scale is None else scale
        self._matrix: Tensor | None = None
        if len(vector) < DENSE:
            self._rows = roots(flat, vector, x) * self._scale**0.5
            wide = len(self._rows) < len(vector)
            # In single precision: its error is far below any damping. The solution is in double precision.
            self._matrix = doubled(self._rows @ self._rows.T if wide else self._rows.T @ self._rows)
            self._wide = wide

    def solve(self, gradient: Tensor, damping: float) -> Tensor:
        """Return (G + damping I)^-1 gradient; by conjugate gradients (20 steps, .1 %) above 3,000 weights."""
        if self._matrix is None:
            return conjugate_gradients(lambda v: self.product(v) + damping * v, gradient, CG_STEPS, CG_TOLERANCE)
        eye = torch.eye(len(self._matrix)).to(self._matrix)
        factor = torch.linalg.cholesky(self._matrix + damping * eye)
        right = doubled(gradient)
        if not self._wide:
            return torch.cholesky_solve(right[:, None], factor)[:, 0].to(gradient)
        # Woodbury: the matrix has no more rank than there are rows.
        rows = doubled(self._rows)
        inner = torch.cholesky_solve((rows @ right)[:, None], factor)[:, 0]
        return ((right - rows.T @ inner) / damping).to(gradient)

    def product(self, direction: Tensor) -> Tensor:
        """Return G v without the matrix."""
        return self._scale * self._flat.gauss_newton_product(self._vector, self._x, direction)


def roots(flat: Flat, vector: Tensor, x: Tensor) -> Tensor:
    """Return rows R (n (c - 1), p) whose R^T R is the Gauss-Newton matrix of the sum of the cross-entropies.

    One class is spare, for only differences of logits count. The covariance of the others has a Cholesky factor in
    closed form: with q_j = the sum of p_k over k > j, row j is sqrt(p_j q_j / (p_j + q_j)) (J_j - sum_{k > j} p_k J_k /
    q_j), all relative to the last logit.
    """
    jacobian = flat.jacobian(vector, x, relative=True)
    with torch.no_grad():
        p = flat.logits(vector, x).softmax(dim=1)
    after = p.flip(1).cumsum(1).flip(1)  # p_j + q_j
    q = after[:, 1:].clamp_min(_TINY)
    p, total = p[:, :-1], after[:, :-1].clamp_min(_TINY)
    size = (p * q / total).sqrt()
    share = torch.triu(p[:, None, :] / q[:, :, None], diagonal=1)  # class k in row j
    rows = size[:, :, None] * (jacobian - share @ jacobian)
    return rows.flatten(0, 1)


def solve_hessian(
    flat: Flat, vector: Tensor, data: Examples, scale: float, damping: float, gradient: Tensor, steps: int
) -> Tensor:
    """Return (H + damping I)^-1 gradient for the exact Hessian H of scale * sum of the cross-entropies.

    Args:
        flat: the network.
        vector: (p,) its weights.
        data: the examples of the loss.
        scale: factor of the sum.
        damping: added to every eigenvalue.
        gradient: (p,) right side.
        steps: products with the Hessian at most; fewer where the equation holds to one part in a million.
    """

    def product(v: Tensor) -> Tensor:
        return scale * flat.hessian_product(vector, data, v) + damping * v

    return minres(product, gradient, steps, 1e-6)


def conjugate_gradients(product: Product, right: Tensor, steps: int, tolerance: float) -> Tensor:
    """Return an approximate solution of A s = right for a positive definite A.

    Args:
        product: v -> A v.
        right: (p,).
        steps: products at most.
        tolerance: it ends where the residual is this small beside the right side.
    """
    solution = torch.zeros_like(right)
    residual, direction = right.clone(), right.clone()
    square = residual @ residual
    goal = tolerance**2 * square
    for _ in range(steps):
        if square <= goal:
            break
        image = product(direction)
        step = square / (direction @ image)
        solution += step * direction
        residual -= step * image
        before, square = square, residual @ residual
        direction = residual + (square / before) * direction
    return solution


def minres(product: Product, right: Tensor, steps: int, tolerance: float) -> Tensor:
    """Return the s that makes |A s - right| smallest over a growing Krylov space, for a symmetric A of any sign.

    The images A p of the search directions p are kept orthogonal, each against the two before it.

    Args:
        product: v -> A v.
        right: (p,).
        steps: products at most.
        tolerance: it ends where the residual is this small beside the right side.
    """
    solution, residual, direction = torch.zeros_like(right), right.clone(), right
    goal = tolerance * right.norm()
    before: list[tuple[Tensor, Tensor]] = []
    for _ in range(steps):
        image = product(direction)
        for old_direction, old_image in before:
            part = image @ old_image
            direction, image = direction - part * old_direction, image - part * old_image
        size = image.norm()
        if size <= _TINY:
            break
        direction, image = direction / size, image / size
        part = residual @ image
        solution, residual = solution + part * direction, residual - part * image
        if residual.norm() <= goal:
            break
        before = [*before[-1:], (direction, image)]
        direction = image
    return solution
