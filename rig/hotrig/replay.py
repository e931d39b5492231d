# SPDX-License-Identifier: Apache-2.0
"""A NIC that returns receives what it received before: VLAN filter, multicast groups, promiscuous
mode, MTU, offloads and RSS were set on its port, and frames of each kind show that they hold,
before and after the NIC was torn out."""
from __future__ import annotations

import json

from hotrig.progress import PATIENCE
from hotrig.qemu import NIC_PORT, place
from hotrig.rss import SECONDS, Rss
from hotrig.scenarios import Scenario
from hotrig.traffic import PYTHON

COMMANDS = "/run/replay.commands"
GROUP = "01:00:5E:00:00:05"
MTU = 4000
# What is set on the port, and the percentage of each kind of frames that it has to receive then.
FILTERED = (("port stop 0", "vlan set filter on 0", "rx_vlan add 5 0", f"mcast_addr add 0 {GROUP}",
             "port start 0", "start"),
            {"own": 100, "vlan 5": 100, "vlan 6": 0, "group 5": 100, "group 6": 0,
             "another's": 0, "long": 100})
PROMISCUOUS = (("set promisc 0 on",), {kind: 100 for kind in FILTERED[1]})


def judge(seen: dict[str, int], expected: dict[str, int]) -> str:
    """Why the frames did not arrive as they had to; empty if they did."""
    return ", ".join(f"{seen.get(kind)} % of the frames '{kind}' came, not {percent} %"
                     for kind, percent in expected.items() if seen.get(kind) != percent)


class Replay(Rss):
    """A product of its own for each of the two settings."""

    SETTINGS = (FILTERED, PROMISCUOUS)
    OPTIONS = ("--cmdline-file", COMMANDS)
    OF_THE_NIC = f"mtu = {MTU}\nrx-offloads = tcp_cksum\n"

    def _prepare(self, setting: object, interface: str) -> None:
        commands, self._expected = setting  # type: ignore[misc]
        self._guest.check(f"ip link set {interface} mtu 9000; printf '%s\\n' "
                          + " ".join(f"'{line}'" for line in commands) + f" >{COMMANDS}")

    def _look(self, scenario: Scenario, interface: str, queues: int) -> str:
        seen = json.loads(self._guest.check(
            f"{PYTHON} /mnt/box/filters.py {interface} {place(NIC_PORT)['mac']} 0 {queues}",
            SECONDS * PATIENCE))
        self._progress.say(f"{scenario.name}: {seen}")
        return judge(seen, self._expected) or super()._look(scenario, interface, queues)
