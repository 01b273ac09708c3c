import threading
import time

import pytest

from explorer.session import jobs as session_jobs
from explorer.session.desk import silent
from explorer.session.jobs import Cancelled, Jobs


def wait_for(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "took too long"
        time.sleep(0.002)


def counting(to):
    def work(tick):
        for i in range(to):
            tick(i + 1, to, f"step {i + 1}")
            yield i + 1

    return work


def endless(entered, left):
    def work(tick):
        try:
            while True:
                tick(1, 2)
                entered.set()
                time.sleep(0.001)
                yield 0
        finally:
            left.set()

    return work


def test_a_job_publishes_progress_and_partial_results():
    job = Jobs().job("picture", 1, counting(3))
    assert job.wait(lambda partial: partial == 3, 5)
    wait_for(lambda: job.finished)
    assert (job.done, job.total, job.sentence, job.partial, job.version) == (3, 3, "step 3", 3, 3)
    assert not job.error and not job.cancelled


def test_the_same_content_is_not_started_twice():
    jobs = Jobs()
    assert jobs.job("picture", 1, counting(3)) is jobs.job("picture", 1, counting(3))


def test_the_latest_job_of_a_key_wins():
    jobs, entered, left = Jobs(), threading.Event(), threading.Event()
    old = jobs.job("picture", 1, endless(entered, left))
    assert entered.wait(5)
    new = jobs.job("picture", 2, counting(1))
    assert left.wait(5), "the older job was not stopped"
    wait_for(lambda: old.finished and new.finished)
    assert old.cancelled and new.partial == 1 and jobs.get("picture") is new


def test_jobs_of_other_keys_go_on():
    jobs, entered, left = Jobs(), threading.Event(), threading.Event()
    jobs.job("numbers", 1, endless(entered, left))
    assert jobs.job("picture", 2, counting(1)).wait(bool, 5)
    assert entered.wait(5) and not left.is_set()
    jobs.forget("numbers")
    assert left.wait(5)


def test_a_cancelled_job_keeps_what_it_had():
    jobs, entered, left = Jobs(), threading.Event(), threading.Event()
    job = jobs.job("picture", 1, endless(entered, left))
    assert job.wait(lambda partial: True, 5)
    job.cancel()
    assert left.wait(5)
    wait_for(lambda: job.finished)
    assert job.partial == 0 and jobs.job("picture", 1, counting(1)) is job


def test_cancel_reaches_into_code_that_catches_exceptions():
    entered, left = threading.Event(), threading.Event()

    def work(tick):
        entered.set()
        try:
            while True:
                try:
                    tick(0, 1)
                except Exception:
                    pytest.fail("an except clause swallowed the cancellation")
                time.sleep(0.001)
        except Cancelled:
            left.set()
            raise
        yield

    job = Jobs().job("picture", 1, work)
    assert entered.wait(5)
    job.cancel()
    assert left.wait(5)


def test_a_value_error_becomes_its_sentence():
    def work(tick):
        yield 1
        raise ValueError("`noise` must lie in [0, 2], got 99")

    job = Jobs().job("picture", 1, work)
    wait_for(lambda: job.finished)
    assert job.error == "`noise` must lie in [0, 2], got 99" and job.partial == 1


def test_a_fault_is_one_sentence_and_is_logged(caplog):
    def work(tick):
        raise RuntimeError("boom")
        yield

    job = Jobs().job("picture", 1, work)
    wait_for(lambda: job.finished)
    assert job.error == "RuntimeError: boom"
    assert "boom" in caplog.text


def test_whoever_listens_hears_of_results_and_of_the_end_but_not_of_every_step():
    heard, go, job = [], threading.Event(), None

    def work(tick):
        assert go.wait(5)
        for step in range(200):
            tick(step, 200)
        yield 1

    job = Jobs().job("picture", 1, work)
    job.listen("a", lambda: heard.append(job.version))
    job.listen("b", lambda: heard.append("b"))
    job.listen("b", None)
    go.set()
    wait_for(lambda: job.finished and not job._due)
    assert heard[-1] == 1 and 1 <= len(heard) <= 4 and "b" not in heard


def test_work_that_others_do_is_told_at_once_that_it_is_not_wanted():
    entered, found = threading.Event(), []

    def work(tick):
        entered.set()
        tick.stopped.result(5)
        found.append("stopped")
        yield 0

    job = Jobs().job("picture", 1, work)
    assert entered.wait(5)
    job.cancel()
    job.cancel()
    wait_for(lambda: job.finished)
    assert found == ["stopped"] and job.partial is None and not job.error


def test_more_jobs_than_workers_all_finish():
    done = [Jobs().job("picture", i, counting(5), in_turn=True) for i in range(12)]
    wait_for(lambda: all(job.finished for job in done))
    assert all(job.partial == 5 for job in done)


def test_the_work_of_a_closed_tab_ends_and_that_of_a_lost_connection_goes_on(monkeypatch):
    monkeypatch.setattr(session_jobs, "GONE", 1.0)
    there = [True]
    jobs, entered, left = Jobs(lambda: there[0]), threading.Event(), threading.Event()
    job = jobs.job("picture", 1, endless(entered, left))
    assert entered.wait(5)
    there[0] = False
    time.sleep(0.05)
    there[0] = True
    time.sleep(1.5)
    assert not job.finished
    there[0] = False
    assert left.wait(5)
    wait_for(lambda: job.finished)
    assert job.abandoned and jobs.job("picture", 1, counting(1)) is not job


def test_what_waits_for_a_silent_tick_leaves_nothing_with_it():
    assert silent.stopped is not silent.stopped and not silent.stopped.done()
