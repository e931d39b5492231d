# SPDX-License-Identifier: Apache-2.0
"""The readable report."""
from __future__ import annotations

from typing import Callable

from hotrig import steps
from hotrig.rows import Row

_COLUMNS: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("scenario", lambda r: r.scenario),
    ("result", lambda r: "passed" if r.passed else "FAILED"),
    ("updated", lambda r: _millis(r.updatedMillis)),
    ("survived", lambda r: _word(r.survived)),
    ("SIGBUS", lambda r: _word(r.sigbus)),
    ("first detector", lambda r: r.firstDetector or "-"),
    ("noticed", lambda r: _millis(r.detectedMillis)),
    ("detached", lambda r: _millis(r.detachedMillis)),
    ("back", lambda r: _word(r.replugged)),
    ("dmesg", lambda r: {True: "clean", False: "COMPLAINTS", None: "-"}[r.dmesgClean]),
)
# Only in a report that has such rows.
_RATES: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("packets/s", lambda r: _rate(r.packetsPerSecond)),
    ("testpmd", lambda r: _rate(r.besidePerSecond)),
)
_INSTRUCTIONS: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("instructions/packet", lambda r: _rate(r.instructions)),
    ("testpmd's", lambda r: _rate(r.besideInstructions)),
)
SLOW_MILLIS = 100  # from the beginning of a removal until the device is detached
_TO_THE_RIGHT = ("updated", "noticed", "detached", "packets/s", "testpmd",
                 "instructions/packet", "testpmd's")


def table(rows: list[Row]) -> str:
    """A line for each row, and below them the reasons of failures."""
    columns = _COLUMNS + (_RATES if any(row.packetsPerSecond for row in rows) else ())
    columns += _INSTRUCTIONS if any(row.instructions for row in rows) else ()
    cells = [[title for title, _ in columns]]
    cells += [[text(row) for _, text in columns] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    lines = ["  ".join(_pad(cell, width, title) for cell, width, (title, _)
                       in zip(line, widths, columns)).rstrip() for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    slow = [row for row in rows if row.steps and (row.detachedMillis or 0) > SLOW_MILLIS]
    if slow:
        lines += ["", f"Steps of the removals that took more than {SLOW_MILLIS} ms, in ms after "
                  "the first sign:"]
        lines += [f"  {row.scenario}: {steps.text(list(row.steps))}" for row in slow]
    for row in rows:
        if not row.passed:
            lines += ["", f"{row.scenario}: {row.reason}", f"  transcripts: {row.transcripts}"]
    lines += ["", f"{sum(row.passed for row in rows)} of {len(rows)} passed"]
    return "\n".join(lines)


def _pad(cell: str, width: int, title: str) -> str:
    return cell.rjust(width) if title in _TO_THE_RIGHT else cell.ljust(width)


def _word(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "-"}[value]


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _millis(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} ms"
