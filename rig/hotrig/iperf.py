# SPDX-License-Identifier: Apache-2.0
"""TCP and UDP of two hosts (see hosts.py): iperf3 measures them. Then one of the product's NICs is
torn out and plugged in again while a TCP connection is under load, which must live on."""
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hotrig import dmesg, hosts, rows
from hotrig.errors import RigError
from hotrig.hosts import ADDRESSES, FAR, NEAR, NICS, SECONDS
from hotrig.kind import Kind
from hotrig.nic import ADDRESS
from hotrig.product import Product
from hotrig.progress import PATIENCE, wait_for
from hotrig.removals import DETACH_SECONDS
from hotrig.rows import Row
from hotrig.scenarios import Scenario

FAR_ADDRESS = ADDRESSES[FAR]
# UDP has no flow control: as much as emulated processors forward at any time.
UDP_BITS = "1M"
MAX_LOST = 0.01
# Long enough for a removal, a return, and for TCP's timeout after them, which doubles in between.
REMOVAL_SECONDS = 90
RESULT = "/run/iperf.json"
COMMANDS = "/run/iperf.commands"


@dataclass(frozen=True)
class Measured:
    """What iperf3 says of one connection."""

    megabits: float  # a second, at the receiver
    sent_again: int  # segments of TCP
    lost: int  # datagrams of UDP, of so many
    datagrams: int
    last_bytes: int  # in the last second with a full report

    @staticmethod
    def of(text: str) -> Measured:
        """Reads its JSON. RigError if it failed."""
        try:
            said: dict[str, Any] = json.loads(text)
        except ValueError as e:
            raise RigError(f"iperf3 said no JSON: {text.strip()[-80:]}") from e
        if "error" in said:
            raise RigError(f"iperf3: {said['error']}")
        end = said["end"]
        received = end.get("sum_received", end.get("sum", {}))
        intervals = [each["sum"]["bytes"] for each in said["intervals"]]
        datagrams = end.get("sum", {})
        return Measured(received["bits_per_second"] / 1e6,
                        end.get("sum_sent", {}).get("retransmits", 0),
                        datagrams.get("lost_packets", 0), datagrams.get("packets", 0),
                        intervals[-2] if len(intervals) > 1 else intervals[-1])


class Iperf(Kind):
    """A product of its own for each scenario."""

    def run(self, scenario: Scenario) -> Row:
        self._nic.ensure_present()
        self._nic.load_driver(scenario.binding)
        with hosts.made(self._guest, self._nic, self._peer):
            return self._between_hosts(scenario)

    def _between_hosts(self, scenario: Scenario) -> Row:
        self._guest.check(dmesg.begin_script(scenario.name))
        self._guest.check(f"echo set promisc all on >{COMMANDS}")  # the frames are for the hosts
        product = Product(self._guest, self._build, scenario.binding, vdevs=(), nics=NICS,
                          options=("--cmdline-file", COMMANDS))
        try:
            for nic in NICS:
                product.await_port(nic)
            product.await_forwarding()
            wrong = self._measure(scenario) or self._remove(scenario, product)
            survived = product.alive()
        finally:
            product.stop()
        return rows.concluded(scenario, survived, [wrong],
                              dmesg.complaints_of(self._guest, scenario.name),
                              replugged=not wrong)

    # ---- without a removal ----

    def _measure(self, scenario: Scenario) -> str:
        """Why something is not as it has to be; empty if all is."""
        for what, options in (("TCP", ""), ("TCP, the other way", "-R"),
                              ("UDP", f"-u -b {UDP_BITS}")):
            seen = self._iperf(f"-t {SECONDS} {options}")
            self._progress.say(
                f"{scenario.name}: {what}: {seen.megabits:.1f} Mbit/s, " + (
                    f"{seen.lost} of {seen.datagrams} datagrams lost" if seen.datagrams
                    else f"{seen.sent_again} segments sent again"))
            if not seen.megabits:
                return f"{what}: nothing arrived"
            if seen.lost > MAX_LOST * seen.datagrams:
                return f"{what}: {seen.lost} of {seen.datagrams} datagrams were lost"
        return ""

    def _iperf(self, options: str) -> Measured:
        self._serve()
        return Measured.of(self._guest.run(
            f"ip netns exec {NEAR} iperf3 --json -c {FAR_ADDRESS} {options}",
            SECONDS * 10 * PATIENCE).output)

    def _serve(self) -> None:
        """Starts a server for one connection."""
        self._guest.check(f"ip netns exec {FAR} iperf3 -s -1 -D")
        if not wait_for(lambda: self._guest.run(
                f"ip netns exec {FAR} grep -q :1451 /proc/net/tcp /proc/net/tcp6").status == 0,
                SECONDS):
            raise RigError("iperf3 does not listen")

    # ---- with one ----

    def _remove(self, scenario: Scenario, product: Product) -> str:
        """Tears the near NIC out of a loaded connection, and plugs it in again."""
        self._serve()
        self._guest.check(f"""\
(ip netns exec {NEAR} iperf3 --json -c {FAR_ADDRESS} -t {REMOVAL_SECONDS} >{RESULT}
touch {RESULT}.done) >/dev/null 2>&1 &
disown""")
        if not product.moves(ADDRESS):
            return "nothing flows before the removal"
        product.begin_scenario()
        self._nic.take_away("surprise")
        if not wait_for(lambda: product.events.find(ADDRESS, "DETACHED"), DETACH_SECONDS):
            return "the NIC was not detached"
        if not self._nic.await_gone("surprise"):
            return "the kernel did not let go of the NIC"
        self._nic.plug_in()
        self._nic.await_present()
        if not product.await_return():
            return "the NIC was not attached again"
        if not wait_for(lambda: self._guest.run(f"[ -e {RESULT}.done ]").status == 0,
                        REMOVAL_SECONDS):
            return "the connection did not end"
        seen = Measured.of(self._guest.check(f"cat {RESULT}; rm {RESULT}.done"))
        self._progress.say(f"{scenario.name}: TCP across a removal: {seen.megabits:.1f} Mbit/s, "
                           f"{seen.sent_again} segments sent again")
        return "" if seen.last_bytes else "the connection stood still when the NIC was back"
