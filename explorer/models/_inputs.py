"""Make weights fit the inputs that they are fed here, where they learnt from inputs divided by other deviations.

A network here sees z = (x - mean) / std, channel by channel, with the published constants of its data set. Where its
weights learnt from z' = (x - mean) / std', the same function is had from z by scaling the first convolution:

    w * z' = (w std / std') * z

Its zero padding is the mean in both, so this is exact. Another mean is not: there the padding would be another colour.

What a file's weights learnt from stands in it as `normalize.mean` and `normalize.std`, as in repositories whose
networks standardise by themselves, or is said beside it (`with_deviations`).
"""

from __future__ import annotations

import torch
from torch import Tensor

TEN = ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))  # means and deviations of all pixels of CIFAR-10
HUNDRED = ((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762))  # of CIFAR-100, and so of CIFAR-20
OF_IMAGES = (0.2023, 0.1994, 0.2010)  # the means of the deviations of CIFAR-10's single images, often used instead
CLOSE = 1e-3  # constants are published to three or four digits
_MEAN, _STD = "normalize.mean", "normalize.std"


def with_deviations(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors of a file with what it does not say: that they learnt from inputs divided by `OF_IMAGES`.

    Raises:
        ValueError: if it says by itself what they learnt from.
    """
    if _MEAN in tensors or _STD in tensors:
        raise ValueError(f"the file says its own deviations, as `{_STD}`: leave out `deviations`")
    return {**tensors, _MEAN: torch.tensor(TEN[0]), _STD: torch.tensor(OF_IMAGES)}


def fed(tensors: dict[str, Tensor], first: str, classes: int) -> dict[str, Tensor]:
    """Return the tensors of a file as they fit the inputs here, without `normalize.mean` and `normalize.std`.

    Args:
        tensors: of a file.
        first: name of the first convolution's weight (out, 3, h, w).
        classes: of the network: 10 are those of CIFAR-10, any others those of CIFAR-100 or CIFAR-20.

    Raises:
        ValueError: one sentence, if they learnt from inputs with other means.
    """
    if _MEAN not in tensors and _STD not in tensors:
        return tensors
    rest = {name: tensor for name, tensor in tensors.items() if name not in (_MEAN, _STD)}
    means, deviations = TEN if classes == 10 else HUNDRED
    mean, std = (_three(tensors, name) for name in (_MEAN, _STD))
    if not all(abs(one - other) <= CLOSE for one, other in zip(mean, means, strict=True)):
        raise ValueError(f"`{_MEAN}` must be {means}, which inputs have here, found {tuple(round(m, 4) for m in mean)}")
    if not all(one > 0 for one in std):
        raise ValueError(f"`{_STD}` must be above 0, found {tuple(round(s, 4) for s in std)}")
    close = all(abs(one - other) <= CLOSE for one, other in zip(std, deviations, strict=True))
    if close or first not in rest or rest[first].shape[1:2] != (3,) or not rest[first].is_floating_point():
        return rest  # what does not fit is said when all names and shapes are looked at
    scale = torch.tensor([other / one for one, other in zip(std, deviations, strict=True)])
    return {**rest, first: rest[first].float() * scale[:, None, None]}


def _three(tensors: dict[str, Tensor], name: str) -> list[float]:
    tensor = tensors.get(name)
    if tensor is None or tensor.numel() != 3:
        found = "none" if tensor is None else f"shape {tuple(tensor.shape)}"
        raise ValueError(f"`{name}` must hold three numbers, one a channel, found {found}")
    return [float(value) for value in tensor.flatten()]
