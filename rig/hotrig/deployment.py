# SPDX-License-Identifier: Apache-2.0
"""The product is told by files what it forwards with; the files change, and the NIC is torn out
and comes back."""
from __future__ import annotations

import re

from hotrig import dmesg, rows
from hotrig.guest import Guest
from hotrig.nic import ADDRESS, Nic, Peer
from hotrig.product import VIRTUAL_PORTS, Build, Product
from hotrig.progress import Progress, wait_for
from hotrig.removals import Removals
from hotrig.rows import Row
from hotrig.scenarios import Scenario

FOLDER = "/run/deployment"
NIC_FILE = "io.hotbus.device-nic.cfg"
CHANGE_SECONDS = 15.0
MTU, IMPOSSIBLE_MTU = 1400, 60000
SAYS_NOW = rf"port 0 \({re.escape(ADDRESS)}\): set as \S+/{re.escape(NIC_FILE)} says now$"
REFUSED = rf"ERROR .*{re.escape(NIC_FILE)}: .*mtu={IMPOSSIBLE_MTU}: from 68 to \d+ is possible"
OTHERS_TOUCHED = r"port [1-9]\d* \([^)]*\): (?:stopped|started|closed)"
NIC_TOUCHED = r"port 0 \([^)]*\): stopped"


def files(binding: str) -> dict[str, str]:
    """The deployment: the NIC is port 0, as it is on a command line."""
    devices = {f"io.hotbus.device-{name}.cfg": f"devargs = {name}\nport = {number}\n"
               for number, name in enumerate(VIRTUAL_PORTS, 1)}
    return {**devices, NIC_FILE: nic_file(binding),
            "io.hotbus.forwarding.cfg": "event-log = /tmp/events.json\nstats-period = 1\n"}


def nic_file(binding: str, mtu: int | None = None) -> str:
    return f"devargs = {ADDRESS},bind={binding}\nport = 0\n" + (f"mtu = {mtu}\n" if mtu else "")


def write(name: str, text: str) -> str:
    """A guest's script that puts a file there in one step, as operators do."""
    lines = " ".join(f"'{line}'" for line in text.splitlines())
    return f"printf '%s\\n' {lines} >{FOLDER}/.new && mv {FOLDER}/.new {FOLDER}/{name}"


def judge(changed: str, refused: str) -> list[str]:
    """The problems with the two changes of the NIC's MTU, by what was printed after each."""
    return [reason for wrong, reason in (
        (not re.search(SAYS_NOW, changed, re.MULTILINE), "the MTU was not set as its file says"),
        (not re.search(REFUSED, refused), "an MTU that the NIC has not was not refused"),
        (re.search(NIC_TOUCHED, refused), "the port was stopped for an MTU that was refused"),
        (re.search(OTHERS_TOUCHED, changed + refused), "another port was touched"),
    ) if wrong]


class Deployment:
    """A product of its own for each scenario."""

    def __init__(self, guest: Guest, hardware: Nic, peer: Peer, build: Build,
                 removals: Removals, progress: Progress) -> None:
        self._guest = guest
        self._nic = hardware
        self._peer = peer
        self._build = build
        self._removals = removals
        self._progress = progress

    def run(self, scenario: Scenario) -> Row:
        self._nic.ensure_present()
        self._nic.load_driver(scenario.binding)
        self._peer.start()
        self._guest.check("\n".join([f"mkdir -p {FOLDER}", *(
            write(name, text) for name, text in files(scenario.binding).items())]))
        self._guest.check(dmesg.begin_script(scenario.name))
        product = Product(self._guest, self._build, scenario.binding, etc=FOLDER)
        try:
            seconds = product.await_port()
            if not product.forwards():
                return rows.failed(scenario, "the NIC does not forward as its file says",
                                   product.alive())
            self._progress.say(f"{scenario.name}: hotbus had the NIC after {seconds:.1f} s, by "
                               "files alone, and forwards")
            return self._changed_and_removed(scenario, product)
        finally:
            product.stop()
            self._guest.check(f"rm -r {FOLDER}")

    def _changed_and_removed(self, scenario: Scenario, product: Product) -> Row:
        changed = self._change(product, scenario.binding, MTU, SAYS_NOW)
        reasons = [] if product.forwards() else ["the NIC did not forward with another MTU"]
        reasons += [] if product.others_went_on() else ["other ports stood still meanwhile"]
        refused = self._change(product, scenario.binding, IMPOSSIBLE_MTU, REFUSED)
        reasons = judge(changed, refused) + reasons
        if reasons:
            return rows.failed(scenario, ", ".join(reasons), product.alive())
        self._guest.check(write(NIC_FILE, nic_file(scenario.binding, MTU)))
        return self._removals.surprise(scenario, product)

    def _change(self, product: Product, binding: str, mtu: int, says: str) -> str:
        """Writes another MTU into the NIC's file; returns what was printed until `says` was."""
        product.begin_scenario()
        self._guest.check(write(NIC_FILE, nic_file(binding, mtu)))
        wait_for(lambda: re.search(says, product.printed(), re.MULTILINE), CHANGE_SECONDS)
        return product.printed()
