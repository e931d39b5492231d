# SPDX-License-Identifier: Apache-2.0
"""Packets a second between two NICs, of the product and of DPDK's testpmd in turn. On a machine
whose clock counts instructions, a nanosecond each, that tells instructions for each packet."""
from __future__ import annotations

import re
import shlex
import statistics
import time
from dataclasses import replace

from hotrig import testpmd
from hotrig.errors import RigError
from hotrig.guest import Guest
from hotrig.nic import Nic, address_in
from hotrig.product import IN_GUEST, Build, lay_out
from hotrig.progress import Progress, wait_for
from hotrig.qemu import NIC_PORT
from hotrig.rows import Row
from hotrig.scenarios import Scenario

# Root ports whose NICs are on one hub.
PORTS = (NIC_PORT, 3)
ROUNDS = {"rates": 3, "instructions": 1}
# So many packets go round: `start tx_first`.
BURSTS = 4
MBUFS = 4096
DESCRIPTORS = 256
START_SECONDS = {"rates": 60.0, "instructions": 400.0}
LINK_SECONDS = 5.0
WARM_UP_SECONDS = 10.0
MEASURED_SECONDS = 10.0
QUIT_SECONDS = 30.0
NANOS = 1e9
_RATE = re.compile(r"Rx-pps: +(\d+)")
# What each prints once its ports are started.
_PRODUCT_STARTED = r"port 1 \(.*\): started"
_TESTPMD_STARTED = r"(?m)^Done$"


class Rates:
    """Each packet that one NIC sends is received by the other, forwarded, and sent by the first."""

    def __init__(self, guest: Guest, nic: Nic, build: Build, progress: Progress) -> None:
        self._guest = guest
        self._nic = nic
        self._build = build
        self._progress = progress
        self._log = guest.transcript("app")
        self._start_seconds = 0.0

    def run(self, scenario: Scenario) -> Row:
        self._start_seconds = START_SECONDS[scenario.kind]
        addresses = [address_in(port) for port in PORTS]
        self._nic.ensure_present()
        self._nic.load_driver(scenario.binding)
        for port in PORTS:
            if not self._nic.present(port):
                self._nic.plug_in(port)
                self._nic.await_present(port)
            self._nic.bind(scenario.binding, port)
        self._guest.check(f"{testpmd.prepare_script()}\nrm -rf /run/hotbus && cd /tmp\n"
                          f"{lay_out(self._build)}", 60)
        product = shlex.join(self._shell("-l", "1", *self._words(
            addresses, f",bind={scenario.binding}")))
        other = shlex.join(["stdbuf", "-o0", "dpdk-testpmd", "-l", "0,1", "-n", "1",
                            "--main-lcore", "0", "-m", "256", *self._nics(addresses, ""), "--",
                            "-i", *self._options()])
        ours, theirs = [], []
        for number in range(ROUNDS[scenario.kind]):
            ours.append(self._rate(product, _PRODUCT_STARTED))
            theirs.append(self._rate(other, _TESTPMD_STARTED))
            self._progress.say(f"{scenario.name}, round {number + 1}: {ours[-1]:,.0f} packets a "
                               f"second, testpmd {theirs[-1]:,.0f}")
        row = Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal, True, "")
        our, their = statistics.median(ours), statistics.median(theirs)
        if scenario.kind == "instructions":
            return replace(row, instructions=NANOS / our, besideInstructions=NANOS / their)
        return replace(row, packetsPerSecond=our, besidePerSecond=their)

    def _shell(self, *words: str) -> list[str]:
        """The command line of the product's shell, which reads a pipe."""
        command = self._build.run("shell", *words)
        return [command[0], f"-Dgosh.home={IN_GUEST}", "-Dhotbus.terminal=false",
                "-Dorg.jline.terminal.dumb=true", "-Dgosh.args=--nointeractive --noshutdown",
                *command[1:]]

    def _words(self, addresses: list[str], bind: str) -> list[str]:
        return [*self._nics(addresses, bind), *self._options()]

    @staticmethod
    def _nics(addresses: list[str], bind: str) -> list[str]:
        return [word for address in addresses for word in ("-a", address + bind)]

    @staticmethod
    def _options() -> list[str]:
        return [f"--total-num-mbufs={MBUFS}", "--nb-cores=1", f"--rxd={DESCRIPTORS}",
                f"--txd={DESCRIPTORS}"]

    def _rate(self, command: str, started: str) -> float:
        """Starts the program, lets it forward, and ends it. Returns the packets that both ports
        receive in a second of the guest."""
        begin = self._log.stat().st_size if self._log.exists() else 0
        self._guest.check(f"""\
rm -f /run/rates.*; mkfifo /run/rates.in
(set +e; {command} <>/run/rates.in >/run/ports/app 2>&1; echo $? >/run/rates.status) \\
	>/dev/null 2>&1 &
disown -a""", 30)
        try:
            self._await(lambda: re.search(started, self._printed(begin)), begin,
                        "did not start its ports")
            time.sleep(LINK_SECONDS)
            self._type("set promisc all on", f"start tx_first {BURSTS}")
            time.sleep(WARM_UP_SECONDS)
            self._type("show port stats all")
            time.sleep(MEASURED_SECONDS)
            self._type("show port stats all")
            self._await(lambda: len(_RATE.findall(self._printed(begin))) >= 4, begin,
                        "showed no statistics")
            rate = sum(float(rate) for rate in _RATE.findall(self._printed(begin))[2:4])
            if rate == 0:
                raise RigError(f"no packet came round: {command}")
            self._type("stop", "quit")
            return rate
        finally:
            if not wait_for(lambda: not self._alive(), QUIT_SECONDS):
                self._guest.run("pkill -KILL -x dpdk-testpmd; pkill -KILL -x java")
                wait_for(lambda: not self._alive(), QUIT_SECONDS)

    def _type(self, *lines: str) -> None:
        self._guest.check(f"printf '%s\\n' {shlex.join(lines)} >/run/rates.in")

    def _await(self, condition, begin: int, otherwise: str) -> None:
        if not wait_for(lambda: condition() or not self._alive(),
                        self._start_seconds) or \
                not condition():
            last = " / ".join(self._printed(begin).splitlines()[-3:])
            raise RigError(f"a program {otherwise}: {last}")

    def _alive(self) -> bool:
        return self._guest.run("[ ! -e /run/rates.status ]").status == 0

    def _printed(self, begin: int) -> str:
        with self._log.open("rb") as log:
            log.seek(begin)
            return log.read().decode(errors="replace")
