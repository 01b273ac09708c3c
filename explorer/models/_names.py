"""Read the names that others give to the tensors of these networks.

Known are, beside our own, those of the usual ResNet-18 for CIFAR (`conv1`, `bn1`, `layer1.0.conv1`, ..., `shortcut` or
`downsample`, `linear` or `fc`), and those of the usual VGG-11 without batch normalisation (`features.0`, ...,
`classifier` of one linear layer). Before each may stand what wrappers add: `module.` and `_orig_mod.`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from torch import Tensor

from explorer.knobs import shorten

T = TypeVar("T")
_WRAPPED = re.compile(r"^(?:(?:module|_orig_mod)\.)+")
_CONVOLUTIONS = (0, 3, 6, 8, 11, 13, 16, 18)  # places of VGG-11's convolutions in `features`
_CLASSIFIER = re.compile(r"classifier\.\d+\.weight")
_NORM = re.compile(r"features\.\d+\.running_mean")


def _block(found: re.Match[str]) -> str:
    rest = re.sub(r"^bn([12])\.", r"norm\1.", found[3]).replace("downsample.", "shortcut.")
    return f"body.{2 * (int(found[1]) - 1) + int(found[2])}.{rest}"


def _convolution(found: re.Match[str]) -> str:
    place = int(found[1])
    return f"body.{_CONVOLUTIONS.index(place)}.0.{found[2]}" if place in _CONVOLUTIONS else found[0]


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"conv1\.(.+)"), lambda found: f"stem.0.{found[1]}"),
    (re.compile(r"bn1\.(.+)"), lambda found: f"stem.1.{found[1]}"),
    (re.compile(r"layer([1-4])\.([01])\.(.+)"), _block),
    (re.compile(r"features\.(\d+)\.(weight|bias)"), _convolution),
    (re.compile(r"(?:linear|fc|classifier|classifier\.\d+)\.(weight|bias)"), lambda found: f"head.{found[1]}"),
)


def unwrapped(tensors: Mapping[str, T]) -> dict[str, T]:
    """Return tensors under their names without what wrappers put before them.

    Raises:
        ValueError: if two have one name then.
    """
    found: dict[str, T] = {}
    for name, tensor in tensors.items():
        bare = _WRAPPED.sub("", name)
        if bare in found:
            raise ValueError(f"`{shorten(bare)}` must stand in the file once, found it with and without `module.`")
        found[bare] = tensor
    return found


def ours(given: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> dict[str, str]:
    """Return name in this package -> name in the file. What is unknown keeps its name.

    Args:
        given: tensors of a file, without what wrappers add.
        wanted: those of the network here.

    Raises:
        ValueError: one sentence with names and shapes, if two names mean one tensor, or the file is of a VGG with
            batch normalisation or with several layers after its convolutions.
    """
    if "body.0.0.weight" in wanted:
        _check_vgg(given, wanted["head.weight"])
    found: dict[str, str] = {}
    for name in given:
        said = name if name in wanted else _translated(name, wanted)
        if said in found:
            raise ValueError(f"`{shorten(found[said])}` and `{shorten(name)}` both stand for `{shorten(said)}`")
        found[said] = name
    return found


def _translated(name: str, wanted: Iterable[str]) -> str:
    for pattern, said in _RULES:
        match = pattern.fullmatch(name)
        if match and said(match) in wanted:
            return said(match)
    return name


def _check_vgg(given: Mapping[str, Tensor], head: Tensor) -> None:
    norm = next(filter(_NORM.fullmatch, given), "")
    if norm:
        raise ValueError(
            f"the vgg11 here has no batch normalisation, found `{norm}` of shape {tuple(given[norm].shape)}"
        )
    layers = sorted(filter(_CLASSIFIER.fullmatch, given), key=lambda name: int(name.split(".")[1]))
    if len(layers) > 1:
        shapes = ", ".join(f"{name} {tuple(given[name].shape)}" for name in layers)
        raise ValueError(
            f"the vgg11 here has one linear layer after its convolutions: wanted `classifier.weight` of shape "
            f"{tuple(head.shape)}, found {len(layers)}: {shapes}"
        )
