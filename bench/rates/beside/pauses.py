# SPDX-License-Identifier: Apache-2.0
"""Polls of an lcore, and frames through a tap interface, while the JVM collects garbage."""
from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
HEADING = (f"{'collector':<12} {'collections':>11} {'p50 us':>8} {'p99.9 us':>9} "
           f"{'longest us':>11} {'frames':>8} {'lost':>6}")
_COLLECTORS = ("Serial", "Parallel", "G1", "Z")
_WARM_UP = 8
_SECONDS = 10
_BURSTS_PER_SECOND = 1000
_BURST = 20
_PAUSE = 0.002
# Small, so that it is full of garbage several times a second.
_HEAP = "-Xmx48m"
_FRAME = bytes.fromhex("020000000001" "020000000002" "88b5") + bytes(46)


def main() -> int:
    """Measures each collector in turn, in a network namespace of this process alone."""
    if os.geteuid() != 0:
        print("bench: root is needed: a tap interface is made", file=sys.stderr)
        return 3
    subprocess.run(["sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1"], check=True)
    print(HEADING, flush=True)
    for collector in _COLLECTORS:
        with tempfile.TemporaryDirectory() as folder:
            print(_measure(collector, Path(folder)), flush=True)
    return 0


def _measure(collector: str, tmp: Path) -> str:
    options = f"-XX:+Use{collector}GC {_HEAP} -Xlog:gc:file={tmp}/gc"
    process = subprocess.Popen(
        [TOP / "launcher/hotbus", "shell", "--vdev", "net_tap0,iface=t0"],
        stdin=subprocess.PIPE, stdout=open(tmp / "out", "wb"), stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "HOTBUS_JAVA_OPTS": options})
    try:
        _type(process, "start")
        _await_interface()
        _send(_WARM_UP)
        _type(process, "set record-stalls on")
        received, before = _received(), _collections(tmp)
        sent = _send(_SECONDS, process)
        time.sleep(1)
        lost = sent - (_received() - received)
        _type(process, "show lcores --json", "stop", "quit")
        process.stdin.close()
        process.wait(60)
    finally:
        process.kill()
        process.wait()
    times = json.loads(re.search(r"^\[ .*? \]$", (tmp / "out").read_text(), re.M | re.S)[0])[0]
    p50, p999, longest = (times[name] / 1e3 for name in ("p50Nanos", "p999Nanos", "maxNanos"))
    return (f"{collector:<12} {_collections(tmp) - before:>11} {p50:>8.1f} {p999:>9.1f} "
            f"{longest:>11.1f} {sent:>8} {lost:>6}")


def _type(process: subprocess.Popen, *lines: str) -> None:
    process.stdin.write("".join(f"{line}\n" for line in lines))
    process.stdin.flush()


def _await_interface() -> None:
    deadline = time.monotonic() + 60
    while subprocess.run(["ip", "link", "show", "t0", "up"], capture_output=True,
                         check=False).stdout == b"":
        if time.monotonic() > deadline:
            raise TimeoutError("there is no interface t0 after 60 s")
        time.sleep(0.1)


def _send(seconds: int, process: subprocess.Popen | None = None) -> int:
    """Sends bursts at an even pace; has that process show its counters, which makes garbage."""
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind(("t0", 0))
    begin = time.monotonic()
    bursts = 0
    while bursts < seconds * _BURSTS_PER_SECOND:
        due = int((time.monotonic() - begin) * _BURSTS_PER_SECOND)
        for _ in range((due - bursts) * _BURST):
            sender.send(_FRAME)
        if process is not None and due > bursts:
            _type(process, "show port xstats all")
        bursts = due
        time.sleep(_PAUSE)
    sender.close()
    return bursts * _BURST


def _received() -> int:
    """Frames that the interface has received: those that hotbus has sent."""
    shown = subprocess.run(["ip", "-j", "-s", "link", "show", "t0"], capture_output=True,
                           check=True).stdout
    return json.loads(shown)[0]["stats64"]["rx"]["packets"]


def _collections(tmp: Path) -> int:
    return len(set(re.findall(r"GC\((\d+)\)", (tmp / "gc").read_text())))
