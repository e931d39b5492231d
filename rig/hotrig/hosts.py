# SPDX-License-Identifier: Apache-2.0
"""Two hosts, which reach each other through the product alone: network namespaces of the guest,
each with a NIC that the kernel drives. The product forwards between two NICs of the scenario's
model, one on each side."""
from __future__ import annotations

from hotrig.errors import RigError
from hotrig.guest import Guest
from hotrig.nic import Nic, Peer, address_in
from hotrig.progress import wait_for
from hotrig.qemu import NIC_PORT

# Root ports on another hub than the NIC's and the peer's: of the product's second NIC, and of the
# kernel's, which is always a virtio one.
FAR_NIC_PORT, FAR_PEER_PORT = 2, 5
NICS = (address_in(NIC_PORT), address_in(FAR_NIC_PORT))
NEAR, FAR = "near", "far"
ADDRESSES = {NEAR: "192.0.2.1", FAR: "192.0.2.2"}
SECONDS = 5


def make(guest: Guest, nic: Nic, peer: Peer, mtu: int = 1500) -> None:
    """Makes both hosts, unless an earlier scenario has."""
    if guest.run(f"[ -e /run/netns/{FAR} ]").status == 0:
        return
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
    far = f"/sys/bus/pci/devices/{address_in(FAR_PEER_PORT)}/virtio*/net"
    if not wait_for(lambda: guest.run(f"ls {far}").status == 0, SECONDS):
        raise RigError("the kernel has no interface for the far host")
    for host, interface in ((NEAR, near), (FAR, guest.check(f"ls {far}").strip())):
        guest.check(f"""\
ip netns add {host}
ip link set {interface} netns {host}
ip -n {host} link set lo up
ip -n {host} link set {interface} mtu {mtu}
ip -n {host} addr add {ADDRESSES[host]}/24 dev {interface}
ip -n {host} link set {interface} up""", 30)


def interface(guest: Guest, host: str) -> str:
    """The name of its interface."""
    return guest.check(f"ip netns exec {host} ls /sys/class/net | grep -v '^lo$'").strip()
