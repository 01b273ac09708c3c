"""Weights of one's own: what is written is read again, and each thing that can be wrong is said in one sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load as read
from safetensors.torch import save as write
from torch import Tensor

from explorer import draws
from explorer.models import Network, flat, load_flat, resnet18
from explorer.models._weights import load, pack, save
from explorer.recording.evaluating import state_of
from tests.models._images import SHAPE, filled, images

Change = Callable[[dict[str, Tensor]], object]


def net(seed: int = 0, classes: int = 10) -> Network:
    return filled(resnet18.build(resnet18.Options(width=8), SHAPE, classes), seed)


def changed(change: Change) -> bytes:
    """Return the bytes of a file in which something was changed."""
    tensors = read(pack(net()))
    change(tensors)
    return write(tensors)


def refusal(content: bytes | Path, model: Network | None = None) -> str:
    """Return what `load` says of a file; the model must come out unchanged."""
    model = model or net(seed=1)
    before = state_of(model)
    with pytest.raises(ValueError) as raised:
        load(model, content)
    assert torch.equal(state_of(model), before)
    return str(raised.value)


def test_what_is_saved_is_loaded_bit_for_bit(tmp_path: Path):
    model = net()
    model.train()(images(4))  # batch statistics that are not those of a fresh network
    save(model, tmp_path / "weights.safetensors", {"recipe": "memorise"})
    other = net(seed=1)
    assert load(other, tmp_path / "weights.safetensors") == {"recipe": "memorise"}
    assert torch.equal(state_of(other), state_of(model))
    assert [file.name for file in tmp_path.iterdir()] == ["weights.safetensors"]


def test_bytes_are_read_as_a_file_is():
    other = net(seed=1)
    assert load(other, pack(net())) == {}
    assert torch.equal(state_of(other), state_of(net()))


def test_the_layout_in_memory_does_not_matter():
    other = net(seed=1)
    load_flat(other, flat(other))  # views into one vector
    assert read(pack(other)).keys() == read(pack(net())).keys()
    load(other, pack(net().to(memory_format=torch.channels_last)))  # type: ignore[call-overload]  # torch's stub lacks it
    assert torch.equal(state_of(other), state_of(net()))


def test_counts_of_batches_may_stand_in_a_file():
    other = net(seed=1)
    load(other, write(net().state_dict()))
    assert torch.equal(state_of(other), state_of(net()))


def test_other_precisions_are_converted():
    half = {name: tensor.half() for name, tensor in read(pack(net())).items()}
    other = net(seed=1)
    load(other, write(half))
    assert other.head.weight.dtype == torch.float32
    assert torch.equal(other.head.weight, net().head.weight.half().float())


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "weights.safetensors"
    save(net(), path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("explorer.whole_files.os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        save(net(seed=1), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_another_shape_is_refused():
    said = refusal(pack(net(classes=20)))
    assert said == "`head.weight` must have shape (10, 64), found (20, 64)"


def test_a_missing_tensor_is_refused():
    said = refusal(changed(lambda tensors: tensors.pop("head.bias")))
    assert said == (
        "the file must hold `head.bias` of shape (10,), found none of that name "
        "(unknown there: only others of this network's)"
    )


def test_other_names_are_refused_with_what_is_there():
    said = refusal(changed(lambda tensors: tensors.update({"out.bias": tensors.pop("head.bias")})))
    assert said == "the file must hold `head.bias` of shape (10,), found none of that name (unknown there: out.bias)"


def test_an_unknown_tensor_is_refused():
    count = len(read(pack(net())))
    said = refusal(changed(lambda tensors: tensors.update({"extra": torch.zeros(2, 3)})))
    assert said == (
        f"the file must hold the {count} tensors of this network and no other, found `extra` of shape (2, 3)"
    )


def test_whole_numbers_are_refused():
    said = refusal(changed(lambda tensors: tensors.update({"head.bias": torch.zeros(10, dtype=torch.int64)})))
    assert said == "`head.bias` must hold floating-point numbers, found int64"


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e300])
def test_numbers_that_are_not_finite_are_refused(bad: float):
    values = torch.zeros(10, dtype=torch.float64)
    values[3] = bad  # 1e300 is infinite as float32
    said = refusal(changed(lambda tensors: tensors.update({"head.bias": values})))
    assert said == "`head.bias` must hold finite numbers, found 1 of 10 that are not"


def test_negative_variances_are_refused_and_zero_is_not():
    name = "stem.1.running_var"
    variance = read(pack(net()))[name]
    variance[2] = -0.25
    said = refusal(changed(lambda tensors: tensors.update({name: variance})))
    assert said == f"`{name}` must hold variances of at least 0, found -0.25"
    load(net(seed=1), changed(lambda tensors: tensors.update({name: variance.clamp(min=0)})))


@pytest.mark.parametrize("content", [b"", b"x", b"GIF89a" * 100, pack(net())[:-1], pack(net())[:100]])
def test_what_is_no_safetensors_file_is_refused(content: bytes):
    said = refusal(content)
    assert said.startswith("weights must be a safetensors file, or what torch.save writes of a state_dict, got ")
    assert "safetensors.torch.save_file" in said and "\n" not in said


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    said = refusal(tmp_path / "none.safetensors")
    assert said.startswith("the file of weights cannot be read: No such file or directory, ")


def test_reading_draws_nothing():
    content, before = pack(net()), torch.get_rng_state()
    load(filled(net(), 1), content)
    assert torch.equal(torch.get_rng_state(), before)
    assert draws.generator(0).initial_seed() == 0
