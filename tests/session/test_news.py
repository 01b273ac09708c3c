"""What is new is counted by part; who listens is told, until they leave; a tab that is gone has no news."""

from __future__ import annotations

import gc

from explorer.session import news
from explorer.session.news import News


def test_it_is_counted_by_part_and_told():
    one, heard = News(), list[dict[str, int]]()
    leave = one.listen(lambda: heard.append(one.counts()))
    one.tell("stage")
    one.tell("stage")
    one.tell("pairs")
    leave()
    one.tell("pairs")
    assert heard == [{"stage": 1}, {"stage": 2}, {"stage": 2, "pairs": 1}]
    assert (one.count("stage"), one.count("pairs"), one.count("sweep")) == (2, 2, 0)


def test_a_tab_is_found_by_a_name_of_its_own_as_long_as_it_is_there():
    one, other = News(), News()
    assert news.of(one.name) is one and news.of(other.name) is other and one.name != other.name
    name = one.name
    del one
    gc.collect()
    assert news.of(name) is None
