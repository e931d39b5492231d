# SPDX-License-Identifier: Apache-2.0
"""Traffic whose every byte is compared: the guest's kernel sends frames by its own NIC, the
product returns them by macswap, and the kernel gets back what it sent."""
from __future__ import annotations

import json

from hotrig import dmesg
from hotrig.guest import Guest
from hotrig.nic import Nic, Peer
from hotrig.product import Build, Product
from hotrig.progress import PATIENCE, Progress
from hotrig.qemu import NIC
from hotrig.rows import Row
from hotrig.scenarios import Scenario

FRAMES = 2000
SECONDS = 20.0
# Python of Debian, which the guest sees at the same place.
PYTHON = "/usr/bin/python3"
MACSWAP = ("--forward-mode", "macswap", "--port-topology", "loop")


def judge(seen: dict[str, int]) -> str:
    """Why the frames are not as they have to be; empty if they are."""
    if seen["wrong"]:
        return f"{seen['wrong']} of {seen['sent']} frames came back changed, or twice"
    if seen["sent"] < FRAMES or seen["returned"] < seen["sent"]:
        return f"{seen['returned']} of {seen['sent']} frames came back, {FRAMES} were to be sent"
    return ""


class Traffic:
    """A product of its own for each scenario, with the NIC as its only port."""

    def __init__(self, guest: Guest, hardware: Nic, peer: Peer, build: Build,
                 progress: Progress) -> None:
        self._guest = guest
        self._nic = hardware
        self._peer = peer
        self._build = build
        self._progress = progress

    def run(self, scenario: Scenario) -> Row:
        self._nic.ensure_present()
        self._nic.load_driver(scenario.binding)
        interface = self._peer.set_up()
        self._guest.check(dmesg.begin_script(scenario.name))
        product = Product(self._guest, self._build, scenario.binding, vdevs=(), options=MACSWAP)
        try:
            product.await_port()
            product.await_forwarding()
            seen = json.loads(self._guest.check(
                f"{PYTHON} /mnt/box/exchange.py {interface} {NIC['mac']} {FRAMES} "
                f"{SECONDS * PATIENCE}", SECONDS + 10))
            survived = product.alive()
        finally:
            product.stop()
        self._progress.say(f"{scenario.name}: {seen['returned']} of {seen['sent']} frames came "
                           "back as they were")
        complaints = dmesg.complaints(self._guest.check("dmesg"), scenario.name)
        reasons = [reason for reason in (
            "" if survived else "the process died", judge(seen),
            f"dmesg: {complaints[0]}" if complaints else "") if reason]
        return Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal,
                   passed=not reasons, reason=", ".join(reasons), survived=survived,
                   dmesgClean=not complaints)
