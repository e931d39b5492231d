# SPDX-License-Identifier: Apache-2.0
"""The NIC in the guest: ways to remove it and to bring it back, and traffic for it."""
from __future__ import annotations

from hotrig import trace
from hotrig.errors import RigError
from hotrig.guest import Guest
from hotrig.progress import wait_for
from hotrig.qemu import NIC_PORT


def address_in(port: int) -> str:
    """Where the NIC in a root port is in the guest: each port is a bus of its own."""
    return f"0000:{port + 1:02x}:00.0"


ADDRESS = address_in(NIC_PORT)
DEVICE = f"/sys/bus/pci/devices/{ADDRESS}"
SLOT_POWER = "/sys/bus/pci/slots/1/power"
RETURNED = "/run/removal-returned"

# What the guest's shell writes where, for the removals that are the guest's own.
_WRITES = {
    "unbind": (ADDRESS, f"{DEVICE}/driver/unbind"),
    "remove": ("1", f"{DEVICE}/remove"),
    "slot-power": ("0", SLOT_POWER),
}
# Removals after which the machine itself has no NIC any more.
_OF_THE_MACHINE = ("slot-power", "surprise", "device-del", "device-del-acpi")
MODULES = {
    "igb_uio": "modprobe uio && insmod /mnt/box/igb_uio.ko",
    "uio_pci_generic": "modprobe uio_pci_generic",
    "vfio-pci": "modprobe vfio-pci",
    "none": "true",
}

# pciehp lets an operator who presses the attention button change their mind for 5 s.
REMOVAL_SECONDS = 15.0
RETURN_SECONDS = 10.0
PACKETS_PER_SECOND = 100


class Nic:
    """nic0, behind root port rp0."""

    def __init__(self, guest: Guest, hotplug: str) -> None:
        """`hotplug`: as in Flavour."""
        self._guest = guest
        self._hotplug = hotplug
        self._loaded: set[str] = set()

    def load_driver(self, binding: str) -> None:
        if binding not in self._loaded:
            self._guest.check(MODULES[binding], 30)
            self._loaded.add(binding)

    def bind(self, driver: str, port: int = NIC_PORT) -> None:
        """Binds the NIC to `driver` by driver_override, as an operator does; unbinds it from
        another driver before."""
        address = address_in(port)
        device = f"/sys/bus/pci/devices/{address}"
        self._guest.check(
            f"echo {driver} >{device}/driver_override\n"
            f"case $(readlink {device}/driver) in ''|*/{driver}) ;; "
            f"*) echo {address} >{device}/driver/unbind ;; esac\n"
            f"[ -e {device}/driver ] || echo {address} >/sys/bus/pci/drivers_probe\n"
            f"[ \"$(basename \"$(readlink {device}/driver)\")\" = {driver} ]")

    def take_away(self, removal: str) -> None:
        """Begins a removal; does not wait for its end, which may depend on the NIC's user."""
        self._guest.machine.qmp.forget_events()
        self._guest.machine.show_power()
        self._guest.check(f"rm -f {RETURNED}; {trace.CLEAR_SCRIPT}")
        if removal in _WRITES:
            value, file = _WRITES[removal]
            self._guest.check(
                f"(set +e; exec >/dev/null 2>&1; {trace.MARK_SCRIPT}; echo {value} >{file}; "
                f"echo $? >{RETURNED}) &")
        elif removal == "surprise":
            self._guest.check(trace.MARK_SCRIPT)
            self._guest.machine.surprise()
        else:
            self._guest.machine.device_del()

    def await_gone(self, removal: str) -> bool:
        """Waits; returns whether the kernel's removal ended in time."""
        if removal in _OF_THE_MACHINE and not self._guest.machine.await_deleted(
                REMOVAL_SECONDS * 3):
            return False
        gone = f"[ ! -e {DEVICE}/driver ]" if removal == "unbind" else f"[ ! -e {DEVICE} ]"
        if removal in _WRITES:
            gone += f" && [ \"$(cat {RETURNED} 2>/dev/null)\" = 0 ]"
        return wait_for(lambda: self._guest.run(gone).status == 0, REMOVAL_SECONDS)

    def plug_in(self, port: int = NIC_PORT) -> None:
        """Plugs a NIC into a slot that has become empty."""
        if self._hotplug == "pciehp":
            wait_for(lambda: self._guest.machine.slot_is_off(port), REMOVAL_SECONDS)
        self._guest.machine.device_add(port)

    def unplug(self, *ports: int) -> None:
        """Takes the NICs out of these slots, of those that have one."""
        full = [port for port in ports if self.present(port)]
        if full:
            self._guest.machine.surprise(*full)
        for port in full:
            wait_for(lambda port=port: not self.present(port), REMOVAL_SECONDS)

    def bring_back(self, removal: str, binding: str) -> None:
        """Undoes a removal. Binds the NIC after an unbind; otherwise its user must do that."""
        if removal == "unbind":
            self.bind(binding)
        elif removal == "remove":
            self._guest.check("echo 1 >/sys/bus/pci/rescan", 30)
        else:
            self.plug_in()
        self.await_present()

    def ensure_present(self) -> None:
        """Plugs the NIC in if an earlier scenario has left the slot empty."""
        if not self.present():
            self.plug_in()
            self.await_present()

    def await_present(self, port: int = NIC_PORT) -> None:
        if not wait_for(lambda: self.present(port), RETURN_SECONDS):
            raise RigError(f"the kernel did not find the NIC {address_in(port)}")

    def present(self, port: int = NIC_PORT) -> bool:
        return self._guest.run(f"[ -e /sys/bus/pci/devices/{address_in(port)} ]").status == 0


class Peer:
    """Another NIC of the guest on the same hub, which the kernel drives."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._name = ""
        self._sends = False

    def set_up(self) -> str:
        """Returns the name of its interface, which is up. A second call does no harm."""
        if not self._name:
            self._guest.check("modprobe virtio_net", 30)
            self._name = self._guest.check(
                "basename /sys/bus/pci/devices/0000:02:00.0/virtio*/net/*").strip()
            self._guest.check(f"ip link set {self._name} up")
        return self._name

    def forget(self) -> None:
        """Its interface was moved, and is back: it is down, and sends no more."""
        self._name = ""
        self._sends = False

    def start(self) -> None:
        """Begins to send, and never stops. A second call does no harm."""
        if self._sends:
            return
        self._sends = True
        self.set_up()
        self._guest.check("modprobe pktgen", 30)
        self._guest.check(f"""\
command() {{ echo "$2" >/proc/net/pktgen/$1; }}
command kpktgend_0 rem_device_all
command kpktgend_0 'add_device {self._name}'
command {self._name} 'count 0'
command {self._name} 'delay {1_000_000_000 // PACKETS_PER_SECOND}'
command {self._name} 'pkt_size 60'
command {self._name} 'dst 192.0.2.1'
command {self._name} 'dst_mac ff:ff:ff:ff:ff:ff'
echo start >/proc/net/pktgen/pgctrl 2>/dev/null &
disown""")
