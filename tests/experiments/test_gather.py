"""Tasks are taken as they end, and those that have not begun are dropped where nobody waits any longer."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from explorer.experiments.work.gather import gather


def test_each_task_comes_with_its_name_as_it_ends():
    with ThreadPoolExecutor(2) as executor:
        first = threading.Event()
        slow, quick = executor.submit(first.wait, 60), executor.submit(bool, 1)
        found = gather({slow: "slow", quick: "quick"})
        name, future = next(found)
        assert (name, future.result()) == ("quick", True)
        first.set()
        assert [name for name, _ in found] == ["slow"]


def test_a_tick_that_raises_cancels_what_has_not_begun():
    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    with ThreadPoolExecutor(1) as executor:
        blocked = threading.Event()
        running, waiting = executor.submit(blocked.wait, 60), executor.submit(bool, 1)
        with pytest.raises(Stop):
            list(gather({running: "running", waiting: "waiting"}, stop))
        assert waiting.cancelled()
        blocked.set()
