# SPDX-License-Identifier: Apache-2.0
"""Packets a second between two NICs, of the product and of DPDK's testpmd in turn; on a machine
whose instructions are counted, those of the lcore's processor for each packet."""
from __future__ import annotations

import re
import shlex
import statistics
import time
from dataclasses import dataclass, replace

from hotrig import counting, testpmd
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
ROUNDS = {"rates": 3, "instructions": 2}
LCORE = 1  # the processor of the one lcore of each program
# So many packets go round: `start tx_first`.
BURSTS = 4
MBUFS = 4096
DESCRIPTORS = 256
START_SECONDS = 60.0
LINK_SECONDS = 5.0
WARM_UP_SECONDS = 10.0
MEASURED_SECONDS = 10.0
QUIT_SECONDS = 30.0
_RECEIVED = re.compile(r"RX-packets: +(\d+)")
# What each prints once its ports are started.
_PRODUCT_STARTED = r"port 1 \(.*\): started"
_TESTPMD_STARTED = r"(?m)^Done$"


@dataclass(frozen=True)
class _Look:
    """What both ports have received, and the lcore's processor has executed, up to a moment."""

    seconds: float
    packets: int
    instructions: int


class Rates:
    """Each packet that one NIC sends is received by the other, forwarded, and sent by the first."""

    def __init__(self, guest: Guest, nic: Nic, build: Build, progress: Progress) -> None:
        self._guest = guest
        self._nic = nic
        self._build = build
        self._progress = progress
        self._log = guest.transcript("app")

    def run(self, scenario: Scenario) -> Row:
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
        product = shlex.join(self._shell("-l", str(LCORE), *self._words(
            addresses, f",bind={scenario.binding}")))
        other = shlex.join(["stdbuf", "-o0", "dpdk-testpmd", "-l", f"0,{LCORE}", "-n", "1",
                            "--main-lcore", "0", "-m", "256", *self._nics(addresses, ""), "--",
                            "-i", *self._options()])
        ours, theirs = [], []
        counted = scenario.flavour.counted
        what = "instructions for a packet" if counted else "packets a second"
        for number in range(ROUNDS[scenario.kind]):
            ours.append(self._measure(product, _PRODUCT_STARTED, counted))
            theirs.append(self._measure(other, _TESTPMD_STARTED, counted))
            self._progress.say(f"{scenario.name}, round {number + 1}: {ours[-1]:,.0f} {what}, "
                               f"testpmd {theirs[-1]:,.0f}")
        row = Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal, True, "")
        our, their = statistics.median(ours), statistics.median(theirs)
        if counted:
            return replace(row, instructions=our, besideInstructions=their)
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

    def _measure(self, command: str, started: str, counted: bool) -> float:
        """Starts the program, lets it forward, and ends it. Returns the packets that both ports
        receive in a second, or the instructions for each."""
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
            first = self._look(begin, counted)
            time.sleep(MEASURED_SECONDS)
            last = self._look(begin, counted)
            packets = last.packets - first.packets
            if packets == 0:
                raise RigError(f"no packet came round: {command}")
            self._type("stop", "quit")
            return ((last.instructions - first.instructions) / packets if counted
                    else packets / (last.seconds - first.seconds))
        finally:
            if not wait_for(lambda: not self._alive(), QUIT_SECONDS):
                self._guest.run("pkill -KILL -x dpdk-testpmd; pkill -KILL -x java")
                wait_for(lambda: not self._alive(), QUIT_SECONDS)

    def _look(self, begin: int, counted: bool) -> _Look:
        shown = len(_RECEIVED.findall(self._printed(begin))) + len(PORTS)
        self._type("show port stats all")
        self._await(lambda: len(_RECEIVED.findall(self._printed(begin))) >= shown, begin,
                    "showed no statistics")
        count = counting.read(self._guest.transcript(counting.NAME), LCORE) if counted else 0
        received = _RECEIVED.findall(self._printed(begin))[-len(PORTS):]
        return _Look(time.monotonic(), sum(int(packets) for packets in received), count)

    def _type(self, *lines: str) -> None:
        self._guest.check(f"printf '%s\\n' {shlex.join(lines)} >/run/rates.in")

    def _await(self, condition, begin: int, otherwise: str) -> None:
        if not wait_for(lambda: condition() or not self._alive(), START_SECONDS) or \
                not condition():
            last = " / ".join(self._printed(begin).splitlines()[-3:])
            raise RigError(f"a program {otherwise}: {last}")

    def _alive(self) -> bool:
        return self._guest.run("[ ! -e /run/rates.status ]").status == 0

    def _printed(self, begin: int) -> str:
        with self._log.open("rb") as log:
            log.seek(begin)
            return log.read().decode(errors="replace")
