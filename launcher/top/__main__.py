# SPDX-License-Identifier: Apache-2.0
"""launcher/hotbus top: watches a process of hotbus, or of DPDK, through its telemetry."""
from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import page
import sample
import telemetry
from page import Line

FAILED, USAGE = 1, 2


class Watch:
    """Looks at one process, and at the next one of the same file prefix when that ends."""

    def __init__(self, prefix: str, path: Path) -> None:
        self._prefix = prefix
        self._path = path
        self._client: telemetry.Client | None = None
        self._before: sample.Sample | None = None

    def lines(self, order: str, width: int = page.WIDE) -> list[Line]:
        """The page; a sentence instead while there is no process."""
        try:
            if self._client is None:
                self._client = telemetry.Client(self._path)
            now = sample.look(self._client)
        except telemetry.NoAnswer:
            self._forget()
            return [Line(f"the process with the file prefix {self._prefix} is not there (waiting for it)", page.ALARM)]
        found = page.lines(now, sample.rates(self._before, now), sample.busy(self._before, now), order, width)
        self._before = now
        return found

    def is_connected(self) -> bool:
        """Whether the last look found a process."""
        return self._client is not None

    def _forget(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None
        self._before = None


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.1 <= value <= 3600:
        raise argparse.ArgumentTypeError(f"{text}: is not between 0.1 and 3600 seconds")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text}: is less than 1")
    return value


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="launcher/hotbus top", add_help=False, allow_abbrev=False)
    parser.add_argument("-f", "--file-prefix")
    parser.add_argument("-d", "--delay", type=_seconds, default=1.0)
    parser.add_argument("-n", "--iterations", type=_count)
    parser.add_argument("-b", "--batch", action="store_true")
    parser.add_argument("-s", "--sort", choices=page.ORDERS, default=page.ORDERS[0])
    return parser.parse_args(words)


def _choose(prefix: str | None) -> tuple[str, Path]:
    """The process to watch. Exits if there is none, or if it is not clear which."""
    found = telemetry.listening()
    if prefix is not None:
        # It may still have to start.
        return prefix, found.get(prefix, telemetry.folders()[0] / prefix / telemetry.SOCKET)
    if len(found) == 1:
        return next(iter(found.items()))
    where = ", ".join(map(str, telemetry.folders()))
    if not found:
        print(f"hotbus: no process answers in {where}: start one (launcher/hotbus run, shell), as the same user "
              "and without --no-telemetry and --in-memory", file=sys.stderr)
        sys.exit(FAILED)
    print(f"hotbus: several processes answer in {where}: choose one by --file-prefix: {', '.join(found)}",
          file=sys.stderr)
    sys.exit(USAGE)


def _batch(watch: Watch, arguments: argparse.Namespace) -> int:
    """Prints pages, with a blank line between two of them. A process that is away is a failure."""
    for i in range(arguments.iterations or sys.maxsize):
        if i == 0:
            watch.lines(arguments.sort)  # a rate needs two looks
        time.sleep(arguments.delay)
        lines = watch.lines(arguments.sort)
        print("\n" * (i > 0) + "\n".join(line.text for line in lines), flush=True)
        if not watch.is_connected():
            return FAILED
    return 0


def _draw(watch: Watch, arguments: argparse.Namespace) -> int:
    import curses  # not every Python has it
    from terminal import Terminal

    try:
        curses.setupterm()
    except curses.error as e:
        print(f"hotbus: this terminal is unknown (TERM={os.environ.get('TERM', '')}: {e}): use --batch", file=sys.stderr)
        return USAGE
    Terminal(watch.lines, arguments.delay, arguments.sort, arguments.iterations).run()
    return 0


def main() -> int:
    """Returns the exit code."""
    arguments = _arguments(sys.argv[1:])
    watch = Watch(*_choose(arguments.file_prefix))
    try:
        if arguments.batch or not sys.stdout.isatty():
            return _batch(watch, arguments)
        return _draw(watch, arguments)
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


sys.exit(main())
