# SPDX-License-Identifier: Apache-2.0
"""Those who watch a process: clients of telemetry and metrics, the Flight Recorder, and a browser with the page."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(TOP / "launcher/top"), str(TOP / "launcher/test")]

import sample  # noqa: E402
import telemetry  # noqa: E402
from ports import free_port  # noqa: E402

PREFIX = "bench-watched"
SETTINGS = TOP / "launcher/etc/hotbus.jfc"
LIMIT = 60.0


class Ports:
    """Where a process serves metrics and the page."""

    def __init__(self) -> None:
        self.metrics, self.web = free_port(), free_port()
        self.options = ["--file-prefix", PREFIX, "--metrics", str(self.metrics), "--web", str(self.web)]


def await_client() -> telemetry.Client:
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


@contextmanager
def _each_second(task: Callable[[], None]) -> Iterator[None]:
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            task()
            over.wait(1)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def asking() -> object:
    """Telemetry is asked for everything, once a second."""
    def look() -> None:
        try:
            client = telemetry.Client(telemetry.folders()[0] / PREFIX / telemetry.SOCKET)
        except telemetry.NoAnswer:
            return
        try:
            sample.look(client)
        except telemetry.NoAnswer:
            pass  # the process ends
        finally:
            client.close()
    return _each_second(look)


def scraping(ports: Ports) -> object:
    """Metrics are read once a second."""
    def scrape() -> None:
        try:
            _get(f"http://127.0.0.1:{ports.metrics}/metrics")
        except OSError:
            pass  # the process ends
    return _each_second(scrape)


def _get(url: str, method: str = "GET") -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=10) as answer:
        return answer.read(1 << 20)


@contextmanager
def recording(pid: int) -> Iterator[None]:
    """The Flight Recorder runs, with its default events and those of hotbus."""
    jcmd = Path(os.environ["JAVA_HOME"], "bin/jcmd")
    subprocess.run([jcmd, str(pid), "JFR.start", "name=bench", "settings=default", f"settings={SETTINGS}"], check=True,
                   stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        # The process may have ended.
        subprocess.run([jcmd, str(pid), "JFR.stop", "name=bench"], check=False, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)


class Browser:
    """A Chromium that has been up for a while, and opens and closes the page when it is told to."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self._process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/browser",
             f"--remote-debugging-port={self._port}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + LIMIT
        while True:
            try:
                self._ask("version")
                return
            except OSError:
                if time.monotonic() > end:
                    self.close()
                    raise
                time.sleep(0.2)

    def _ask(self, what: str, method: str = "GET") -> bytes:
        return _get(f"http://127.0.0.1:{self._port}/json/{what}", method)

    @contextmanager
    def showing(self, ports: Ports) -> Iterator[None]:
        """The page is open."""
        tab = json.loads(self._ask(f"new?http://127.0.0.1:{ports.web}/", "PUT"))["id"]
        try:
            yield
        finally:
            self._ask(f"close/{tab}")

    def close(self) -> None:
        """Ends it."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
