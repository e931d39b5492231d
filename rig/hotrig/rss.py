# SPDX-License-Identifier: Apache-2.0
"""RSS of a virtio NIC: each packet arrives at the queue that its hash says, and the peer, which
computes the hash by itself, says how many those have to be."""
from __future__ import annotations

import json

from hotrig import dmesg, rows
from hotrig.kind import Kind
from hotrig.nic import ADDRESS
from hotrig.product import Product
from hotrig.progress import PATIENCE, wait_for
from hotrig.qemu import NIC_PORT, place
from hotrig.rows import Row
from hotrig.scenarios import Scenario
from hotrig.traffic import PYTHON

FOLDER = "/run/rss"
SECONDS = 30.0


def files(binding: str, queues: int, more: str) -> dict[str, str]:
    """The files of the product: RSS is not for its command line. `more`: on the NIC."""
    return {"io.hotbus.device-nic.cfg":
            f"devargs = {ADDRESS},bind={binding}\nport = 0\n"
            f"rxq = {queues}\nrss = ip tcp udp\n{more}",
            "io.hotbus.forwarding.cfg": "event-log = /tmp/events.json\nforward-mode = rxonly\n"}


def judge(seen: dict[str, list[int]]) -> str:
    """Why the packets did not arrive where they had to; empty if they did."""
    if seen["received"] != seen["expected"]:
        return f"the queues received {seen['received']} packets, {seen['expected']} were expected"
    return "" if all(seen["received"]) else f"a queue received nothing: {seen['received']}"


class Rss(Kind):
    """A product of its own for each scenario. The NIC is torn out and comes back, and spreads
    packets as before."""

    # What is set, one after the other; further words of the command line; more about the NIC.
    SETTINGS: tuple[object, ...] = (None,)
    OPTIONS: tuple[str, ...] = ()
    OF_THE_NIC = ""

    def run(self, scenario: Scenario) -> Row:
        self._nic.ensure_present()
        self._nic.load_driver(scenario.binding)
        interface = self._peer.set_up()
        # Packets of the kernel's own would be counted, too.
        self._guest.check(f"file=/proc/sys/net/ipv6/conf/{interface}/disable_ipv6\n"
                          "[ ! -e $file ] || echo 1 >$file")
        queues = scenario.nic.queues
        self._guest.check("\n".join([f"mkdir -p {FOLDER}", *(
            f"printf '%s' '{text}' >{FOLDER}/{name}"
            for name, text in files(scenario.binding, queues, self.OF_THE_NIC).items())]))
        self._guest.check(dmesg.begin_script(scenario.name))
        survived, wrong = True, ""
        for setting in self.SETTINGS:
            self._prepare(setting, interface)
            product = Product(self._guest, self._build, scenario.binding, etc=FOLDER,
                              options=self.OPTIONS)
            try:
                product.await_port()
                product.await_forwarding()
                wrong = wrong or self._look(scenario, interface, queues) or self._return(
                    scenario, product, interface, queues)
                survived = survived and product.alive()
            finally:
                product.stop()
        self._guest.check(f"rm -r {FOLDER}")
        return rows.concluded(scenario, survived, [wrong],
                              dmesg.complaints_of(self._guest, scenario.name))

    def _prepare(self, setting: object, interface: str) -> None:
        """Before the product is started with a setting."""

    def _look(self, scenario: Scenario, interface: str, queues: int) -> str:
        seen = json.loads(self._guest.check(
            f"{PYTHON} /mnt/box/flows.py {interface} {place(NIC_PORT)['mac']} 0 {queues}",
            SECONDS * PATIENCE))
        self._progress.say(f"{scenario.name}: the queues received {seen['received']} packets, "
                           f"{seen['expected']} were expected")
        return judge(seen)

    def _return(self, scenario: Scenario, product: Product, interface: str, queues: int) -> str:
        product.begin_scenario()
        self._nic.take_away("surprise")
        if not self._nic.await_gone("surprise"):
            return "the kernel did not let go of the NIC"
        self._nic.bring_back("surprise", scenario.binding)
        if not product.await_return():
            return "the NIC was not attached again"
        if not wait_for(lambda: f"port 0 ({ADDRESS}): forwarding" in product.printed(), SECONDS):
            return "the NIC is not forwarded on again"
        return self._look(scenario, interface, queues)
