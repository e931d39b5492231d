# SPDX-License-Identifier: Apache-2.0
"""LACP with the kernel's bonding driver: a bond of the product and one of the kernel, in a network
namespace, at the two ends of two veth pairs. Each step is judged by what the kernel says of its
partner, and by what the product says of its members."""
from __future__ import annotations

import re
from dataclasses import dataclass

from hotrig import dmesg, rows
from hotrig.guest import Guest
from hotrig.product import Build, Product
from hotrig.progress import Progress, wait_for
from hotrig.rows import Row
from hotrig.scenarios import Scenario

PARTNER = "partner"
MEMBERS = ("net_af_packet0", "net_af_packet1")
BOND = f"net_bonding0,mode=4,lacp_rate=fast,xmit_policy=l34,member={',member='.join(MEMBERS)}"
# Two ports, so that the bond has another to forward with. icmpecho answers the kernel's pings.
VDEVS = (BOND, *(f"{name},iface=a{i}" for i, name in enumerate(MEMBERS)), "net_null0,no-rx=1")
# The bits of a state: IEEE 802.1AX, 6.4.2.3.
ACTIVITY, SHORT_TIMEOUT, AGGREGATION = 0x01, 0x02, 0x04
SYNC, COLLECTING, DISTRIBUTING = 0x08, 0x10, 0x20
UP = ACTIVITY | AGGREGATION | SYNC | COLLECTING | DISTRIBUTING
# A member waits 2 s; a partner that is silent counts for 3 s at the fast rate.
STEP_SECONDS = 15.0
RATE_SECONDS = 10
PINGS = 20

_LINKS = f"""\
modprobe veth && modprobe bonding max_bonds=0 && modprobe sch_ingress && modprobe cls_matchall
modprobe act_gact
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add {PARTNER}
for i in 0 1; do
  ip link add a$i type veth peer name b$i netns {PARTNER}
  ip link set a$i up
done"""
_SILENT = f"""\
tc -n {PARTNER} qdisc add dev b0 clsact
tc -n {PARTNER} filter add dev b0 egress protocol 0x8809 matchall action drop"""


@dataclass(frozen=True)
class Port:
    """What the kernel says of one of its members: both sides, as in their last frames."""

    aggregator: int
    own_state: int
    partner_state: int
    partner_key: int

    def is_up(self) -> bool:
        """Whether both sides send and receive."""
        return self.own_state & UP == UP and self.partner_state & UP == UP


def ports(text: str) -> dict[str, Port]:
    """The members by name, as /proc/net/bonding tells of them."""
    found = {}
    for part in text.split("Slave Interface: ")[1:]:
        states = re.findall(r"port state: (\d+)", part)
        key = re.search(r"oper key: (\d+)", part)
        aggregator = re.search(r"Aggregator ID: (\d+)", part)
        if len(states) == 2 and key and aggregator:
            found[part.split()[0]] = Port(int(aggregator[1]), *map(int, states), int(key[1]))
    return found


def active(printed: str) -> list[str]:
    """The members that the product's bond uses, by the last line of its log about them."""
    lines = re.findall(r"net_bonding0: active members: \[(.*)]", printed)
    return [name for name in lines[-1].split(", ") if name] if lines else []


