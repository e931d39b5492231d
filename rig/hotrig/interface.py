# SPDX-License-Identifier: Apache-2.0
"""The kernel driver of a network interface is unbound while the product's packet sockets and
AF_XDP queues are on that interface; then it is bound again."""
from __future__ import annotations

from hotrig import dmesg, rows
from hotrig.events import Event
from hotrig.kind import Kind
from hotrig.product import RETURN_SECONDS, VIRTUAL_PORTS, Product
from hotrig.progress import wait_for
from hotrig.rows import Row
from hotrig.scenarios import Scenario
from hotrig.traffic import PYTHON

CAUSE = "INTERFACE_GONE"
# Tells the time and unbinds in one process: to start one takes longer than what is measured.
_UNBIND = """\
import time
with open("/sys/bus/virtio/drivers/virtio_net/unbind", "w") as file:
    print(time.monotonic_ns(), flush=True)
    file.write("{device}")
"""


def judge(removed: dict[str, Event | None], detached: dict[str, Event | None],
          returned: list[str]) -> str:
    """Why the removal was not dealt with as it has to be; empty if it was."""
    for name, event in removed.items():
        if event is None or event.cause != CAUSE:
            return f"{name}: removed by {event.cause if event else 'nothing'}, not by {CAUSE}"
        if detached[name] is None:
            return f"{name} was not detached"
        if name not in returned:
            return f"{name} was not attached again"
    return ""


class Interface(Kind):
    """A product of its own for each scenario, with two drivers on the peer's interface."""

    def run(self, scenario: Scenario) -> Row:
        self._nic.ensure_present()
        self._nic.load_driver(scenario.binding)
        interface = self._peer.set_up()
        device = self._guest.check(
            f"basename $(readlink -f /sys/class/net/{interface}/device)").strip()
        self._guest.check(dmesg.begin_script(scenario.name))
        names = ("net_af_packet0", "net_af_xdp0")
        product = Product(self._guest, self._build, scenario.binding,
                          vdevs=VIRTUAL_PORTS + tuple(f"{name},iface={interface}"
                                                      for name in names))
        try:
            product.await_port()
            product.await_forwarding()
            product.begin_scenario()
            script = _UNBIND.format(device=device)
            unbound = int(self._guest.check(f"{PYTHON} -c '{script}'", 30))
            removed = {name: self._await(product, name, "REMOVE") for name in names}
            detached = {name: self._await(product, name, "DETACHED") for name in names}
            self._guest.check(f"echo {device} >/sys/bus/virtio/drivers/virtio_net/bind\n"
                              f"ip link set {interface} up")
            returned = [name for name in names if self._await(product, name, "REATTACHED")]
            survived = product.alive()
            others = product.others_went_on()
        finally:
            product.stop()
        return rows.concluded(
            scenario, survived, [judge(removed, detached, returned),
                                 "" if others else "other ports stood still"],
            dmesg.complaints_of(self._guest, scenario.name), firstDetector=CAUSE,
            detectedMillis=_millis(removed, unbound), detachedMillis=_millis(detached, unbound))

    @staticmethod
    def _await(product: Product, name: str, kind: str) -> Event | None:
        wait_for(lambda: product.events.find(name, kind), RETURN_SECONDS)
        return product.events.find(name, kind)


def _millis(events: dict[str, Event | None], since: int) -> float | None:
    """Of the last one of these events."""
    nanos = [event.nanos for event in events.values() if event is not None]
    return round((max(nanos) - since) / 1e6, 1) if nanos else None
