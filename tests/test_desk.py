"""Answers of an open version: kept, asked once when several ask at a time, and asked ahead of the page."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.data import ANSWERS_KEPT, Desk, Turns


def desk() -> Desk:
    return Desk(SimpleNamespace(con=SimpleNamespace(cursor=lambda: "cursor"), catalog=None))  # type: ignore[arg-type]


def test_an_answer_is_kept() -> None:
    asked = []

    def count(cur: Any, number: int, *, twice: bool = False) -> int:
        asked.append((cur, number, twice))
        return number * (2 if twice else 1)

    one = desk()
    assert [one.ask(count, 3), one.ask(count, 3), one.ask(count, 3, twice=True)] == [3, 3, 6]
    assert asked == [("cursor", 3, False), ("cursor", 3, True)]
    for number in range(ANSWERS_KEPT + 5):
        one.ask(count, number)
    assert len(one.answers) == ANSWERS_KEPT and not one.sought


def test_readers_who_ask_at_the_same_time_share_one_answer() -> None:
    begun, go_on, asked = threading.Event(), threading.Event(), []

    def slow(cur: Any) -> str:
        asked.append(cur)
        begun.set()
        assert go_on.wait(30)
        return "answer"

    one = desk()
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(one.ask, slow)
        assert begun.wait(30)
        others = [pool.submit(one.ask, slow) for _ in range(3)]
        go_on.set()
        assert [f.result(30) for f in (first, *others)] == ["answer"] * 4
    assert asked == ["cursor"] and not one.sought


def test_a_fault_is_told_to_all_who_wait_and_the_next_asks_again() -> None:
    begun, go_on, asked = threading.Event(), threading.Event(), []

    def fails_once(cur: Any) -> str:
        asked.append(cur)
        begun.set()
        assert go_on.wait(30)
        if len(asked) == 1:
            raise ValueError("no such column")
        return "answer"

    one = desk()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(one.ask, fails_once)
        assert begun.wait(30)
        second = pool.submit(one.ask, fails_once)
        while second.running() is False and not second.done():
            pass
        go_on.set()
        told = [f.exception(30) for f in (first, second)]
    assert isinstance(told[0], ValueError) and (isinstance(told[1], ValueError) or len(asked) == 2)
    assert one.ask(fails_once) == "answer" and not one.sought


def test_what_was_asked_ahead_is_there_and_a_fault_in_it_is_met_by_the_page() -> None:
    def answer(cur: Any) -> str:
        return "answer"

    def fails(cur: Any) -> str:
        raise ValueError("no such column")

    one = desk()
    one.ahead(lambda: one.ask(answer))
    one.ahead(lambda: one.ask(fails))
    one.others.shutdown(wait=True)
    assert list(one.answers.values()) == ["answer"]
    with pytest.raises(ValueError, match="no such column"):
        one.ask(fails)


def test_pages_take_turns_but_none_waits_for_ever() -> None:
    turns, order = Turns(1, threading.Semaphore(1), patience=30), []
    inside, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with turns.taken():
            order.append("slow")
            inside.set()
            assert go_on.wait(30)

    def next_one() -> None:
        with turns.taken():
            order.append("next")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(slow)
        assert inside.wait(30)
        second = pool.submit(next_one)
        with Turns(1, turns.free, patience=0.01).taken():  # this one's patience ends: it goes on beside the slow one
            order.append("impatient")
        assert not second.done()
        go_on.set()
        first.result(30), second.result(30)
    assert order == ["slow", "impatient", "next"]
    assert turns.free.acquire(blocking=False) and not turns.free.acquire(blocking=False)


def test_idle_is_when_nobody_has_a_turn() -> None:
    turns = Turns(2, threading.Semaphore(2), patience=30)
    assert turns.idle() and turns.idle()
    with turns.taken():
        assert not turns.idle()
    assert turns.idle()


def test_a_turn_ends_with_a_fault() -> None:
    turns = Turns(1, threading.Semaphore(1), patience=30)
    with pytest.raises(ZeroDivisionError), turns.taken():
        1 / 0  # noqa: B018
    assert turns.free.acquire(blocking=False)
