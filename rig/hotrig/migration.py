# SPDX-License-Identifier: Apache-2.0
"""A live migration of the guest while the product forwards through a failsafe port: the NIC is unplugged, the guest
moves to another QEMU, and a NIC is plugged in there. The virtio NIC that is the other sub-device moves with it."""
from __future__ import annotations

import json
import re
import shlex
import statistics
from dataclasses import dataclass
from typing import Any

from hotrig import dmesg, rows
from hotrig.errors import RigError
from hotrig.guest import Guest
from hotrig.kind import Kind
from hotrig.nic import Nic, Peer, address_in
from hotrig.product import Build, Product
from hotrig.progress import PATIENCE, Progress, wait_for
from hotrig.qemu import FALLBACK_PORT, NIC_PORT, PEER_MAC, place
from hotrig.rows import Row
from hotrig.scenarios import Scenario

FRAMES_PER_SECOND = 500
SETTLE_SECONDS = 3.0
UNPLUG_SECONDS = 20.0
RETURN_SECONDS = 20.0
# Every frame goes back to the peer. By macswap a broadcast, as QEMU's announcements after a
# migration are, would go to the other one of the two NICs, which have the same address, and on
# between these for ever.
FORWARDING = ("--forward-mode", "mac", "--eth-peer", f"0,{PEER_MAC}", "--port-topology", "loop")
STOP = "/run/outage.stop"
RESULT = "/run/outage.json"


@dataclass(frozen=True)
class Phase:
    """A part of the timeline; times are the guest's, in seconds."""

    what: str
    begin: float
    end: float

    def outage(self, gaps: list[tuple[float, float]]) -> float:
        """Milliseconds of the longest time without a frame that began in this phase."""
        return max((length for begin, length in gaps if self.begin <= begin < self.end), default=0.0) * 1000

    def lost(self, times: list[float]) -> int:
        """How many of the frames that did not return were sent in this phase."""
        return sum(self.begin <= when < self.end for when in times)


