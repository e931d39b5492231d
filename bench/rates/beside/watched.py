# SPDX-License-Identifier: Apache-2.0
"""What it costs to be watched: rates, and the time from a fault to its resumption, with and without observers.

The observers are a client of telemetry and a scrape of metrics, once a second each, a recording of the Flight Recorder
with the events of hotbus, and the web page in a browser.
"""
from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "launcher/top"))

import sample  # noqa: E402
import telemetry  # noqa: E402

PREFIX = "bench-watched"
SETTINGS = TOP / "launcher/etc/hotbus.jfc"
LIMIT = 60.0
WARM_UP = 8.0
SETTLE = 2.0
CYCLES = 100


def main() -> int:
    """Measures pairs, without and with observers, and prints their ratios."""
    parser = argparse.ArgumentParser(prog="launcher/hotbus bench watched", allow_abbrev=False)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"RUNTIME_DIRECTORY": folder, "HOTBUS_STATE_DIR": folder, "HOTBUS_LOG": "WARN"}
        _print("io between null ports, million packets/s", list(_rates(given.seconds, given.runs, Path(folder))), 1)
        _print(f"from fault to resume, us (p50 of {CYCLES} removals)", list(_resumes(given.runs, Path(folder))), 1)
    return 0


def _print(what: str, pairs: list[tuple[float, float]], digits: int) -> None:
    print(f"{what}\n{'alone':>10} {'watched':>10} {'ratio':>7}")
    for alone, watched in pairs:
        print(f"{alone:>10.{digits}f} {watched:>10.{digits}f} {watched / alone:>7.3f}")
    print(f"{'median':>10} {statistics.median(watched / alone for alone, watched in pairs):>18.3f}\n", flush=True)


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Ports:
    """Where a process serves metrics and the page."""

    def __init__(self) -> None:
        self.metrics, self.web = _free_port(), _free_port()
        self.options = ["--file-prefix", PREFIX, "--metrics", str(self.metrics), "--web", str(self.web)]


def _rates(seconds: float, runs: int, folder: Path) -> Iterator[tuple[float, float]]:
    """The same process, in turn without and with observers."""
    ports = Ports()
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen([TOP / "launcher/hotbus", "shell", "--auto-start", *ports.options,
                                    "--vdev", "net_null0", "--vdev", "net_null1"],
                                   stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT)
    try:
        client = _client()
        time.sleep(WARM_UP)
        for _ in range(runs):
            alone = _rate(client, seconds)
            with _observers(ports, folder), _recording(client.pid):
                time.sleep(SETTLE)
                watched = _rate(client, seconds)
            yield alone / 1e6, watched / 1e6
            time.sleep(SETTLE)
    finally:
        process.kill()
        process.wait()


def _client() -> telemetry.Client:
    """A client of the process, once its ports are there."""
    end = time.monotonic() + LIMIT
    while True:
        try:
            client = telemetry.Client(telemetry.folders()[0] / PREFIX / telemetry.SOCKET)
            if client.ask("/ethdev/list"):
                return client
            client.close()
        except telemetry.NoAnswer:
            pass
        if time.monotonic() > end:
            raise TimeoutError(f"hotbus has no ports after {LIMIT:.0f} s")
        time.sleep(0.1)


def _rate(client: telemetry.Client, seconds: float) -> float:
    """Packets per second that all ports send."""
    before, begin = _sent(client), time.monotonic()
    time.sleep(seconds)
    return (_sent(client) - before) / (time.monotonic() - begin)


def _sent(client: telemetry.Client) -> int:
    return sum(client.ask("/ethdev/stats", port)["opackets"] for port in client.ask("/ethdev/list"))


def _resumes(runs: int, folder: Path) -> Iterator[tuple[float, float]]:
    """The demo, in turn without and with observers."""
    for _ in range(runs):
        ports = Ports()
        alone = _demo([], "", folder)
        recording = f"-XX:StartFlightRecording:settings=default,settings={SETTINGS} -Xlog:jfr*=off"
        with _observers(ports, folder):
            yield alone, _demo(ports.options, recording, folder)


def _demo(options: list[str], java: str, folder: Path) -> float:
    report = folder / "demo.json"
    subprocess.run([TOP / "launcher/hotbus", "demo", "--cycles", str(CYCLES), "--json", report, *options], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
                   env={**os.environ, "HOTBUS_JAVA_OPTS": java})
    return json.loads(report.read_text())["faultToResumeMicros"]["p50"]


@contextmanager
def _observers(ports: Ports, folder: Path) -> Iterator[None]:
    """Everyone who looks at a process from outside. They may come before the process does."""
    over = threading.Event()
    tasks = [lambda: _each_second(over, _look), lambda: _each_second(over, lambda: _get(ports.metrics, "/metrics"))]
    with ExitStack() as stack:
        stack.enter_context(_page(ports, folder))
        threads = [threading.Thread(target=task, daemon=True) for task in tasks]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()


def _each_second(over: threading.Event, task) -> None:
    while not over.is_set():
        try:
            task()
        except (OSError, telemetry.NoAnswer):
            pass  # the process is not there yet
        over.wait(1)


def _look() -> None:
    client = telemetry.Client(telemetry.folders()[0] / PREFIX / telemetry.SOCKET)
    try:
        sample.look(client)
    finally:
        client.close()


def _get(port: int, path: str) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        answer.read(1 << 20)


@contextmanager
def _page(ports: Ports, folder: Path) -> Iterator[None]:
    """A browser that has the page open, as soon as there is one."""
    over = threading.Event()
    browsers: list[subprocess.Popen] = []

    def look() -> None:
        _get(ports.web, "/")
        browsers.append(subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/browser",
             "--remote-debugging-port=0", f"http://127.0.0.1:{ports.web}/"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True))
        over.set()

    opening = threading.Thread(target=lambda: _each_second(over, look), daemon=True)
    opening.start()
    try:
        yield
    finally:
        over.set()
        opening.join()
        for browser in browsers:
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()


@contextmanager
def _recording(pid: int) -> Iterator[None]:
    jcmd = Path(os.environ["JAVA_HOME"], "bin/jcmd")
    subprocess.run([jcmd, str(pid), "JFR.start", "name=bench", "settings=default", f"settings={SETTINGS}"], check=True,
                   stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        subprocess.run([jcmd, str(pid), "JFR.stop", "name=bench"], check=True, stdout=subprocess.DEVNULL)
