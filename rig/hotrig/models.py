# SPDX-License-Identifier: Apache-2.0
"""The models of NICs that the machine may have, and the QEMU that each needs."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Model:
    """A model of QEMU's, as a scenario names it."""

    name: str
    device: str  # of `-device`
    options: dict[str, Any] = field(default_factory=dict)
    # Without these it does not reach memory through an emulated IOMMU.
    with_iommu: dict[str, Any] = field(default_factory=dict)
    qemu: tuple[int, int] = (7, 2)  # the oldest one that has it
    virtual: bool = False  # the product gets a virtual function of it; see vf.py
    queues: int = 1  # of its network backend, where that is a tap
    # Whether all kinds of scenarios are run with it.
    common: bool = True

    def nic(self, iommu: bool) -> dict[str, Any]:
        """The properties of the NIC, for QMP's device_add."""
        return {"driver": self.device, **self.options, **(self.with_iommu if iommu else {})}


# Behind a root port QEMU's virtio devices are modern ones alone.
_IOMMU = {"iommu_platform": True}

E1000E = Model("e1000e", "e1000e")
MODELS = {model.name: model for model in (
    E1000E,
    Model("virtio", "virtio-net-pci", with_iommu=_IOMMU),
    Model("virtio-packed", "virtio-net-pci", {"packed": True}, with_iommu=_IOMMU),
    Model("igb", "igb", qemu=(10, 0)),
    Model("igbvf", "igb", qemu=(10, 0), virtual=True),
    # Spreads packets over its queues by RSS.
    Model("virtio-rss", "virtio-net-pci", {"mq": True, "rss": True, "vectors": 10}, queues=4,
          with_iommu=_IOMMU, common=False),
    # Reports errors of the bus (AER), which QEMU's e1000e does not.
    Model("virtio-aer", "virtio-net-pci", {"aer": True}, with_iommu=_IOMMU, common=False),
)}
# Of the guest's kernel: on hubs, and on taps, where it takes whole frames with finished checksums.
PEER = Model("peer", "virtio-net-pci")
PLAIN_PEER = Model("plain-peer", "virtio-net-pci", {
    "guest_csum": False, "guest_tso4": False, "guest_tso6": False, "guest_ecn": False,
    "guest_ufo": False})
COMMON = tuple(name for name, model in MODELS.items() if model.common and not model.virtual)


def _word(value: Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def command_line(properties: dict[str, Any]) -> str:
    """The properties as the value of `-device`."""
    words = [properties["driver"]]
    for name, value in properties.items():
        if name != "driver":
            words.append(f"{name}={_word(value)}")
    return ",".join(words)