class Migration(Kind):
    """The guest's kernel sends numbered frames by a NIC of its own, the product returns them."""

    def __init__(self, guest: Guest, hardware: Nic, peer: Peer, build: Build,
                 progress: Progress) -> None:
        super().__init__(guest, hardware, peer, build, progress)
        self._phases: list[Phase] = []

    def run(self, scenario: Scenario) -> Row:
        self._nic.load_driver(scenario.binding)
        interface = self._peer.set_up()
        self._guest.check(dmesg.begin_script(scenario.name))
        product = self._product(scenario)
        downtimes: list[float] = []
        try:
            product.await_port()
            product.await_forwarding()
            self._await_nic(product)
            product.begin_scenario()
            process = self._guest.check("pgrep -x java")
            self._begin_traffic(interface)
            self._settle("before")
            for number in range(scenario.cycles):
                downtimes.append(self._move(product, f"{scenario.name} {number + 1}"))
            survived = product.alive() and self._guest.check("pgrep -x java") == process
            seen = self._end_traffic()
        finally:
            product.stop()
        self._tell(scenario, seen, downtimes)
        return rows.concluded(
            scenario, survived, ["" if len(seen["lost"]) < seen["sent"] else "no frame came back"],
            dmesg.complaints_of(self._guest, scenario.name), cycles=len(downtimes), replugged=True)

    def _product(self, scenario: Scenario) -> Product:
        """Starts the product, which forwards through one failsafe port on both NICs."""
        devices = ",".join(f"dev({address_in(port)},bind={scenario.binding})"
                           for port in (NIC_PORT, FALLBACK_PORT))
        return Product(self._guest, self._build, scenario.binding,
                       vdevs=(f"net_failsafe0,{devices}",), nics=(), options=FORWARDING)

    def _unplug(self) -> None:
        """Takes the NIC away before the guest moves."""
        machine = self._guest.machine
        machine.qmp.forget_events()
        machine.device_del()
        if not machine.await_deleted(UNPLUG_SECONDS * PATIENCE):
            raise RigError("the guest does not let go of the NIC")

    def _migrate(self) -> dict[str, float]:
        """Moves the guest, which has no NIC now."""
        self._guest.begin_migration()
        return self._guest.end_migration()

    def _plug(self) -> None:
        """Brings a NIC back after the guest has moved."""
        self._nic.plug_in()

    def _move(self, product: Product, name: str) -> float:
        """Unplugs, migrates, plugs. Returns the milliseconds for which QEMU stopped the guest."""
        with self._phase("unplugged"):
            self._unplug()
            self._await(product, r"sub-device 0 \(\S+\) (is gone|was taken away)", "the port keeps its NIC")
        with self._phase("migrated"):
            result = self._migrate()
        self._progress.say(f"{name}: moved {result['megabytes']:.0f} MB in {result['seconds']:.1f} s, the guest stood "
                           f"still for {result['downtime']:.0f} ms")
        with self._phase("plugged"):
            self._plug()
            self._nic.await_present()
            self._await_nic(product)
        self._settle("after")
        product.begin_scenario()
        return result["downtime"]

    def _await_nic(self, product: Product) -> None:
        self._await(product, r"sub-device 0 \(\S+\) is there", "the NIC is not used")

    @staticmethod
    def _await(product: Product, pattern: str, otherwise: str) -> None:
        if not wait_for(lambda: re.search(pattern, product.printed()), RETURN_SECONDS):
            raise RigError(f"{otherwise}: {product.last_words()}")

    def _begin_traffic(self, interface: str) -> None:
        command = shlex.join(["/usr/bin/python3", "/mnt/box/outage.py", interface, place(NIC_PORT)["mac"],
                              str(FRAMES_PER_SECOND), STOP])
        self._guest.check(f"rm -f {STOP} {RESULT}*\n"
                          f"({command} >{RESULT}.part 2>&1; mv {RESULT}.part {RESULT}) </dev/null >/dev/null 2>&1 &\n"
                          "disown")

    def _end_traffic(self) -> dict[str, Any]:
        self._guest.check(f": >{STOP}")
        if not wait_for(lambda: self._guest.run(f"[ -e {RESULT} ]").status == 0, RETURN_SECONDS):
            raise RigError("the guest's side of the traffic does not end")
        said = self._guest.check(f"cat {RESULT}")
        try:
            return json.loads(said)
        except ValueError as error:
            raise RigError(f"the guest's side of the traffic said: {said.strip()[-300:]}") from error

    def _settle(self, what: str) -> None:
        with self._phase(what):
            self._guest.check(f"sleep {SETTLE_SECONDS}", SETTLE_SECONDS + 10)

    def _phase(self, what: str) -> _Timed:
        return _Timed(self._guest, what, self._phases)

    def _tell(self, scenario: Scenario, seen: dict[str, Any], downtimes: list[float]) -> None:
        say = self._progress.say
        say(f"{scenario.name}: {seen['sent']} frames sent, {seen['refused']} refused by the kernel's interface, "
            f"{len(seen['lost'])} did not return, {seen['twice']} returned twice (the hub shows each frame to both NICs)")
        for phase in self._phases:
            say(f"  {phase.begin:9.2f} s  {phase.what:10} {phase.end - phase.begin:6.2f} s, lost "
                f"{phase.lost(seen['lost']):4}, longest time without a frame {phase.outage(seen['gaps']):7.1f} ms")
        say(f"  downtime of QEMU: median {statistics.median(downtimes):.0f} ms")


class _Timed:
    """Notes when a phase began and ended, on the guest's clock, which stands still with the guest."""

    def __init__(self, guest: Guest, what: str, phases: list[Phase]) -> None:
        self._guest = guest
        self._what = what
        self._phases = phases
        self._begin = 0.0

    def __enter__(self) -> None:
        self._begin = self._now()

    def __exit__(self, kind: Any, *_: Any) -> None:
        if kind is None:
            self._phases.append(Phase(self._what, self._begin, self._now()))

    def _now(self) -> float:
        return float(self._guest.check("cat /proc/uptime").split()[0])
