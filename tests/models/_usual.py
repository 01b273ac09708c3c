"""The usual networks of unlearning repositories, written here from their descriptions, with the names used there."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int, around: str) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.around = around
        if inputs != outputs or stride != 1:
            self.add_module(
                around, nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
            )

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (getattr(self, self.around)(x) if hasattr(self, self.around) else x))


class UsualResNet18(nn.Module):
    """ResNet-18 for 32 x 32 images, as most repositories have it.

    `around` names the way around a block ("shortcut" or "downsample"), `head` the last layer ("linear" or "fc").
    """

    def __init__(self, width: int, classes: int, around: str = "shortcut", head: str = "linear") -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        inputs = width
        for stage in range(4):
            outputs = width * 2**stage
            first = Block(inputs, outputs, 1 if stage == 0 else 2, around)
            self.add_module(f"layer{stage + 1}", nn.Sequential(first, Block(outputs, outputs, 1, around)))
            inputs = outputs
        self.head = head
        self.add_module(head, nn.Linear(inputs, classes))

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn1(self.conv1(x)))
        for stage in range(4):
            x = getattr(self, f"layer{stage + 1}")(x)
        return getattr(self, self.head)(F.avg_pool2d(x, x.shape[-1]).flatten(1))


class UsualVGG11(nn.Module):
    """VGG-11 for 32 x 32 images: `features` as torchvision has them, then `classifier`."""

    def __init__(self, width: int, classifier: nn.Module) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 3
        for times in (1, "M", 2, "M", 4, 4, "M", 8, 8, "M", 8, 8, "M"):
            if times == "M":
                layers.append(nn.MaxPool2d(2, 2))
            else:
                layers += [nn.Conv2d(inputs, times * width, 3, padding=1), nn.ReLU()]
                inputs = times * width
        self.features, self.classifier = nn.Sequential(*layers), classifier

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).flatten(1))


def shaken(model: nn.Module, seed: int = 0) -> nn.Module:
    """Return the network in eval mode with weights and batch statistics that are none's at the start."""
    rng = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name.endswith("running_var"):
                tensor.copy_(torch.rand(tensor.shape, generator=rng) + 0.5)
            elif tensor.is_floating_point():
                tensor.copy_(torch.randn(tensor.shape, generator=rng) / max(tensor[0].numel(), 4) ** 0.5)
    return model.eval()


def prefixed(state: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return OrderedDict((f"{prefix}{name}", tensor) for name, tensor in state.items())
