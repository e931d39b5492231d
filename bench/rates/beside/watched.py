# SPDX-License-Identifier: Apache-2.0
"""What it costs to be watched: rates, and the time from a fault to its resumption, with and without observers.

Each of the two is measured in one process, in which turns with and without observers follow each other, so that what
the JIT has compiled is the same. The browser is up before.
"""
from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from . import observers
from .observers import LIMIT, TOP, Browser, Ports

WARM_UP = 8.0
SETTLE = 1.5
# The demo says 20 times how far it is: as many turns.
TURNS = 20
WARM_TURNS = 5
REMOVALS = 1000
ALONE = "alone"

# The observers of a turn, by what they are called in the table.
Watchers = dict[str, Callable[[], list[AbstractContextManager]]]
# Of each turn the times of its removals, in microseconds: from fault to resume, and of the repair alone.
Turns = dict[str, list[list[tuple[float, float]]]]


def main() -> int:
    """Measures, and prints the tables."""
    parser = argparse.ArgumentParser(prog="launcher/hotbus bench watched", allow_abbrev=False)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--removals", type=int, default=REMOVALS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"RUNTIME_DIRECTORY": folder, "HOTBUS_STATE_DIR": folder, "HOTBUS_LOG": "WARN"}
        browser = Browser(Path(folder))
        try:
            _print_rates(list(_rates(given.seconds, given.runs, Path(folder), browser)))
            _print_resumes(_resumes(given.removals, Path(folder), browser), given.removals)
        finally:
            browser.close()
    return 0


def _watchers(ports: Ports, pid: int, browser: Browser) -> Watchers:
    asking, scraping = observers.asking, lambda: observers.scraping(ports)
    recording, page = lambda: observers.recording(pid), lambda: browser.showing(ports)
    return {ALONE: lambda: [],
            "telemetry, metrics": lambda: [asking(), scraping()],
            "Flight Recorder": lambda: [recording()],
            "web page": lambda: [page()],
            "all": lambda: [asking(), scraping(), recording(), page()]}


def _print_rates(pairs: list[tuple[float, float]]) -> None:
    print(f"io between null ports, million packets/s\n{ALONE:>10} {'watched':>10} {'ratio':>7}")
    for alone, watched in pairs:
        print(f"{alone:>10.1f} {watched:>10.1f} {watched / alone:>7.3f}")
    print(f"{'median':>10} {statistics.median(watched / alone for alone, watched in pairs):>18.3f}\n", flush=True)


def _print_resumes(found: Turns, removals: int) -> None:
    alone = _medians(found[ALONE], 0)
    print(f"from fault to resume, us; turns of {removals} removals in one process, one after the other")
    print(f"{'':<20} {'removals':>8} {'p50':>7} {'p90':>7} {'repair':>7} {'ratio':>6}   p50 of each turn")
    for name, turns in found.items():
        p50s = _medians(turns, 0)
        every = sorted(time for turn in turns for time, _ in turn)
        ratio = statistics.median(p50 / base for p50, base in zip(p50s, alone))
        print(f"{name:<20} {len(every):>8} {statistics.median(p50s):>7.1f} {every[len(every) * 9 // 10]:>7.1f} "
              f"{statistics.median(_medians(turns, 1)):>7.1f} {ratio:>6.2f}   {' '.join(f'{p50:.1f}' for p50 in p50s)}",
              flush=True)


def _medians(turns: list[list[tuple[float, float]]], which: int) -> list[float]:
    return [statistics.median(times[which] for times in turn) for turn in turns]


def _rates(seconds: float, runs: int, folder: Path, browser: Browser) -> Iterator[tuple[float, float]]:
    """The same process, in turn without and with observers."""
    ports = Ports()
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen([TOP / "launcher/hotbus", "shell", "--auto-start", *ports.options,
                                    "--vdev", "net_null0", "--vdev", "net_null1"],
                                   stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT)
    try:
        client = observers.await_client()
        watchers = _watchers(ports, client.pid, browser)
        time.sleep(WARM_UP)
        for _ in range(runs):
            alone = _rate(client, seconds)
            with ExitStack() as stack:
                for watcher in watchers["all"]():
                    stack.enter_context(watcher)
                time.sleep(SETTLE)
                watched = _rate(client, seconds)
            yield alone / 1e6, watched / 1e6
            time.sleep(SETTLE)
    finally:
        process.kill()
        process.wait()


def _rate(client, seconds: float) -> float:
    """Packets per second that all ports send."""
    before, begin = _sent(client), time.monotonic()
    time.sleep(seconds)
    return (_sent(client) - before) / (time.monotonic() - begin)


def _sent(client) -> int:
    return sum(client.ask("/ethdev/stats", port)["opackets"] for port in client.ask("/ethdev/list"))


def _resumes(removals: int, folder: Path, browser: Browser) -> Turns:
    """The times of each turn, by who has watched. The first turns warm up and are left out."""
    ports = Ports()
    report = folder / "demo.json"
    with open(folder / "log", "wb") as log:
        demo = subprocess.Popen(
            [TOP / "launcher/hotbus", "demo", "--cycles", str(TURNS * removals), "--json", report, *ports.options],
            stdout=subprocess.PIPE, stderr=log, text=True, cwd=folder)
    try:
        client = observers.await_client()
        watchers = _watchers(ports, client.pid, browser)
        client.close()
        turns = _turns(demo, watchers)
        if demo.wait(LIMIT):
            raise RuntimeError(f"the exit code of the demo is {demo.returncode}")
    except (OSError, RuntimeError, subprocess.SubprocessError) as e:
        if _ends(demo):
            raise SystemExit("hotbus: the demo was over before those who watch were there: take more --removals") from e
        raise RuntimeError(f"{e}; the demo said: {(folder / 'log').read_text(errors='replace')[-1000:]}") from e
    finally:
        demo.kill()
        demo.wait()
    seen = json.loads(report.read_text())["removals"]
    found: Turns = {}
    for name, begin, end in turns[WARM_TURNS:]:
        times = [(removal["faultToResumeMicros"], removal["repairMicros"])
                 for removal in seen if begin <= removal["faultNanoTime"] < end]
        if not times:
            raise RuntimeError(f"{name}: no removal in a turn: take more --removals")
        found.setdefault(name, []).append(times)
    return found


def _ends(process: subprocess.Popen) -> bool:
    try:
        return process.wait(timeout=2) == 0
    except subprocess.TimeoutExpired:
        return False


def _turns(demo: subprocess.Popen, watchers: Watchers) -> list[tuple[str, int, int]]:
    """Who watched from when to when, by the clock that Java calls nanoTime."""
    turns = []
    for turn in range(TURNS):
        name = list(watchers)[turn % len(watchers)]
        with ExitStack() as stack:
            for watcher in watchers[name]():
                stack.enter_context(watcher)
            time.sleep(SETTLE)
            begin = time.monotonic_ns()
            for line in demo.stdout:
                if re.match(r"cycle \d+ of \d+ survived", line):
                    break
            turns.append((name, begin, time.monotonic_ns()))
    for _ in demo.stdout:
        pass  # it must not wait for a reader
    return turns
