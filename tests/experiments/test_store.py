import errno
import io
import json
import multiprocessing
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer import records
from explorer.contents.picture import pictures
from explorer.experiments.store import provenance
from explorer.experiments.store.store import Store
from explorer.session.desk import Here, silent
from explorer.view import View

BAND = records.Band((1.0, 2.0))


def entries(place: Path) -> list[Path]:
    return sorted(folder for folder in place.glob("results-*/*") if not folder.name.startswith("."))


def never() -> object:
    raise AssertionError("it was computed again")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_a_second_store_at_the_same_place_reads_what_the_first_wrote(place: Path):
    weights = np.arange(5, dtype=np.float32)
    Store(place).memo("path-1", lambda: (BAND, weights))
    band, back = Store(place).memo("path-1", never)  # type: ignore[misc]
    assert band == BAND
    assert back.dtype == np.float32 and back.tolist() == weights.tolist()


def test_one_store_gives_the_very_same_object_again(place: Path):
    store = Store(place)
    first = store.memo("a", lambda: BAND)
    assert store.memo("a", never) is first


def test_an_entry_says_what_wrote_it(place: Path):
    Store(place).memo("a", lambda: BAND, about={"seed": 3})
    entry = json.loads((entries(place)[0] / "entry.json").read_text())
    assert entry["spec"] == {"seed": 3}
    assert entry["versions"]["numpy"] == np.__version__
    assert set(entry) == {"key", "spec", "value", "versions", "commit", "seconds", "hardware", "check"}
    assert entry["seconds"] >= 0


def test_an_entry_of_another_commit_is_not_read(place: Path, monkeypatch: pytest.MonkeyPatch):
    Store(place).memo("a", lambda: 1)
    monkeypatch.setattr(provenance, "commit", lambda: "0" * 40)
    assert Store(place).memo("a", lambda: 2) == 2


def test_an_entry_of_another_version_is_not_read(place: Path, monkeypatch: pytest.MonkeyPatch):
    Store(place).memo("a", lambda: 1)
    monkeypatch.setattr(provenance, "versions", lambda: {"explorer": "99"})
    assert Store(place).memo("a", lambda: 2) == 2


def test_an_edit_without_a_commit_counts_as_another_version(place: Path, monkeypatch: pytest.MonkeyPatch):
    Store(place).memo("a", lambda: 1)
    monkeypatch.setattr(provenance, "source", lambda: "edited")
    assert Store(place).memo("a", lambda: 2) == 2


