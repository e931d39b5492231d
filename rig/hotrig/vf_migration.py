# SPDX-License-Identifier: Apache-2.0
"""A live migration while the product forwards through a virtual function of an igb, and a virtio
NIC beside it. The physical function, which the guest's kernel has, moves with the guest; the
virtual function is switched off before and on again after that (`sriov_numvfs`). QEMU moves an igb
with a virtual function, too, but not the configuration space of the latter, which would be without
bus mastering then."""
from __future__ import annotations

from hotrig import nic, vf
from hotrig.errors import RigError
from hotrig.migration import FORWARDING, UNPLUG_SECONDS, Migration
from hotrig.nic import address_in
from hotrig.product import Product
from hotrig.progress import wait_for
from hotrig.qemu import FALLBACK_PORT
from hotrig.scenarios import Scenario


class VfMigration(Migration):
    """As a migration, but the NIC that goes and comes is a virtual function."""

    ADDRESS = vf.MAC

    def _product(self, scenario: Scenario) -> Product:
        self._guest.check("modprobe igb", 30)
        self._nic.bind("igb")
        interface = self._guest.check(f"ls {nic.DEVICE}/net").strip()
        self._guest.check(f"ip link set {interface} up\n"
                          f"echo 1 >{vf.NUMBER}\n"
                          f"ip link set {interface} vf 0 mac {vf.MAC}", 30)
        devices = ",".join(f"dev({address},bind={scenario.binding})"
                           for address in (vf.ADDRESS, address_in(FALLBACK_PORT)))
        return Product(self._guest, self._build, scenario.binding,
                       vdevs=(f"net_failsafe0,{devices}",), nics=(), options=FORWARDING)

    def _unplug(self) -> None:
        self._guest.check(f"(echo 0 >{vf.NUMBER}) >/dev/null 2>&1 &")
        if not wait_for(lambda: self._guest.run(f"[ ! -e {vf.DEVICE} ]").status == 0,
                        UNPLUG_SECONDS):
            raise RigError("the guest does not let go of the virtual function")

    def _plug(self) -> None:
        self._guest.check(f"echo 1 >{vf.NUMBER}", 30)
