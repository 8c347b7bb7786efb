"""How much work one file may ask for. What is over budget blocks, it never frees.

A budget of steps cannot interrupt one step of dateutil, which for a rule that never matches runs to the year 9999: the
child process therefore hands in a `Watch`, an interval timer under every rule.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

RULE_STEPS = 20_000
RULE_SECONDS = 0.2
FILE_INSTANCES = 50_000
FILE_SECONDS = 3.0
VALUES = 20_000  # of RDATE, and of EXDATE, in one event
STEPS_BETWEEN_LOOKS = 64

# Enters a block that OverBudget must leave after so many seconds of CPU.
Watch = Callable[[float], AbstractContextManager[None]]


class OverBudget(Exception):
    """The rule at hand costs more than it may."""


def unwatched(seconds: float) -> AbstractContextManager[None]:
    """No timer: only the counted steps and the clock between them limit a rule."""
    return nullcontext()


class Budget:
    """One file's budget; CPU seconds are those of the thread."""

    def __init__(self, watch: Watch = unwatched) -> None:
        self._watch = watch
        self._seconds = 0.0
        self._instances = 0
        self._steps = 0
        self._deadline = 0.0

    @contextmanager
    def rule(self) -> Iterator[None]:
        """Around the work for one rule. Raises OverBudget inside it, or at once if the file's budget is spent."""
        left = min(RULE_SECONDS, FILE_SECONDS - self._seconds)
        if left <= 0 or self._instances >= FILE_INSTANCES:
            raise OverBudget
        began = time.thread_time()
        self._steps, self._deadline = 0, began + left
        try:
            with self._watch(left):
                yield
        finally:
            self._seconds += time.thread_time() - began

    def step(self) -> None:
        """Count one step of the rule at hand."""
        self._steps += 1
        if self._steps > RULE_STEPS:
            raise OverBudget
        if self._steps % STEPS_BETWEEN_LOOKS == 0 and time.thread_time() > self._deadline:
            raise OverBudget

    def instance(self, number: int = 1) -> None:
        """Count instances that a rule gave near the window."""
        self._instances += number
        if self._instances > FILE_INSTANCES:
            raise OverBudget
