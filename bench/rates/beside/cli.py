# SPDX-License-Identifier: Apache-2.0
"""The command line."""
from __future__ import annotations

import argparse
import os
import platform
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from beside import programs, report
from beside.rows import ROWS, Row, named


def main(arguments: list[str]) -> int:
    """Measures the rows that are named; returns the exit code."""
    options = _parser().parse_args(arguments)
    if options.list:
        for row in ROWS:
            print(f"{row.name:<22} {row.what}")
        return 0
    try:
        rows = named(options.rows)
    except ValueError as e:
        print(f"bench: {e}", file=sys.stderr)
        return 2
    if os.geteuid() != 0:
        print("bench: root is needed: interfaces are made in network namespaces", file=sys.stderr)
        return 3
    results, failed = _measure(rows, options.seconds, options.runs)
    about = _about(options.seconds, options.runs)
    if options.json:
        options.json.write_text(report.as_json(results, about))
    if options.html:
        options.html.write_text(report.as_html(results, about))
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="launcher/hotbus bench",
        description="Measures hotbus and dpdk-testpmd in turn, with the same devices, engine, "
                    "burst and CPUs, and prints millions of packets a second, the median ratio, "
                    "and the lowest and highest ratio of a pair of runs.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="what to measure (default: all)")
    parser.add_argument("--list", action="store_true", help="list the rows")
    parser.add_argument("--seconds", type=float, default=5, metavar="N",
                        help="seconds of a measurement, after 8 s of warming up (default: 5)")
    parser.add_argument("--runs", type=int, default=1, metavar="N",
                        help="pairs of runs (default: 1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all rates to FILE")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page to FILE")
    return parser


def _measure(rows: list[Row], seconds: float, runs: int) -> tuple[list[report.Result], bool]:
    last = os.cpu_count() - 1
    results, failed = [], False
    print(report.HEADING, flush=True)
    for row in rows:
        cpus = list(range(last - row.lcores + 1, last + 1))
        ours, theirs = [], []
        try:
            for _ in range(runs):
                ours.append(_run(row, programs.hotbus, cpus, seconds))
                theirs.append(_run(row, programs.beside, cpus, seconds))
        except programs.RunFailed as e:
            print(f"{row.name:<22} not measured: {e}", flush=True)
            failed = True
            continue
        results.append(report.Result(row.name, row.what, tuple(ours), tuple(theirs)))
        print(report.line(results[-1]), flush=True)
    return results, failed


def _run(row: Row, command, cpus: list[int], seconds: float) -> float:
    # In memory: a disk would be what is measured.
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        tmp = Path(folder)
        (tmp / "in.pcap").write_bytes(_capture(1024))
        (tmp / "none.pcap").write_bytes(_capture(0))
        return programs.rate(row, command(row, tmp, cpus), tmp, row.seconds or seconds)


def _capture(frames: int) -> bytes:
    """A capture file of frames of 64 bytes."""
    frame = bytes.fromhex("020000000001020000000002" "0800") + bytes(50)
    record = struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + frames * record


def _about(seconds: float, runs: int) -> dict[str, str]:
    java = subprocess.run([os.environ.get("HOTBUS_JAVA", "java").split()[0], "-version"],
                          capture_output=True, text=True, check=False).stderr.splitlines()
    dpdk = subprocess.run(["dpdk-testpmd", "--version"], capture_output=True, text=True,
                          check=False).stdout.strip().splitlines()
    return {"Java": java[0] if java else "unknown",
            "options": os.environ.get("HOTBUS_JAVA_OPTS", "none"),
            "DPDK": dpdk[-1] if dpdk else "unknown",
            "kernel": platform.release(),
            "CPUs": str(os.cpu_count()),
            "runs": f"{runs} pairs of {seconds:g} s"}
