# SPDX-License-Identifier: Apache-2.0
"""A live migration by QEMU's own failover pair: the virtio NIC is the standby of the other one,
the primary. QEMU shows the guest the primary when a driver has accepted the role of the standby,
takes it away when a migration begins, and brings it back at the destination. Nobody else plugs or
unplugs."""
from __future__ import annotations

from hotrig.migration import FORWARDING, Migration
from hotrig.nic import address_in
from hotrig.product import Product
from hotrig.qemu import FALLBACK_PORT, NIC_PORT
from hotrig.scenarios import Scenario


class Failover(Migration):
    """As a migration, but the product is given the standby alone, and QEMU does the rest."""

    def _product(self, scenario: Scenario) -> Product:
        # As usual, the kernel has a driver for the NIC, which gets it first at each plug.
        self._guest.check("modprobe e1000e", 30)
        primary = f"primary({address_in(NIC_PORT)},bind={scenario.binding})"
        return Product(self._guest, self._build, scenario.binding, vdevs=(),
                       nics=(f"{address_in(FALLBACK_PORT)},{primary}",), options=FORWARDING)

    def _unplug(self) -> None:
        self._guest.begin_migration()
        self._guest.machine.await_unplugged()

    def _migrate(self) -> dict[str, float]:
        return self._guest.end_migration()

    def _plug(self) -> None:
        pass