class Lacp:
    """A product of its own for each scenario."""

    def __init__(self, guest: Guest, build: Build, progress: Progress) -> None:
        self._guest = guest
        self._build = build
        self._progress = progress

    def run(self, scenario: Scenario) -> Row:
        self._guest.check(_LINKS, 60)
        self._bond("slow")
        self._guest.check(dmesg.begin_script(scenario.name))
        product = Product(self._guest, self._build, scenario.binding, vdevs=VDEVS, nics=(),
                          options=("--forward-mode", "icmpecho"))
        try:
            product.await_port()
            product.await_forwarding()
            wrong = self._steps(scenario, product)
            survived = product.alive()
        finally:
            product.stop()
        return rows.concluded(scenario, survived, [wrong],
                              dmesg.complaints_of(self._guest, scenario.name))

    def _bond(self, rate: str) -> None:
        """Makes the kernel's bond, instead of the one that is there."""
        self._guest.check(f"""\
ip -n {PARTNER} link del bond0 2>/dev/null || true
ip -n {PARTNER} link add bond0 type bond mode 802.3ad miimon 100 lacp_rate {rate}
for i in 0 1; do
  ip -n {PARTNER} link set b$i down
  ip -n {PARTNER} link set b$i master bond0
done
ip -n {PARTNER} link set bond0 up
ip -n {PARTNER} addr add 192.0.2.1/24 dev bond0""", 30)

    def _steps(self, scenario: Scenario, product: Product) -> str:
        """Why something is not as it has to be; empty if all is."""
        steps = (
            ("in sync, slow rate", lambda: self._in_sync(product, "slow")),
            ("in sync, fast rate", lambda: self._bond("fast") or self._in_sync(product, "fast")),
            ("a member without a link", lambda: self._without(
                product, "ip -n partner link set b0 down", "ip -n partner link set b0 up")),
            ("a member that is silent", lambda: self._without(
                product, _SILENT, f"tc -n {PARTNER} qdisc del dev b0 clsact")),
            ("a member with another key", lambda: self._other_key(product)),
        )
        for name, step in steps:
            wrong = step()
            if wrong:
                return f"{name}: {wrong}"
            self._progress.say(f"{scenario.name}: {name}: as it has to be")
        return ""

    def _ports(self, bond: str = "bond0") -> dict[str, Port]:
        return ports(self._guest.check(
            f"ip netns exec {PARTNER} cat /proc/net/bonding/{bond}"))

    def _in_sync(self, product: Product, rate: str) -> str:
        """Both members are used on both sides, by the rates that were asked for."""
        if not wait_for(lambda: len(active(product.printed())) == 2 and self._all_up(),
                        STEP_SECONDS):
            return f"{active(product.printed())} are used; the kernel has {self._ports()}"
        now = self._ports()
        if len({port.partner_key for port in now.values()}) != 1:
            return f"the members have different keys: {now}"
        if not all(port.partner_state & SHORT_TIMEOUT for port in now.values()):
            return f"the product does not ask for the fast rate: {now}"
        asked = {bool(port.own_state & SHORT_TIMEOUT) for port in now.values()}
        if asked != {rate == "fast"}:
            return f"the kernel does not ask for the {rate} rate: {now}"
        before = self._received()
        self._guest.check(f"sleep {RATE_SECONDS}", 2 * RATE_SECONDS)
        got = self._received() - before
        # Of two members: one a second each, or one in 29 s.
        if not (RATE_SECONDS <= got <= 3 * RATE_SECONDS if rate == "fast" else got <= 4):
            return f"{got} frames of LACP in {RATE_SECONDS} s"
        self._progress.say(f"key {now['b0'].partner_key}, states {now['b0'].own_state} and "
                           f"{now['b0'].partner_state}, {got} frames in {RATE_SECONDS} s")
        return self._ping()

    def _all_up(self) -> bool:
        now = self._ports()
        return len(now) == 2 and all(port.is_up() for port in now.values()) and (
            len({port.aggregator for port in now.values()}) == 1)

    def _received(self) -> int:
        """The frames that the kernel has received: of LACP, while nothing else is sent. (iproute2
        6.1 crashes when it is asked for the bond's own counters of them.)"""
        return sum(map(int, self._guest.check(
            f"ip netns exec {PARTNER} cat /sys/class/net/b0/statistics/rx_packets "
            "/sys/class/net/b1/statistics/rx_packets").split()))

    def _ping(self) -> str:
        said = self._guest.run(
            f"ip netns exec {PARTNER} busybox ping -q -A -c {PINGS} -w 30 192.0.2.2", 40).output
        return "" if f"{PINGS} packets received" in said else f"ping: {said.strip()[-120:]}"

    def _without(self, product: Product, away: str, back: str) -> str:
        """A member leaves, packets go on, it joins again."""
        self._guest.check(away)
        if not wait_for(lambda: active(product.printed()) == [MEMBERS[1]], STEP_SECONDS):
            return f"{active(product.printed())} are used"
        wrong = self._ping()
        self._guest.check(back)
        if wrong:
            return wrong
        if not wait_for(lambda: len(active(product.printed())) == 2 and self._all_up(),
                        STEP_SECONDS):
            return f"it does not join again: {self._ports()}"
        return self._ping()

    def _other_key(self, product: Product) -> str:
        """The same partner with another key is another aggregator: one of both is used."""
        self._guest.check(f"""\
system=$(ip netns exec {PARTNER} sed -n 's/^System MAC address: //p' /proc/net/bonding/bond0)
ip -n {PARTNER} link add bond1 type bond mode 802.3ad miimon 100 lacp_rate fast \\
  ad_user_port_key 5 ad_actor_system "$system"
ip -n {PARTNER} link set b1 nomaster
ip -n {PARTNER} link set b1 down
ip -n {PARTNER} link set b1 master bond1
ip -n {PARTNER} link set bond1 up""", 30)
        if not wait_for(lambda: "b1" in self._ports("bond1")
                        and self._ports("bond1")["b1"].partner_key
                        and len(active(product.printed())) == 1, STEP_SECONDS):
            return f"{active(product.printed())} are used, of {self._ports('bond1')}"
        other = self._ports("bond1")["b1"]
        if other.partner_state & (COLLECTING | DISTRIBUTING):
            return f"both aggregators are used: {other}"
        return self._ping()
