"""Files as other repositories write them: the same logits under our names, and one sentence for each that cannot be."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save as write
from torch import Tensor, nn

from explorer.data.cifar import _HUNDRED, _TEN
from explorer.models import Network, _inputs, compact, resnet18, vgg11
from explorer.models._weights import FILES, MAX_BYTES, checked, load, pack
from explorer.recording.evaluating import state_of
from tests.models._images import SHAPE, filled, images
from tests.models._usual import UsualResNet18, UsualVGG11, prefixed, shaken

X = images(6)


def net(seed: int = 1, classes: int = 10) -> Network:
    return filled(resnet18.build(resnet18.Options(width=8), SHAPE, classes), seed)


def vgg(seed: int = 1) -> Network:
    return filled(vgg11.build(vgg11.Options(width=8), SHAPE, 10), seed)


def saved(content: Any, **how: Any) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, **how)
    return file.getvalue()


def usual(**names: str) -> dict[str, Tensor]:
    return shaken(UsualResNet18(8, 10, **names)).state_dict()


def same(model: Network, other: nn.Module) -> bool:
    with torch.no_grad():
        return torch.equal(model(X), other(X))


def refusal(content: bytes, model: Network | None = None) -> str:
    """Return what `load` says of a file: one line, and the model stays as it was."""
    model = model or net()
    before = state_of(model)
    with pytest.raises(ValueError) as raised:
        load(model, content)
    assert torch.equal(state_of(model), before) and "\n" not in str(raised.value)
    return str(raised.value)


# --- what is read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "module._orig_mod."])
@pytest.mark.parametrize("names", [{}, {"around": "downsample", "head": "fc"}], ids=["shortcut", "downsample"])
def test_the_usual_resnet18_gives_the_same_logits_under_our_names(prefix: str, names: dict[str, str]):
    theirs: Any = shaken(UsualResNet18(8, 10, **names))
    mine: Any = net()
    assert not same(mine, theirs)
    load(mine, saved(prefixed(theirs.state_dict(), prefix)))
    with torch.no_grad():
        assert torch.allclose(mine(X), theirs(X), rtol=1e-5, atol=1e-6)  # means are summed in another order
        assert torch.equal(mine.body(mine.stem(X)), theirs.layer4(_before(theirs)))


def _before(model: Any) -> Tensor:
    x = torch.relu(model.bn1(model.conv1(X)))
    return model.layer3(model.layer2(model.layer1(x)))


@pytest.mark.parametrize("holder", ["state_dict", "model_state_dict", "model", "net"])
def test_a_checkpoint_is_opened(holder: str):
    mine, theirs = net(), net(seed=2)
    load(mine, saved({"epoch": 30, "best": torch.tensor(0.9), holder: theirs.state_dict(), "optimizer": {"lr": 0.1}}))
    assert same(mine, theirs)


def test_safetensors_may_have_the_usual_names_too():
    mine, other = net(), net()
    load(mine, write(prefixed(usual(), "module.")))
    load(other, saved(usual()))
    assert torch.equal(state_of(mine), state_of(other))


@pytest.mark.parametrize("model", [net(seed=2), vgg(seed=2)], ids=["resnet18", "vgg11"])
def test_our_own_names_are_read_from_what_torch_saves(model: Network):
    mine = net() if isinstance(model, resnet18.ResNet18) else vgg()
    load(mine, saved(prefixed(model.state_dict(), "module.")))
    assert same(mine, model)


def test_compact_is_read_under_its_own_names():
    mine, theirs = (filled(compact.build(compact.Options(width=4), SHAPE, 10), seed) for seed in (1, 2))
    load(mine, saved({"net": theirs.state_dict()}))
    assert same(mine, theirs)


@pytest.mark.parametrize("classifier", [nn.Linear(64, 10), nn.Sequential(nn.Dropout(), nn.Linear(64, 10))], ids=str)
def test_the_usual_vgg11_gives_the_same_logits(classifier: nn.Module):
    theirs, mine = shaken(UsualVGG11(8, classifier)), vgg()
    load(mine, saved({"state_dict": theirs.state_dict()}))
    assert same(mine, theirs)


def test_what_is_kept_of_a_file_is_its_one_network_under_the_hash_of_the_file():
    content = saved({"net": prefixed(usual(), "module."), "optimizer": {"state": torch.zeros(100_000)}})
    kept = FILES.recall(FILES.remember(content))
    assert kept == checked(content) and len(kept) < len(content) / 1.3
    assert len(FILES.remember(content)) == 64 and FILES.remember(kept) != FILES.remember(content)


# --- other deviations ---------------------------------------------------------------------------------------------


def test_the_constants_are_those_by_which_images_are_standardised():
    assert (_inputs.TEN, _inputs.HUNDRED) == (_TEN, _HUNDRED)


class Standardising(nn.Module):
    """A network that takes pixels from 0 to 1, as some repositories have it."""

    def __init__(self, inner: nn.Module, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.inner = inner
        self.mean, self.std = (torch.tensor(values)[:, None, None] for values in (mean, std))

    def forward(self, x: Tensor) -> Tensor:
        return self.inner((x - self.mean) / self.std)


@pytest.mark.parametrize("std", [_inputs.TEN[1], _inputs.OF_IMAGES, (0.2, 0.25, 0.3)], ids=str)
def test_weights_that_learnt_from_other_deviations_answer_the_same_pixels_the_same(std: tuple[float, ...]):
    theirs, mine = shaken(UsualResNet18(8, 10)), net()
    own = {"normalize.mean": torch.tensor(_TEN[0]), "normalize.std": torch.tensor(std)}
    load(mine, saved({**theirs.state_dict(), **own}))
    pixels = torch.rand(6, *SHAPE, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        wanted = Standardising(theirs, _TEN[0], std)(pixels)
        assert torch.allclose(Standardising(mine, *_TEN)(pixels), wanted, rtol=1e-3, atol=1e-4)


def test_deviations_may_be_said_beside_the_file():
    content, mine, other = saved(usual()), net(), net()
    sha256 = FILES.remember(content)
    load(mine, FILES.at_hand(resnet18.Options(width=8, sha256=sha256, deviations="of_images")) or b"")
    stem = usual()["conv1.weight"]
    assert torch.allclose(mine.state_dict()["stem.0.weight"][0, 0], stem[0, 0] * (0.2470 / 0.2023))
    load(other, FILES.at_hand(resnet18.Options(width=8, sha256=sha256)) or b"")
    assert torch.equal(other.state_dict()["stem.0.weight"], stem)


@pytest.mark.parametrize(
    ("own", "classes", "sentence"),
    [
        (
            {"normalize.mean": torch.full((3,), 0.5), "normalize.std": torch.full((3,), 0.5)}, 10,
            "`normalize.mean` must be (0.4914, 0.4822, 0.4465), which inputs have here, found (0.5, 0.5, 0.5)",
        ),
        (
            {"normalize.mean": torch.tensor(_TEN[0]), "normalize.std": torch.tensor(_TEN[1])}, 100,
            "`normalize.mean` must be (0.5071, 0.4865, 0.4409), which inputs have here, found (0.4914, 0.4822, 0.4465)",
        ),
        (
            {"normalize.mean": torch.tensor(_TEN[0]), "normalize.std": torch.tensor([0.2, 0.0, 0.2])}, 10,
            "`normalize.std` must be above 0, found (0.2, 0.0, 0.2)",
        ),
        ({"normalize.mean": torch.tensor(_TEN[0])}, 10,
         "`normalize.std` must hold three numbers, one a channel, found none"),
        ({"normalize.std": torch.ones(2)}, 10, "`normalize.mean` must hold three numbers, one a channel, found none"),
    ],
    ids=["means", "data", "zero", "half", "two"],
)  # fmt: skip
def test_other_means_are_refused(own: dict[str, Tensor], classes: int, sentence: str):
    theirs = shaken(UsualResNet18(8, classes)).state_dict()
    assert refusal(saved({**theirs, **own}), net(classes=classes)) == sentence


# --- what does not fit --------------------------------------------------------------------------------------------


def test_another_number_of_classes_says_both_names_and_both_shapes():
    said = refusal(saved(shaken(UsualResNet18(8, 100)).state_dict()))
    assert said == "`linear.weight` (here `head.weight`) must have shape (10, 64), found (100, 64)"


def test_a_stem_for_large_images_says_both_shapes():
    theirs = usual()
    theirs["conv1.weight"] = torch.zeros(8, 3, 7, 7)
    said = refusal(saved(theirs))
    assert said == "`conv1.weight` (here `stem.0.weight`) must have shape (8, 3, 3, 3), found (8, 3, 7, 7)"


def test_a_missing_tensor_is_named_with_what_is_unknown_in_the_file():
    theirs = usual()
    theirs["last.weight"] = theirs.pop("linear.weight")
    said = refusal(saved(theirs))
    assert said == (
        "the file must hold `head.weight` of shape (10, 64), found none of that name (unknown there: last.weight)"
    )


def test_a_vgg11_with_several_layers_at_its_end_says_which_shape_is_wanted():
    ends = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Dropout(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 10))
    said = refusal(saved(shaken(UsualVGG11(8, ends)).state_dict()), vgg())
    assert said == (
        "the vgg11 here has one linear layer after its convolutions: wanted `classifier.weight` of shape (10, 64), "
        "found 3: classifier.0.weight (32, 64), classifier.3.weight (32, 32), classifier.5.weight (10, 32)"
    )


def test_a_vgg11_with_batch_normalisation_is_refused():
    theirs = {"features.0.weight": torch.zeros(8, 3, 3, 3), "features.1.running_mean": torch.zeros(8)}
    said = refusal(saved(theirs), vgg())
    assert said == "the vgg11 here has no batch normalisation, found `features.1.running_mean` of shape (8,)"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"module.conv1.weight": torch.zeros(1)},
         "`conv1.weight` must stand in the file once, found it with and without `module.`"),
        ({"fc.bias": torch.zeros(10)}, "`fc.bias` and `linear.bias` both stand for `head.bias`"),
        ({"linear.bias": torch.zeros(10, dtype=torch.int64)},
         "`linear.bias` must hold floating-point numbers, found int64"),
        ({"linear.bias": torch.full((10,), torch.nan)},
         "`linear.bias` (here `head.bias`) must hold finite numbers, found 10 of 10 that are not"),
        ({"linear.bias": "zero"}, "`linear.bias` must be a tensor, found str"),
        ({7: torch.zeros(1)}, "the tensors in a file of weights must have names that are text, found 7"),
        ({"linear.bias": torch.zeros(10).to_sparse()},
         "`linear.bias` must hold its numbers one by one, found a tensor of another kind"),
        ({"linear.bias": torch.zeros(1).expand(10**12)},
         f"the tensors in a file of weights must take at most {MAX_BYTES:,} bytes, these claim 4,000,000,710,528"),
    ],
    ids=["twice", "two names", "whole numbers", "nan", "text", "number", "sparse", "huge"],
)  # fmt: skip
def test_a_wrong_tensor_is_one_sentence(change: dict[Any, Any], sentence: str):
    said = refusal(saved({**usual(), **change}))
    assert said == sentence


# --- what cannot be read ------------------------------------------------------------------------------------------


class Bomb:
    """Runs code where it is unpickled."""

    def __reduce__(self) -> Any:
        return Path.touch, (Path(BOMB),)


BOMB = "exploded"


def test_a_file_that_would_run_code_is_refused_and_runs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    said = refusal(saved({"state_dict": usual(), "args": Bomb()}))
    assert said.startswith("the file must hold tensors only, found getattr, which is not run; write one with")
    assert list(tmp_path.iterdir()) == []


def test_a_whole_model_is_refused_with_the_remedy():
    said = refusal(saved(UsualResNet18(8, 10)))
    assert said == (
        "the file must hold tensors only, found tests.models._usual.UsualResNet18, which is not run; "
        "write one with torch.save(model.state_dict(), path)"
    )


def test_a_pickle_of_old_or_of_no_torch_at_all_is_refused():
    for content in (
        saved(usual(), _use_new_zipfile_serialization=False), pickle.dumps(Bomb()), pickle.dumps({"a": 1}, 2)
    ):  # fmt: skip
        assert refusal(content).startswith("the file must be what torch.save writes since version 1.6, got an older")


def zipped(parts: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_zip_that_is_not_torchs_is_refused():
    assert refusal(zipped({"a": b"none"})).startswith("the file must be what torch.save writes, got another zip; ")
    said = refusal(zipped({"archive/data.pkl": b"none"}))
    assert said.startswith("the file cannot be read with torch.load(..., weights_only=True): ")


def test_a_small_file_that_unpacks_to_a_large_one_is_refused():
    content = zipped({"archive/data.pkl": b"", "archive/data/0": bytes(2 * MAX_BYTES)}, zipfile.ZIP_DEFLATED)
    assert len(content) < 1_000_000
    assert refusal(content) == (
        f"a file of weights must take at most {MAX_BYTES:,} bytes when unpacked, this takes {2 * MAX_BYTES:,}"
    )


def test_a_file_that_is_cut_short_anywhere_is_one_sentence():
    content = saved(usual())
    for end in (4, 100, len(content) // 2, len(content) - 100, len(content) - 1):
        assert refusal(content[:end]).startswith(("the file of weights is cut short or damaged: ", "the file"))


def test_a_damaged_pickle_is_one_sentence():
    content = saved(usual())
    start = content.index(b"\x80\x02")
    for at in range(start, start + 400, 23):
        with pytest.raises(ValueError) as raised:
            load(net(), content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "content", [[1, 2], {}, {"net": {}}, {"epoch": 3}, torch.zeros(3), {"model": {"a": 1}}], ids=str
)
def test_a_file_without_a_network_is_refused(content: Any):
    assert "must hold a" in refusal(saved(content))


def test_a_file_with_two_networks_is_refused():
    said = refusal(saved({"model": usual(), "net": usual()}))
    assert said == "the file must hold the tensors of one network, found them under model and net"


def test_a_file_of_too_many_bytes_is_not_looked_at():
    said = refusal(b"PK" + bytes(MAX_BYTES))
    assert said == f"a file of weights must be at most {MAX_BYTES:,} bytes, got {MAX_BYTES + 2:,}"


def test_a_safetensors_file_whose_length_looks_like_a_pickles_mark_is_read():
    content = pack(net(seed=2))
    length = int.from_bytes(content[:8], "little")
    wider = length + (0x80 - length) % 256
    mine = net()
    load(mine, wider.to_bytes(8, "little") + content[8 : 8 + length].ljust(wider) + content[8 + length :])
    assert wider % 256 == 0x80 and same(mine, net(seed=2))
