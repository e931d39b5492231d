# SPDX-License-Identifier: Apache-2.0
"""Two hosts, which reach each other through the product alone: network namespaces of the guest,
each with a NIC that the kernel drives. The product forwards between two NICs of the scenario's
model, one on each side."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hotrig.errors import RigError
from hotrig.guest import Guest
from hotrig.nic import Nic, Peer, address_in
from hotrig.progress import wait_for
from hotrig.qemu import NIC_PORT, PEER_PORT

# Root ports on another hub than the NIC's and the peer's: of the product's second NIC, and of the
# kernel's, which is always a virtio one.
FAR_NIC_PORT, FAR_PEER_PORT = 2, 5
NICS = (address_in(NIC_PORT), address_in(FAR_NIC_PORT))
NEAR, FAR = "near", "far"
ADDRESSES = {NEAR: "192.0.2.1", FAR: "192.0.2.2"}
SECONDS = 5


@contextmanager
def made(guest: Guest, nic: Nic, peer: Peer, mtu: int = 1500) -> Iterator[None]:
    """Both hosts, while the context lasts; then the machine is as it was before."""
    try:
        _make(guest, nic, peer, mtu)
        yield
    finally:
        # A namespace that ends gives its NIC back, a moment later.
        guest.check(f"for host in {NEAR} {FAR}; do ip netns del $host || true; done")
        peer.forget()
        nic.unplug(FAR_NIC_PORT, FAR_PEER_PORT)
        if not wait_for(lambda: _driven_by_kernel(guest, PEER_PORT), SECONDS):
            raise RigError("the near host has not given its interface back")


def _make(guest: Guest, nic: Nic, peer: Peer, mtu: int) -> None:
    near = peer.set_up()
    machine = guest.machine
    usual = machine.model
    nic.plug_in(FAR_NIC_PORT)
    try:
        machine.model = machine.peer
        nic.plug_in(FAR_PEER_PORT)
    finally:
        machine.model = usual
    for port in (FAR_NIC_PORT, FAR_PEER_PORT):
        nic.await_present(port)
    if not wait_for(lambda: _driven_by_kernel(guest, FAR_PEER_PORT), SECONDS):
        raise RigError("the kernel has no interface for the far host")
    for host, name in ((NEAR, near), (FAR, _driven_by_kernel(guest, FAR_PEER_PORT))):
        guest.check(f"""\
ip netns add {host}
ip link set {name} netns {host}
ip -n {host} link set lo up
ip -n {host} link set {name} mtu {mtu}
ip -n {host} addr add {ADDRESSES[host]}/24 dev {name}
ip -n {host} link set {name} up""", 30)


def _driven_by_kernel(guest: Guest, port: int) -> str:
    """The name of the interface of a virtio NIC; empty while there is none in the guest itself."""
    return guest.run(f"ls /sys/bus/pci/devices/{address_in(port)}/virtio*/net || true").output.strip()


def interface(guest: Guest, host: str) -> str:
    """The name of its interface."""
    return guest.check(f"ip netns exec {host} ls /sys/class/net | grep -v '^lo$'").strip()
