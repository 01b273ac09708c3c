"""One classroom: who joined, what is asked now, and what was guessed."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from explorer.classroom._limits import Allowance
from explorer.classroom._question import Question, Refusal

MOST_PEOPLE = 300
LONGEST = 3 * 3600.0  # seconds
MOST_QUESTIONS = 24  # whose guesses are kept; the oldest go first
BURST, RATE = 8.0, 4.0  # guesses of one phone: so many at once, then so many a second
Phase = Literal["rest", "ask", "told", "over"]
Heard = Literal["standing", "counts"]
OVER = "This class has ended."
LOOK = "Look at the screen. The next question comes here."


@dataclass(frozen=True)
class Standing:
    """What every phone of a classroom shows.

    Attributes:
        phase: nothing is asked, a question is asked, its answer is told, or the class is over.
        question: the one that is asked or told.
        said: one sentence: what to do meanwhile, or the answer.
        truth: the right guess as text, where a phone can mark it; else "".
    """

    phase: Phase = "rest"
    question: Question | None = None
    said: str = ""
    truth: str = ""

    @cached_property
    def text(self) -> str:
        """Return it as JSON, made once for all phones."""
        card = self.question.card() if self.question else None
        return json.dumps({"phase": self.phase, "said": self.said, "truth": self.truth, "question": card})


class Classroom:
    """One classroom.

    Attributes:
        code: typed to join.
        ticket: scanned to join; nobody can guess it.
        key: by which the lecturer's page finds it again; nobody can guess it.
        ends: when it is over, on the clock that it was given.
    """

    def __init__(self, code: str, clock: Callable[[], float]) -> None:
        """Open it, with nobody in it."""
        self.code = code
        self.ticket, self.key = secrets.token_urlsafe(12), secrets.token_urlsafe(18)
        self.ends = clock() + LONGEST
        self._clock = clock
        self._lock = threading.Lock()
        self._people: dict[str, Allowance] = {}
        self._guesses: dict[str, dict[str, str]] = {}  # question -> phone -> guess
        self._standing = Standing(said=LOOK)
        self._listeners: dict[object, tuple[Heard, Callable[[], None]]] = {}

    # --- the lecturer -------------------------------------------------------------------------------------------------

    def ask(self, question: Question) -> None:
        """Ask a question; one that was asked before keeps its guesses."""
        with self._lock:
            self._guesses.setdefault(question.key, {})
            for oldest in list(self._guesses)[:-MOST_QUESTIONS]:
                if oldest != question.key:
                    del self._guesses[oldest]
        self._stand(Standing("ask", question))

    def tell(self, question: Question, said: str, truth: str = "") -> None:
        """Tell the answer to a question; from now on nobody changes a guess.

        Args:
            question: that was asked.
            said: the answer, one sentence.
            truth: the right guess as text, where a phone can mark it.
        """
        self._stand(Standing("told", question, said, truth))

    def rest(self, said: str = LOOK) -> None:
        """Ask nothing for now; phones show a sentence."""
        self._stand(Standing(said=said))

    def end(self) -> None:
        """End the class. What was guessed is forgotten, and so is who was there."""
        self._stand(Standing("over", said=OVER))
        with self._lock:
            self._people.clear()
            self._guesses.clear()

    def guesses(self, question: Question) -> tuple[Any, ...]:
        """Return everybody's guess, in no order that says who sent it."""
        with self._lock:
            texts = sorted(self._guesses.get(question.key, {}).values())
        return tuple(question.read(text) for text in texts)

    def counts(self) -> tuple[int, int]:
        """Return how many have joined, and how many of them have answered what is asked or told now."""
        with self._lock:
            asked = self._standing.question
            return len(self._people), len(self._guesses.get(asked.key, {})) if asked else 0

    def _stand(self, standing: Standing) -> None:
        with self._lock:
            if standing == self._standing or self._standing.phase == "over":
                return
            self._standing = standing
        self._tell("standing", "counts")

    # --- the phones ---------------------------------------------------------------------------------------------------

    @property
    def standing(self) -> Standing:
        """Return what every phone shows."""
        if self.over:
            self.end()
        return self._standing

    @property
    def over(self) -> bool:
        """Return whether the class has ended, by the lecturer or by the clock."""
        return self._standing.phase == "over" or self._clock() >= self.ends

    def join(self) -> str:
        """Let one more phone in; return the token by which it is known from then on.

        Raises:
            Refusal: if it is over, or full.
        """
        token = secrets.token_urlsafe(15)
        with self._lock:
            if self.over:
                raise Refusal("over", OVER)
            if len(self._people) >= MOST_PEOPLE:
                raise Refusal("full", f"This class is full: {MOST_PEOPLE} phones have joined.")
            self._people[token] = Allowance(BURST, RATE, self._clock())
        self._tell("counts")
        return token

    def holds(self, token: str) -> bool:
        """Return whether a phone of this token has joined."""
        return token in self._people

    def guess_of(self, token: str) -> str:
        """Return what a phone has guessed of the question at hand; "" for nothing."""
        with self._lock:
            asked = self._standing.question
            return self._guesses.get(asked.key, {}).get(token, "") if asked else ""

    def guess(self, token: str, key: str, text: str) -> str:
        """Keep a phone's guess, in place of its guess before; return it as it is kept.

        Args:
            token: of the phone.
            key: of the question that the phone showed.
            text: the guess, as `Kind.write` writes it.

        Raises:
            Refusal: if the class is over, the phone sends too often, the question is not asked now, or it is no guess.
        """
        with self._lock:
            asked, allowance = self._standing.question, self._people.get(token)
            if self.over or allowance is None:
                raise Refusal("over", OVER)
            if not allowance.take(self._clock()):
                raise Refusal("often", f"A phone may send {RATE:g} guesses a second; wait a moment.")
            if asked is None or asked.key != key or self._standing.phase != "ask":
                raise Refusal("late", "This question is no longer open.")
        kept = asked.kind.write(asked.read(text))  # outside the lock: a list of rows takes a while
        with self._lock:
            if self._standing.question != asked or self._standing.phase != "ask":
                raise Refusal("late", "This question is no longer open.")
            first = token not in self._guesses[key]
            self._guesses[key][token] = kept
        if first:
            self._tell("counts")
        return kept

    # --- who listens --------------------------------------------------------------------------------------------------

    def listen(self, to: Heard, listener: Callable[[], None]) -> Callable[[], None]:
        """Call a function whenever something is new, from any thread; return what ends that.

        Args:
            to: what every phone shows, or how many have joined and answered.
            listener: takes no time.
        """
        mine = object()
        with self._lock:
            self._listeners[mine] = (to, listener)

        def leave() -> None:
            with self._lock:
                self._listeners.pop(mine, None)

        return leave

    def _tell(self, *what: Heard) -> None:
        with self._lock:
            heard = [listener for to, listener in self._listeners.values() if to in what]
        for listener in heard:
            listener()
