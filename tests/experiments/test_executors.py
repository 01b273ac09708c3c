import operator
import os
import signal
import time

import pytest

from explorer.experiments.work.executors import Processes, WorkerLost


def test_results_and_errors_come_back_from_another_process():
    with Processes(2) as workers:
        sums = list(workers.map(operator.add, [1, 2, 3], [10, 20, 30]))
        assert sums == [11, 22, 33]
        assert workers.submit(os.getpid).result() != os.getpid()
        with pytest.raises(ZeroDivisionError):
            workers.submit(operator.truediv, 1, 0).result()


def test_what_a_task_prints_does_not_stand_among_the_answers():
    with Processes(1) as workers:
        assert workers.submit(print, "hello").result() is None
        assert workers.submit(operator.add, 1, 1).result() == 2


def test_a_killed_worker_loses_only_its_own_task_which_is_run_again():
    with Processes(2) as workers:
        pids = {workers.submit(os.getpid).result() for _ in range(4)}
        slow = workers.submit(time.sleep, 1.0)
        other = workers.submit(operator.add, 1, 1)
        time.sleep(0.3)
        busy = [pid for pid in workers.pids() if pid in pids][:1]
        os.kill(busy[0], signal.SIGKILL)
        assert other.result(30) == 2
        assert slow.result(30) is None
        assert busy[0] not in workers.pids()


def test_a_task_that_kills_every_worker_is_given_up():
    with Processes(1) as workers:
        with pytest.raises(WorkerLost, match="in the middle of its task"):
            workers.submit(os._exit, 1).result(60)
        assert workers.submit(operator.add, 1, 1).result(60) == 2


def test_shutting_down_ends_what_is_running():
    workers = Processes(1)
    future, waiting = workers.submit(time.sleep, 600), workers.submit(time.sleep, 600)
    while not workers.pids():
        time.sleep(0.01)
    pids = workers.pids()
    workers.shutdown(cancel_futures=True)
    with pytest.raises(WorkerLost):
        future.result(10)
    assert waiting.cancelled()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(RuntimeError):
        workers.submit(time.sleep, 1)


def test_no_workers_are_refused():
    with pytest.raises(ValueError, match="at least 1, got 0"):
        Processes(0)