def test_the_commit_is_the_one_git_names(tmp_path: Path):
    git = tmp_path / ".git"
    (git / "refs/heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "packed-refs").write_text("# pack-refs\nabc refs/heads/main\n")
    assert provenance._commit(git) == "abc"
    (git / "refs/heads/main").write_text("def\n")
    assert provenance._commit(git) == "def"
    (git / "HEAD").write_text("123\n")
    assert provenance._commit(git) == "123"


@pytest.mark.parametrize("name", ["entry.json", "arrays.npz"])
@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "gone"])
def test_a_damaged_entry_is_computed_anew_and_mended(place: Path, name: str, damage: str):
    Store(place).memo("a", lambda: (np.arange(1000.0), "text"))
    file = entries(place)[0] / name
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    elif damage == "flipped":
        middle = len(content) // 2
        file.write_bytes(content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :])
    else:
        file.write_bytes(b"" if damage == "empty" else content[: len(content) // 2])
    assert Store(place).memo("a", lambda: (np.arange(3.0), "new"))[1] == "new"
    assert Store(place).memo("a", never)[1] == "new"  # type: ignore[index]


@pytest.mark.parametrize("name", ["entry.json", "arrays.npz"])
@pytest.mark.parametrize("where", ["open", "read"])
def test_an_entry_that_the_system_does_not_let_read_stays(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str, where: str
):
    """A run that asked meanwhile used to remove what may have taken hours."""
    Store(place).memo("a", lambda: np.arange(1000.0))
    store, real = Store(place), io.open

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if size == -1:  # the first bytes can be read, the rest not
                raise OSError(errno.EIO, "input/output error")
            return super().read(size)

    def opened(file: Path, *given: Any, **named: Any) -> Any:
        if not isinstance(file, Path) or (file.parent.name, file.name) != ("a", name):
            return real(file, *given, **named)
        if where == "open":
            raise OSError(errno.EMFILE, "too many open files")
        return Broken(content)

    content = (entries(place)[0] / name).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(io, "open", opened)
        assert store.memo("a", lambda: "made anew") == "made anew"
    assert len(Store(place).memo("a", never)) == 1000  # type: ignore[arg-type]


def test_a_changed_digit_is_noticed(place: Path):
    Store(place).memo("a", lambda: 1234)
    file = entries(place)[0] / "entry.json"
    file.write_text(file.read_text().replace("1234", "1235"))
    assert Store(place).memo("a", lambda: 1234) == 1234


def test_a_value_that_cannot_be_written_stays_in_memory_only(place: Path):
    store, odd = Store(place), object()
    assert store.memo("a", lambda: odd) is odd
    assert store.memo("a", never) is odd
    assert entries(place) == []


def test_none_is_a_value_like_any_other(place: Path):
    store = Store(place)
    assert store.memo("a", lambda: None) is None
    assert store.memo("a", never) is None
    assert Store(place).memo("a", never) is None


@pytest.mark.parametrize("key", ["../../escape", "a/b", "", "x" * 500, ".hidden", "nul\0"])
def test_any_key_stays_inside_the_folder(place: Path, key: str):
    Store(place).memo(key, lambda: 5)
    assert Store(place).memo(key, never) == 5
    assert [path.name for path in place.parent.iterdir()] == ["store"]


def test_a_failed_computation_leaves_nothing_and_is_tried_again(place: Path):
    store = Store(place)
    with pytest.raises(ZeroDivisionError):
        store.memo("a", lambda: 1 // 0)
    assert store.memo("a", lambda: 7) == 7


def test_threads_that_ask_for_one_key_compute_it_once(place: Path):
    store, gate, calls, got = Store(place), threading.Barrier(8), [], []

    def thunk() -> int:
        calls.append(1)
        threading.Event().wait(0.05)
        return 7

    def ask() -> None:
        gate.wait()
        got.append(store.memo("a", thunk))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(calls), got) == (1, [7] * 8)


def test_a_computation_may_ask_for_other_keys(place: Path):
    store = Store(place)
    assert store.memo("sum", lambda: store.memo("a", lambda: 1) + store.memo("b", lambda: 2)) == 3


def _write_many(place: str, start: int) -> None:
    store = Store(Path(place))
    for number in range(20):
        store.memo(f"key-{(start + number) % 20}", lambda number=number: np.full(1000, (start + number) % 20))


def test_processes_that_write_the_same_keys_do_no_harm(place: Path):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_many, args=(str(place), start)) for start in (0, 0, 7)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    for number in range(20):
        assert Store(place).memo(f"key-{number}", never)[0] == number  # type: ignore[index]
    assert list(place.glob("results-*/.*")) == []


def test_size_and_clear(place: Path):
    store = Store(place)
    assert store.size() == 0
    store.memo("a", lambda: np.zeros(1000))
    assert 8000 < store.size() < 12000
    store.clear()
    assert (store.size(), entries(place)) == (0, [])
    assert store.memo("a", lambda: 3) == 3


def test_clear_removes_nothing_that_is_not_a_result(place: Path):
    place.mkdir()
    (place / "thesis.tex").write_text("mine")
    (place / "notes").mkdir()
    Store(place).clear()
    assert (place / "thesis.tex").exists() and (place / "notes").exists()


def test_the_longest_unused_entries_go_first_when_it_is_full(place: Path):
    store = Store(place, cap=50_000)
    for number in range(5):
        store.memo(f"key-{number}", lambda: np.zeros(1000))
        os.utime(entries(place)[-1], (number, number))
    Store(place).memo("key-0", never)  # used again: now the youngest
    store.memo("key-5", lambda: np.zeros(1000))
    names = [folder.name for folder in entries(place)]
    assert store.size() <= 50_000
    assert "key-0" in names and "key-5" in names and "key-1" not in names


def test_stores_that_share_a_folder_keep_it_under_one_cap(place: Path):
    cap, seen = 50_000, list[int]()
    stores = [Store(place, cap=cap) for _ in range(2)]
    for number in range(25):
        for who, store in enumerate(stores):
            store.memo(f"key-{who}-{number}", lambda: np.zeros(125))
            seen.append(store.size())
    assert 50 * min(seen) > 1.4 * cap, "together they write more than the cap"
    assert max(seen) <= 1.1 * cap, "each may be a twentieth behind"


def test_memory_is_bounded():
    store = Store(None, memory=10_000)
    store.memo("a", lambda: np.zeros(1000))
    store.memo("b", lambda: np.zeros(1000))
    assert store.memo("b", never).shape == (1000,)  # type: ignore[union-attr]
    assert store.memo("a", lambda: "again") == "again"


def test_what_a_killed_run_left_is_never_read_and_is_swept_away(place: Path):
    own = place / f"results-{provenance.fingerprint()}"
    left = own / ".new-dead"
    left.mkdir(parents=True)
    (left / "entry.json").write_text("{")
    os.utime(left, (0, 0))
    assert Store(place).memo(".new-dead", lambda: 4) == 4
    assert not left.exists()


def test_a_place_that_cannot_be_written_gives_memory_and_one_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "store")
    assert store.place is None
    assert store.notice == f"Results are kept in memory only: {tmp_path}/file/store cannot be written."
    assert store.memo("a", lambda: 1) == store.memo("a", never) == 1
    assert store.size() == 0
    store.clear()
    assert store.memo("a", lambda: 2) == 2


def test_a_place_that_stops_being_writable_does_no_harm(place: Path):
    store = Store(place)
    for folder in place.iterdir():
        folder.rmdir()
    place.rmdir()
    place.write_text("a file now")
    assert store.memo("a", lambda: 1) == 1
    assert "memory only" in store.notice


def test_the_environment_names_the_place(place: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EXPLORER_STORE", str(place))
    assert Store.default().place == place


def test_without_the_environment_it_is_the_users_cache_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("EXPLORER_STORE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = Store.default().place
    assert found is not None and tmp_path in found.parents and found.name == "unlearning-explorer"


def test_what_pictures_share_is_written_and_counted_once(tmp_path: Path):
    """Two tabs at one picture cost what one does, and no array of one knob's picture stands in another's entry too."""
    views = [View.from_query({"data": "moons(n:60)", "panels": f"gradient_ascent(lr:{lr})"})[0] for lr in (0.1, 0.2)]
    store, other = Store(tmp_path), Store(tmp_path)
    for view in views:
        *_, _ = pictures(view, Here(store.memo), silent)
    alone = store.size()
    *_, _ = pictures(views[0], Here(other.memo), silent)
    assert other.size() == alone
    arrays: list[bytes] = []
    for file in tmp_path.glob("results-*/*/arrays.npz"):
        with np.load(file) as stored:
            arrays += [stored[name].tobytes() for name in stored.files]
    assert sum(map(len, set(arrays))) > 0.98 * sum(map(len, arrays))
