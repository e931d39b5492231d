# SPDX-License-Identifier: Apache-2.0
"""The command line: `launcher/hotbus rig`."""
from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, NoReturn

from hotrig import needs
from hotrig.emulator import EmulatorStore
from hotrig.errors import MissingError, UsageError
from hotrig.kernel import KernelStore
from hotrig.product import Build, TOP
from hotrig.progress import Progress
from hotrig.rows import Row
from hotrig.scenarios import ARM64, FAST, KERNELS, all_scenarios, select
from hotrig.session import Session
from hotrig.table import table

PASSED, FAILED, USAGE, MISSING, INTERRUPTED = 0, 1, 2, 3, 130
TARGET = TOP / "rig" / "target"
KEPT_RUNS = 20

HELP = TOP / "launcher" / "help" / "rig.txt"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def main(arguments: list[str]) -> int:
    """Returns the exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        return _run(_parse(arguments))
    except UsageError as wrong:
        return _fail(USAGE, str(wrong))
    except MissingError as missing:
        return _fail(MISSING, str(missing))
    except KeyboardInterrupt:
        return _fail(INTERRUPTED, "interrupted")


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = _Parser(prog="launcher/hotbus rig", add_help=False)
    parser.add_argument("scenarios", nargs="*")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--kernel", choices=(*KERNELS, ARM64))
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("-h", "--help", action="store_true")
    options = parser.parse_args(arguments)
    if not (options.scenarios or options.list or options.help):
        raise UsageError("name a scenario, or 'fast', or 'all' (see --list)")
    return options


def _run(options: argparse.Namespace) -> int:
    if options.help:
        print(HELP.read_text().partition("\n")[2], end="")  # the first line is the licence
        return PASSED
    progress = Progress()
    store = KernelStore(_cache(), progress)
    if options.list:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as in `rig --list | head`
        _list(store, options.kernel)
        return PASSED
    scenarios = select(options.scenarios, options.kernel)
    _check_writable(options.json)
    build = Build.find()
    needs.require(progress, scenarios)
    needs.require_native(scenarios, build.bundle("os"))
    with _lock(progress):
        emulators = EmulatorStore(_cache(), progress)
        for scenario in scenarios:  # a download at the start, not after half an hour
            emulators.obtain(scenario.machine, scenario.flavour.qemu, scenario.name)
        session = Session(store, emulators, build, _new_run(), progress)
        try:
            session.run(scenarios, options.keep)
        finally:  # what was measured before an interruption is not lost
            _publish(session.report, options.json)
    return PASSED if all(row.passed for row in session.report) else FAILED


def _publish(report: list[Row], file: Path | None) -> None:
    if report:
        print(table(report))
    if file:
        file.write_text(json.dumps([row.to_json() for row in report], indent=1) + "\n")


def _list(store: KernelStore, kernel: str | None) -> None:
    for series in (*KERNELS, ARM64):
        cached = store.cached(series)
        state = f"{cached[-1].version} in the cache" if cached else "not yet downloaded"
        print(f"kernel {series}: {state}")
    print(f"cache: {_cache()}\n")
    for scenario in all_scenarios():
        if kernel in (None, scenario.kernel):
            needs = "QEMU {}.{}".format(*scenario.flavour.qemu)
            print(f"{scenario.name:40}{needs:10}"
                  f"{'fast' if scenario.name in FAST else ''}".rstrip())


def _cache() -> Path:
    """The cache folder, which a clean of the project does not remove."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "hotbus" / "rig"


def _check_writable(file: Path | None) -> None:
    """Checks the file at the start, not after half an hour."""
    if file is not None:
        try:
            file.open("a").close()
        except OSError as error:
            raise UsageError(f"--json {file}: {error.strerror}") from error


@contextmanager
def _lock(progress: Progress) -> Iterator[None]:
    """Allows one rig at a time: two would share the processors and spoil both measurements."""
    _cache().mkdir(parents=True, exist_ok=True)
    with (_cache() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("waiting for another run of the rig to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _new_run() -> Path:
    """Creates a folder for the transcripts of this run, and removes the oldest runs."""
    run = TARGET / time.strftime("%Y%m%d-%H%M%S")
    run.mkdir(parents=True)
    for old in sorted(TARGET.iterdir())[:-KEPT_RUNS]:
        shutil.rmtree(old, ignore_errors=True)
    return run


def _fail(code: int, message: str) -> int:
    print(f"hotbus rig: {message}", file=sys.stderr)
    return code


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
