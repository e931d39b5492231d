# SPDX-License-Identifier: Apache-2.0
"""What becomes of packets when the preferred device of a failsafe port is pulled out, again and again."""
from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from beside.programs import TOP

_TEST = ("io.hotbus.itest.FailsafeTest:"
         "shouldLoseNothingWhenThePreferredDeviceIsPulledOutUnderLoad")
_LOG = TOP / "bundles/itest/target/itest.log"
_OUTAGE = r"p50 (\d+) us, p99 (\d+) us, longest (\d+) us"
_BOTH = rf"{_OUTAGE}; without waiting for a CPU {_OUTAGE}"
# What the test's log says at its end.
_SAID = re.compile(r"(\d+) removals: sent (\d+), received (\d+), twice (\d+), late \d+, "
                   rf"sent again (\d+); outage {_BOTH}; when it returns {_BOTH}")
_HEADING = (f"{'':<26} {'removals':>8} {'sent':>10} {'lost':>7} {'refused':>7} {'twice':>7} {'bound':>7}   "
            "outage, ms: p50     p99  longest")


class NotMeasured(Exception):
    """Why a line has no figures."""


@dataclass(frozen=True)
class _Line:
    """bound: how many may have come twice at most; None: it is not told."""
    what: str
    removals: int
    sent: int
    lost: int
    refused: int
    twice: int
    bound: int | None
    millis: tuple[float, float, float]

    def __str__(self) -> str:
        bound = "-" if self.bound is None else self.bound
        p50, p99, longest = self.millis
        return (f"{self.what:<26} {self.removals:>8} {self.sent:>10} {self.lost:>7} {self.refused:>7} "
                f"{self.twice:>7} {bound:>7} {p50:>17.3f} {p99:>7.3f} {longest:>8.3f}")


def main(arguments: list[str]) -> int:
    """Prints a line for each pair of devices and program; returns the exit code."""
    parser = argparse.ArgumentParser(prog="launcher/hotbus bench replay", description=__doc__)
    parser.add_argument("--removals", type=int, default=1000, metavar="N")
    parser.add_argument("--rate", type=int, default=20_000, metavar="FRAMES",
                        help="frames a second on af_packet")
    options = parser.parse_args(arguments)
    if os.geteuid() != 0:
        print("bench replay: root is needed", file=sys.stderr)
        return 3
    print(_HEADING, flush=True)
    failed = False
    # Maven comes last: it builds anew what the product is made of.
    for measure in (lambda: _af_packet("af_packet", options.removals, options.rate),
                    lambda: _af_packet("af_packet, dpdk-testpmd", options.removals, options.rate,
                                       "--dpdk"),
                    lambda: _net_sim(options.removals)):
        try:
            for line in measure():
                print(line, flush=True)
                failed |= line.bound is not None and (line.lost > 0 or line.twice > line.bound)
        except NotMeasured as e:
            print(f"not measured: {e}", flush=True)
            failed = True
    return 1 if failed else 0


def _net_sim(removals: int) -> list[_Line]:
    """By the test inside the framework, which sends as fast as the port takes packets."""
    done = subprocess.run(
        ["mvn", "-q", "-B", "verify", "-f", TOP / "pom.xml", "-pl", "bundles/itest", "-am",
         f"-Dtest={_TEST}", "-Dsurefire.failIfNoSpecifiedTests=false",
         f"-Dhotbus.test.removals={removals}"], capture_output=True, text=True, check=False)
    said = list(_SAID.finditer(_LOG.read_text(errors="replace"))) if done.returncode == 0 else []
    if not said:
        raise NotMeasured(f"net_sim: {done.stdout.strip()[-600:]}")
    numbers = list(map(int, said[-1].groups()))
    count, sent, received, twice, again = numbers[:5]
    return [_Line(what, count, sent, sent - received, 0, twice, again,
                  tuple(micros / 1000 for micros in outage))
            for what, outage in (("net_sim, full load", numbers[5:8]),
                                 ("  without waits for a CPU", numbers[8:11]),
                                 ("  when the device returns", numbers[11:14]),
                                 ("  without waits for a CPU", numbers[14:17]))]


def _af_packet(what: str, removals: int, rate: int, *more: str) -> list[_Line]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        done = subprocess.run(
            [TOP / "launcher/test/failsafe.py", "--device", "veth", "--times", str(removals), "--rate", str(rate),
             "--json", out, *more], capture_output=True, text=True, check=False)
        if not out.exists():
            raise NotMeasured(f"{what}: {(done.stdout + done.stderr).strip()[-600:]}")
        seen = json.loads(out.read_text())
    gaps = sorted(seen["gaps"])
    return [_Line(what, seen["removals"], seen["sent"], seen["lost"],
                  seen["missed"] + seen["refused"], seen["twice"], seen["again"],
                  (gaps[len(gaps) // 2], gaps[len(gaps) * 99 // 100], gaps[-1]))]
