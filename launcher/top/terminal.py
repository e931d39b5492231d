# SPDX-License-Identifier: Apache-2.0
"""The page on a terminal, which is drawn again and again until a key ends it."""
from __future__ import annotations

import curses
import time
from collections.abc import Callable

import page
from page import Line

KEYS = "q quit   s sort by {order}   space {pause}   +/- every {interval:g} s"
SHORTEST, LONGEST = 0.25, 60.0
NARROWEST = 2  # the last column of the last line cannot be written to


class Terminal:
    """Draws what `look` returns: the lines for an order of ports and a width. `look` never raises."""

    def __init__(self, look: Callable[[str, int], list[Line]], interval: float, order: str, looks: int | None) -> None:
        self._look = look
        self._interval = interval
        self._order = page.ORDERS.index(order)
        self._looks_left = looks
        self._paused = False
        self._lines: list[Line] = []

    def run(self) -> None:
        """Returns when a key, Ctrl-C, or the number of looks ends it."""
        curses.wrapper(self._loop)

    def _loop(self, screen) -> None:
        try:
            curses.curs_set(0)
        except curses.error:
            pass  # this terminal cannot hide its cursor
        if curses.has_colors():
            curses.use_default_colors()
        due = 0.0
        while True:
            if not self._paused and time.monotonic() >= due:
                if self._looks_left == 0:
                    return
                self._lines = self._look(page.ORDERS[self._order], screen.getmaxyx()[1])
                if self._looks_left is not None:
                    self._looks_left -= 1
                due = time.monotonic() + self._interval
            self._draw(screen)
            screen.timeout(-1 if self._paused else max(1, int((due - time.monotonic()) * 1000)))
            key = screen.getch()
            if key in (ord("q"), ord("Q"), 27):
                return
            if key != -1:
                self._pressed(key)
                due = 0.0 if key == ord("s") else due
                screen.redrawwin()  # also mends what another program has written

    def _pressed(self, key: int) -> None:
        if key == ord("s"):
            self._order = (self._order + 1) % len(page.ORDERS)
        elif key == ord(" "):
            self._paused = not self._paused
        elif key == ord("+"):
            self._interval = min(LONGEST, self._interval * 2)
        elif key == ord("-"):
            self._interval = max(SHORTEST, self._interval / 2)

    def _draw(self, screen) -> None:
        height, width = screen.getmaxyx()
        screen.erase()
        if width < NARROWEST:
            return
        keys = KEYS.format(order=page.ORDERS[(self._order + 1) % len(page.ORDERS)],
                           pause="go on" if self._paused else "pause", interval=self._interval)
        for row, line in enumerate(self._lines[:max(0, height - 1)]):
            look = {page.HEADING: curses.A_BOLD, page.ALARM: curses.A_REVERSE}.get(line.kind, curses.A_NORMAL)
            screen.addnstr(row, 0, line.text, width - 1, look)
        screen.addnstr(height - 1, 0, keys, width - 1, curses.A_DIM)
        screen.refresh()
