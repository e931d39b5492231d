# SPDX-License-Identifier: Apache-2.0
"""The virtual machine: QEMU's command line, its process and its sockets."""
from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from hotrig import counting, wires
from hotrig.emulator import Emulator
from hotrig.errors import GuestError, RigError
from hotrig.kernel import Kernel
from hotrig.models import MODELS, PEER, PLAIN_PEER, command_line
from hotrig.qmp import Lines, Qmp, Qtest
from hotrig.scenarios import Flavour

MEMORY_MIB = 2048
FIRST_ROOT_PORT = 0x10  # device number on pcie.0; the same in the guest: 0000:00:10.0
NIC_PORT, PEER_PORT = 0, 1
FALLBACK_PORT = 3  # of a machine that is migrated: a virtio NIC, on the hub of the other two
PEER_MAC = "52:54:00:00:00:20"
FALLBACK = "virtio"
PORTS = ("app", "events", "dmesg")  # files on the host that the guest can write, and nothing else

# The root port's registers, through the memory-mapped configuration space.
CAPABILITIES = 0x34
PCI_EXPRESS = 0x10
SLOT_CONTROL = 0x18
POWER_INDICATOR_MASK = 0x300
POWER_INDICATOR_OFF = 0x300
POWER_INDICATOR_ON = 0x100
POWER_CONTROLLER_OFF = 0x400

DOWNTIME_LIMIT_MILLIS = 300
MIGRATION_SECONDS = 180.0

SOCKETS = "hotbus-rig-"  # a folder for each machine; then comes the rig's process id


def place(port: int) -> dict[str, str]:
    """The properties of a NIC in a root port that follow from the port."""
    return {"id": f"nic{port}", "bus": f"rp{port}", "netdev": f"n{port}",
            "mac": f"52:54:00:00:00:1{port}"}


@dataclass(frozen=True)
class Share:
    """A folder of the host that the guest sees, read-only."""

    tag: str
    folder: Path
    where: str = ""  # in the guest; empty: guest/init.sh knows it


