# SPDX-License-Identifier: Apache-2.0
"""Progress lines, each with the seconds since the start; and the deadlines of all waiting."""
from __future__ import annotations

import sys
import time
from typing import Callable, TypeVar

# Emulated processors on a busy machine of two cores are up to three times slower than on an idle
# one. Every deadline is this many times what the step takes there.
PATIENCE = 3.0

T = TypeVar("T")


class Progress:
    """Prints to stderr, so that stdout is left to the table."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self._start:6.1f} s] {text}", file=sys.stderr, flush=True)


def wait_for(probe: Callable[[], T], seconds: float, pause: float = 0.1) -> T:
    """Returns the first true result of `probe`, or the last one after `seconds` times PATIENCE."""
    deadline = time.monotonic() + seconds * PATIENCE
    while True:
        result = probe()
        if result or time.monotonic() > deadline:
            return result
        time.sleep(pause)
