# SPDX-License-Identifier: Apache-2.0
"""Traffic whose every byte is compared: the guest's kernel sends frames by its own NIC, the
product returns them by macswap, and the kernel gets back what it sent. Or the kernel sends echo
requests, and the product answers them by icmpecho."""
from __future__ import annotations

import json
import re

from hotrig import dmesg, rows
from hotrig.kind import Kind
from hotrig.product import Product
from hotrig.progress import PATIENCE
from hotrig.qemu import NIC_PORT, place
from hotrig.rows import Row
from hotrig.scenarios import Scenario

FRAMES = 2000
SECONDS = 20.0
# Python of Debian, which the guest sees at the same place.
PYTHON = "/usr/bin/python3"
# For each kind of scenario, the engine that the product forwards with.
ENGINES = {"traffic": "macswap", "ping": "icmpecho"}
PINGS = 50
# Up to the most that fits into one frame: fragments are not answered.
PING_BYTES = (8, 1000, 1472)
OWN_ADDRESS, ANY_ADDRESS = "192.0.2.1", "192.0.2.7"
_PINGED = re.compile(r"(\d+) packets transmitted, (\d+) packets received(, \d+ duplicates)?")


def judge(seen: dict[str, int]) -> str:
    """Why the frames are not as they have to be; empty if they are."""
    if seen["wrong"]:
        return f"{seen['wrong']} of {seen['sent']} frames came back changed, or twice"
    if seen["sent"] < FRAMES or seen["returned"] < seen["sent"]:
        return f"{seen['returned']} of {seen['sent']} frames came back, {FRAMES} were to be sent"
    return ""


def judge_pings(said: str) -> str:
    """Why the answers are not as they have to be; empty if they are."""
    found = _PINGED.search(said)
    if not found:
        return f"ping said '{said.strip()[-80:]}'"
    if found[3] or found[1] != found[2] or int(found[1]) != PINGS:
        return f"of {PINGS} pings: {found[0]}"
    return ""


class Traffic(Kind):
    """A product of its own for each scenario, with the NIC as its only port."""

    def run(self, scenario: Scenario) -> Row:
        self._nic.ensure_present()
        self._nic.load_driver(scenario.binding)
        interface = self._peer.set_up()
        self._guest.check(dmesg.begin_script(scenario.name))
        options = ("--forward-mode", ENGINES[scenario.removal], "--port-topology", "loop")
        product = Product(self._guest, self._build, scenario.binding, vdevs=(), options=options)
        try:
            product.await_port()
            product.await_forwarding()
            wrong = (self._ping(interface) if scenario.removal == "ping"
                     else self._exchange(scenario, interface))
            survived = product.alive()
        finally:
            product.stop()
        return rows.concluded(scenario, survived, [wrong],
                              dmesg.complaints_of(self._guest, scenario.name))

    def _exchange(self, scenario: Scenario, interface: str) -> str:
        seen = json.loads(self._guest.check(
            f"{PYTHON} /mnt/box/exchange.py {interface} {place(NIC_PORT)['mac']} {FRAMES} "
            f"{SECONDS * PATIENCE}", SECONDS + 10))
        self._progress.say(f"{scenario.name}: {seen['returned']} of {seen['sent']} frames came "
                           "back as they were")
        return judge(seen)

    def _ping(self, interface: str) -> str:
        """The kernel asks for the address, too: icmpecho answers ARP for every one."""
        self._guest.check(f"ip addr add {OWN_ADDRESS}/24 dev {interface}")
        try:
            for size in PING_BYTES:
                said = self._guest.run(f"busybox ping -q -A -c {PINGS} -s {size} -w "
                                       f"{SECONDS * PATIENCE:.0f} {ANY_ADDRESS}", SECONDS + 10)
                self._progress.say(f"{size} bytes: {' '.join(said.output.split()[-16:])}")
                wrong = judge_pings(said.output)
                if wrong:
                    return f"{size} bytes: {wrong}"
            return ""
        finally:
            self._guest.check(f"ip addr flush dev {interface}")
