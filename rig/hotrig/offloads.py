# SPDX-License-Identifier: Apache-2.0
"""Checksums and segments of a virtio NIC: two hosts, which reach each other through the product
alone, send TCP and UDP whose checksums the product's NICs finish, and TCP packets that they cut.
The hosts' NICs take nothing but whole frames with finished checksums, and every one is looked at.
A host's own packets come with unfinished checksums, and longer than the segments."""
from __future__ import annotations

import json
from typing import Any

from hotrig import dmesg, hosts, rows
from hotrig.hosts import ADDRESSES, FAR, NEAR, NICS
from hotrig.kind import Kind
from hotrig.product import Product
from hotrig.progress import wait_for
from hotrig.qemu import PEER_MAC, place
from hotrig.rows import Row
from hotrig.scenarios import Scenario
from hotrig.traffic import PYTHON
from hotrig.wires import MTU

SEGMENT = 1400
COMMANDS, RESULT = "/run/offloads.commands", "/run/offloads.json"
DATAGRAMS, MIN_DATAGRAMS = 200, 180  # UDP may lose some where processors are busy
SECONDS = 60.0
PEERS = (PEER_MAC, place(hosts.FAR_PEER_PORT)["mac"])


def commands(segment: int) -> str:
    """What the product is told: whose checksums are finished, and which segments are cut."""
    lines = ["port stop all", "set promisc all on"]
    for port in (0, 1):
        lines += [f"port config mtu {port} {MTU}", f"csum set tcp hw {port}",
                  f"csum set udp hw {port}", f"port config {port} rx_offload tcp_cksum on",
                  f"tso set {segment} {port}", f"set eth-peer {port} {PEERS[port]}"]
    return "\n".join([*lines, "port start all", "start"])


def judge(seen: dict[str, Any], segment: int) -> str:
    """Why what a host received is not as it has to be; empty if it is."""
    if not seen["same"]:
        return "the data are not those that were sent"
    if seen["wrong"] or seen["overlooked"]:
        return f"{seen['wrong']} checksums are wrong, {seen['overlooked']} packets not looked at"
    if seen["datagrams"] < MIN_DATAGRAMS or seen["udp"] < seen["datagrams"]:
        return f"{seen['datagrams']} of {DATAGRAMS} datagrams came, {seen['udp']} were looked at"
    if segment and seen["longest"] != segment:
        return f"the longest segment has {seen['longest']} bytes, not {segment}"
    if not segment and seen["longest"] <= SEGMENT:
        return f"without a cut the longest segment has {seen['longest']} bytes"
    return ""


class Offloads(Kind):
    """Two products for each scenario: one whose NICs cut TCP packets, and one whose NICs do not."""

    def run(self, scenario: Scenario) -> Row:
        self._nic.ensure_present()
        self._nic.load_driver(scenario.binding)
        with hosts.made(self._guest, self._nic, self._peer, MTU):
            return self._between_hosts(scenario)

    def _between_hosts(self, scenario: Scenario) -> Row:
        self._guest.check(dmesg.begin_script(scenario.name))
        survived, wrong = True, ""
        for segment in (SEGMENT, 0):
            lines = " ".join(f"'{line}'" for line in commands(segment).splitlines())
            self._guest.check(f"printf '%s\\n' {lines} >{COMMANDS}")
            product = Product(self._guest, self._build, scenario.binding, vdevs=(), nics=NICS,
                              options=("--forward-mode", "csum", "--cmdline-file", COMMANDS))
            try:
                for nic in NICS:
                    product.await_port(nic)
                product.await_forwarding()
                wrong = wrong or self._exchange(scenario, segment)
                survived = survived and product.alive()
            finally:
                product.stop()
        return rows.concluded(scenario, survived, [wrong],
                              dmesg.complaints_of(self._guest, scenario.name))

    def _exchange(self, scenario: Scenario, segment: int) -> str:
        for sender, receiver in ((NEAR, FAR), (FAR, NEAR)):
            script = f"{PYTHON} /mnt/box/segments.py"
            interface = hosts.interface(self._guest, receiver)
            self._guest.check(f"""\
rm -f {RESULT}*
(set +e; ip netns exec {receiver} {script} receive {interface} {ADDRESSES[receiver]} >{RESULT}
touch {RESULT}.done) >/dev/null 2>{RESULT}.errors &
disown""")
            wait_for(lambda: self._guest.run(
                f"[ -e {RESULT}.done ] || grep -q ready {RESULT}").status == 0, SECONDS)
            said = self._guest.run(
                f"ip netns exec {sender} {script} send {ADDRESSES[receiver]}", SECONDS)
            if not wait_for(lambda: self._guest.run(f"[ -e {RESULT}.done ]").status == 0, SECONDS):
                return f"the receiver does not end; the sender said {said.output.strip()[-80:]}"
            answer = self._guest.run(f"cat {RESULT}.errors {RESULT}").output.strip()
            if not answer.endswith("}"):
                return f"the receiver said {answer[-80:]}, the sender {said.output.strip()[-80:]}"
            seen = json.loads(answer.splitlines()[-1])
            self._progress.say(f"{scenario.name}: {sender} to {receiver}, "
                               f"{f'cut to {segment}' if segment else 'not cut'}: {seen}")
            wrong = judge(seen, segment)
            if wrong:
                return f"{sender} to {receiver}, segment {segment}: {wrong}"
        return ""