class Qemu:
    """A running machine. It is killed whenever the rig ends, for any reason."""

    def __init__(self, emulator: Emulator, kernel: Kernel, initramfs: Path, flavour: Flavour,
                 shares: list[Share], transcripts: Path, generation: int = 1) -> None:
        """`generation`: 2 and more wait for a guest that is migrated from the one before."""
        self._emulator = emulator
        self._generation = generation
        self._transcripts = transcripts
        self._started = time.monotonic()
        self._config_space = kernel.machine.config_space
        self._iommu = flavour.iommu
        self._failover = flavour.failover
        self._destination: Qemu | None = None
        self.model = MODELS[flavour.model]  # of the NICs that are plugged in from now on
        self.peer = PLAIN_PEER if flavour.taps else PEER  # of those that the kernel drives
        self._name = "" if generation == 1 else f"-{generation}"
        self._log = (transcripts / f"qmp{self._name}.log").open("w", buffering=1)
        _remove_sockets_of_the_dead()
        self._sockets = Path(tempfile.mkdtemp(prefix=f"{SOCKETS}{os.getpid()}-"))
        # pdeathsig: QEMU ends even if the rig is killed and cannot clean up.
        command = ["setpriv", "--pdeathsig", "KILL",
                   *self._command(kernel, initramfs, flavour, shares)]
        if flavour.taps:
            command = wires.in_namespace(self._queues(), command)
        (transcripts / f"qemu{self._name}.cmd").write_text(shlex.join(command) + "\n")
        with (transcripts / f"qemu{self._name}.err").open("w") as errors:
            self._process = subprocess.Popen(
                command, env=emulator.environment,
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
        try:
            self.qmp = Qmp(self._socket("qmp"), self._note)
            self._qtest = Qtest(self._socket("qtest"), self._note)
            self.agent = Lines(self._socket("agent"))
        except BaseException:
            self.kill()
            raise

    def _command(self, kernel: Kernel, initramfs: Path, flavour: Flavour,
                 shares: list[Share]) -> list[str]:
        placed = ",".join(f"{s.tag}:{s.where}" for s in shares if s.where)
        options = kernel.machine.kernel_options + (f" rig.shares={placed}" if placed else "")
        if flavour.iommu:
            options += " intel_iommu=on"
        if flavour.slab_debug:
            options += " slub_debug=FZPU"
        command = [
            *self._emulator.command, "-nodefaults", "-no-user-config", "-display", "none",
            "-no-reboot", *kernel.machine.options, "-accel", "tcg,thread=multi", "-smp", "2",
            "-m", str(MEMORY_MIB), "-kernel", str(kernel.image), "-initrd", str(initramfs),
            "-append", options, "-serial",
            f"file:{self._transcripts}/console{self._name}.log",
            "-qmp", f"unix:{self._sockets}/qmp,server=on,wait=off",
            "-qtest", f"unix:{self._sockets}/qtest,server=on,wait=off", "-qtest-log", "none"]
        if flavour.hotplug == "pciehp" and not kernel.machine.is_foreign:
            command += ["-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"]
        if flavour.counted:
            command += counting.options(self._transcripts, self._emulator.version())
        if flavour.iommu:
            command += ["-device", "intel-iommu,aw-bits=48"]
        for share in shares:
            command += [
                "-drive", f"file={share.folder},format=raw,if=none,id=f_{share.tag},readonly=on",
                "-device", f"virtio-blk-pci,drive=f_{share.tag},serial={share.tag}",
            ] if flavour.migrates else [
                "-fsdev", f"local,id=f_{share.tag},path={share.folder},security_model=none,"
                "multidevs=remap,readonly=on",
                "-device", f"virtio-9p-pci,fsdev=f_{share.tag},mount_tag={share.tag}"]
        command += ["-device", "virtio-serial-pci,id=serial", "-chardev",
                    f"socket,id=agent,path={self._sockets}/agent,server=on,wait=off",
                    "-device", "virtserialport,bus=serial.0,chardev=agent,name=agent"]
        for port in PORTS:
            command += ["-chardev", 
                        f"file,id={port},path={self._transcripts}/{port}.log,append=on",
                        "-device", f"virtserialport,bus=serial.0,chardev={port},name={port}"]
        for number in range(len(wires.HUBS)):
            command += [
                "-device", f"pcie-root-port,id=rp{number},bus=pcie.0,chassis={number + 1},"
                f"slot={number + 1},addr={FIRST_ROOT_PORT + number:x}"]
        command += wires.taps(self._queues()) if flavour.taps else wires.hubs()
        if flavour.migrates:
            command += ["-device", command_line(self._fallback())]
        if self._generation == 1 or flavour.failover:
            command += ["-device", command_line(self._nic(NIC_PORT))]
        if self._generation > 1:
            command += ["-incoming", "defer"]
        peer = {**self.peer.nic(False), **place(PEER_PORT), "id": "peer", "mac": PEER_MAC}
        return command + ["-device", command_line(peer)]

    def _queues(self) -> list[int]:
        """Of the tap of each root port. Only the NIC of a scenario may have several."""
        return [self.model.queues if port == NIC_PORT else 1 for port in range(len(wires.HUBS))]

    def _nic(self, port: int) -> dict[str, Any]:
        # Without a ROM, whose memory QEMU would miss at the destination: the NIC is not there yet.
        pair = {"failover_pair_id": place(FALLBACK_PORT)["id"],
                "romfile": ""} if self._failover else {}
        return {**self.model.nic(self._iommu), **place(port), **pair}

    def _fallback(self) -> dict[str, Any]:
        """The second NIC of a machine that is migrated. As the standby of the first one, it has
        the same address, and QEMU shows the first one only to a guest that accepts this role."""
        role = {"failover": True, "mac": place(NIC_PORT)["mac"]} if self._failover else {}
        return {**MODELS[FALLBACK].nic(self._iommu), **place(FALLBACK_PORT), **role}

    def _socket(self, name: str) -> Path:
        path = self._sockets / name
        deadline = time.monotonic() + 60
        while not path.exists():
            if not self.alive():
                raise GuestError(f"QEMU did not start: {self.errors()}")
            if time.monotonic() > deadline:
                raise GuestError(f"QEMU made no socket {name} in 60 s")
            time.sleep(0.01)
        return path

    def _note(self, text: str) -> None:
        self._log.write(f"{time.monotonic() - self._started:9.3f} {text}\n")

    def alive(self) -> bool:
        return self._process.poll() is None

    def errors(self) -> str:
        """The complaints of QEMU itself."""
        return (self._transcripts / f"qemu{self._name}.err").read_text(errors="replace").strip()

    def device_add(self, port: int = NIC_PORT) -> None:
        self.qmp.execute("device_add", **self._nic(port))

    def device_del(self) -> None:
        """Asks the guest to release the NIC."""
        self.qmp.execute("device_del", id=place(NIC_PORT)["id"])

    def await_deleted(self, seconds: float, port: int = NIC_PORT) -> bool:
        """Waits; returns whether the NIC was gone from the machine in time."""
        return self.qmp.await_event("DEVICE_DELETED", seconds, device=place(port)["id"])

    def surprise(self, *ports: int) -> None:
        """Tears out the NICs in these root ports, or the one, all in the same moment: the guest's
        kernel notices only after they are gone.

        Switches the slot of a root port off and on again without the guest's knowledge. Both
        writes happen at once; otherwise pciehp sees a slot that is off and does nothing for the
        device. The processors are stopped meanwhile; otherwise a processor inside the NIC's model
        would use freed memory, and QEMU 7.2 asserts or hangs. The guest's clock stops with them.
        """
        writes = []
        for port in ports or (NIC_PORT,):
            control = self._slot_control(port)
            on = self._qtest.readw(control)
            writes += [(control, on | POWER_INDICATOR_OFF | POWER_CONTROLLER_OFF), (control, on)]
        self.qmp.execute("stop")
        self._qtest.write_words(*writes)
        self.qmp.execute("cont")

    def begin_migration(self, other: Qemu) -> None:
        """Begins to move the guest, which runs on, to `other`."""
        place_to_meet = f"unix:{other._sockets}/migration"  # pylint: disable=protected-access
        other.qmp.execute("migrate-incoming", uri=place_to_meet)
        self.qmp.execute("migrate-set-parameters",
                         **{"max-bandwidth": 1 << 32, "downtime-limit": DOWNTIME_LIMIT_MILLIS})
        self.qmp.execute("migrate", uri=place_to_meet)
        self._destination = other

    def await_unplugged(self) -> None:
        """Waits until the guest has let go of the NIC, for which QEMU asks it when a migration
        begins."""
        self._await_migration(lambda status: status not in ("none", "setup", "wait-unplug"))

    def end_migration(self) -> dict[str, float]:
        """Waits until the guest has moved. Returns the seconds that took, the megabytes moved, and
        the milliseconds for which the guest stood still."""
        state = self._await_migration(lambda status: status == "completed")
        return {"seconds": state["total-time"] / 1000, "downtime": state["downtime"],
                "megabytes": state["ram"]["transferred"] / 1e6}

    def _await_migration(self, done: Callable[[str], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + MIGRATION_SECONDS
        while True:
            state: dict[str, Any] = self.qmp.execute("query-migrate")
            status = state.get("status", "none")
            if status in ("failed", "cancelled") or time.monotonic() > deadline:
                said = self._destination.errors() if self._destination else ""
                raise RigError(f"the migration is {status}: {state.get('error-desc', '')} {said}")
            if done(status):
                return state
            time.sleep(0.05)

    def report_error(self, error: str) -> None:
        """Lets the NIC report an error of the bus (AER)."""
        said = self.qmp.execute("human-monitor-command", **{
            "command-line": f"pcie_aer_inject_error {place(NIC_PORT)['id']} {error}"})
        if not said.startswith("OK"):
            raise RigError(f"QEMU does not report {error}: {said.strip()}")

    def show_power(self) -> None:
        """Turns the power indicator of a slot with power on. QEMU 10 leaves it off for a NIC that
        the machine starts with, and then `slot_is_off` would not see the end of a removal."""
        control = self._slot_control(NIC_PORT)
        now = self._qtest.readw(control)
        if now & (POWER_INDICATOR_MASK | POWER_CONTROLLER_OFF) == POWER_INDICATOR_OFF:
            self._qtest.write_words((control, now & ~POWER_INDICATOR_MASK | POWER_INDICATOR_ON))

    def slot_is_off(self, port: int = NIC_PORT) -> bool:
        """Whether pciehp has finished a removal. Until then the power indicator stays on, and
        pciehp may miss a new device."""
        return (self._qtest.readw(self._slot_control(port)) & POWER_INDICATOR_MASK
                == POWER_INDICATOR_OFF)

    def _slot_control(self, port: int) -> int:
        function = self._config_space + (FIRST_ROOT_PORT + port << 15)
        return self._capability(function, PCI_EXPRESS) + SLOT_CONTROL

    def _capability(self, function: int, wanted: int) -> int:
        offset = self._qtest.readb(function + CAPABILITIES)
        while offset:
            if self._qtest.readb(function + offset) == wanted:
                return function + offset
            offset = self._qtest.readb(function + offset + 1)
        raise GuestError(f"no capability {wanted:#x} at {function:#x}")

    def kill(self) -> None:
        """Kills the machine. A second call does no harm."""
        self._process.kill()
        self._process.wait()
        for client in ("qmp", "_qtest", "agent"):
            if hasattr(self, client):
                getattr(self, client).close()
        self._log.close()
        shutil.rmtree(self._sockets, ignore_errors=True)


def _remove_sockets_of_the_dead() -> None:
    """Removes the sockets of rigs that were killed and could not clean up."""
    for folder in Path(tempfile.gettempdir()).glob(f"{SOCKETS}*"):
        if not Path("/proc", folder.name.split("-")[2]).exists():
            shutil.rmtree(folder, ignore_errors=True)
