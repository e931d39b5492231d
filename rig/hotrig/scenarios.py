# SPDX-License-Identifier: Apache-2.0
"""The scenarios: their names, their selection, and which of them share a boot."""
from __future__ import annotations

import re
from dataclasses import dataclass, replace

from hotrig.errors import UsageError
from hotrig.machines import Machine, machine_of
from hotrig.models import COMMON, E1000E, MODELS, Model

KERNELS = ("6.1", "6.12")
# Of the other architecture, on which a removal is tried, and what an lcore meets in it.
ARM64 = "6.1-arm64"
ARM64_BINDING = "igb_uio"
ARM64_REMOVALS = ("remove", "surprise")
VIRTUAL = tuple(name for name, model in MODELS.items() if model.virtual)
BINDINGS = ("igb_uio", "uio_pci_generic", "vfio-pci", "none")
# "first" is the first removal (by "remove") in the life of a process: a JVM that has not done a
# thing before is slow at it. For all others the process has seen that one.
REMOVALS = ("first", "unbind", "remove", "slot-power", "surprise", "device-del", "device-del-acpi")

# What is done to a bundle while the NIC forwards through it; see updates.py.
UPDATES = ("update-driver", "update-bus", "withdraw-driver")
UPDATE_BINDINGS = ("igb_uio", "vfio-pci")
# What somebody else does to a NIC that stays; see disturbances.py.
DISTURBANCES = ("reset", "bus-master-off", "memory-off", "sleep", "bar-rewritten",
                "false-uevent")
DISTURBANCE_BINDINGS = ("igb_uio", "vfio-pci")
# An error of the bus that the NIC reports: after a fatal one the kernel resets the NIC.
ERRORS = ("aer-error", "aer-fatal")
ERROR_MODEL, ERROR_BINDING = "virtio-aer", "vfio-pci"
# The product's contract tests.
CONTRACT_BINDINGS = ("igb_uio", "vfio-pci")
# Traffic whose every byte is compared; see traffic.py.
TRAFFIC_BINDINGS = ("igb_uio", "vfio-pci")
TRAFFIC = ("traffic", "ping")

# TCP and UDP through the product; see iperf.py.
IPERF = "iperf3"

# Offloads of a virtio NIC on a tap, and its RSS; see offloads.py and rss.py. What was set on its
# port, when it returns; see replay.py.
OFFLOADS, RSS, REPLAY = "offloads", "rss", "replay"
WITH_TAPS = (OFFLOADS, RSS, REPLAY)
OFFLOADS_MODELS, RSS_MODEL = ("virtio", "virtio-packed"), "virtio-rss"

# What happens to a virtual function, and to its physical function; see vf.py.
VF_REMOVALS = ("numvfs", "pf-unbind", "surprise")
VF_DISTURBANCES = ("pf-down",)
VF_BINDINGS = ("igb_uio", "vfio-pci")

# The kernel driver of an interface under two drivers is unbound; see interface.py.
INTERFACE_BINDING = "igb_uio"

# All is said by files, which change; see deployment.py.
DEPLOYMENT_BINDING = "igb_uio"

# The kernel's bonding driver is the partner; see lacp.py.
LACP, LACP_BINDING = "lacp", "none"

# The Debian packages, under a systemd; see package.py.
PACKAGE_KERNEL, PACKAGE_BINDING, PACKAGE = "6.1", "igb_uio", "package"

# More than one removal in a scenario; see series.py.
CYCLES, OTHER_MODEL, TOGETHER = "surprise-again", "other-model", "together"
SERIES = (CYCLES, OTHER_MODEL, TOGETHER)
SERIES_BINDINGS = ("igb_uio", "vfio-pci")
SURPRISES = 50
# `launcher/hotbus doctor`; see doctor.py. With vfio-pci the machine has an IOMMU.
DOCTOR_BINDINGS = ("none", "vfio-pci")
DOCTOR_MODEL = "virtio"  # the kernel of a cloud has a driver for it

# What DPDK's testpmd is measured with, beside the product. The other kinds tell nothing new, and
# each takes minutes there.
DPDK_BINDINGS = ("igb_uio", "uio_pci_generic", "vfio-pci")
DPDK_REMOVALS = ("surprise", "slot-power")

# Packets a second between two NICs, and instructions for each packet, beside DPDK's testpmd; see
# rates.py.
RATES_KERNEL, RATES_BINDING = "6.1", "igb_uio"
RATES_MODELS = (E1000E.name, "igb", "virtio", "virtio-packed")
RATES_KINDS = ("rates", "instructions")

# A live migration; see migration.py, and failover.py for one by QEMU's own failover pair.
# Migrations in a row, if no other number is given.
MIGRATION_KERNEL, MIGRATION_BINDING, MIGRATIONS = "6.1", "igb_uio", 3
MIGRATION_KINDS = ("migration", "failover")
# Of the NIC that is unplugged. QEMU takes no igb for a failover pair: it has several functions.
MIGRATION_MODELS = (E1000E.name, "igb")
# Before, writes of the guest were lost while it was moved, and its kernel or the product hung or
# died sooner or later: fixed by QEMU's commit 03bfc2188f, only for emulated processors.
MIGRATION_QEMU = (9, 0)
FAILOVER_BINDINGS = ("igb_uio", "vfio-pci")

DEFAULT_CYCLES = 100
OF_THE_PRODUCT = ("hotbus", "disturbance", "update", "contract", "traffic",
                  "iperf", "interface", "lacp", "series", "native", "vf", "doctor", "package",
                  "deployment", *WITH_TAPS)

FAST = (
    "6.1/igb_uio/first",
    "6.1/igb_uio/unbind",
    "6.1/igb_uio/remove",
    "6.1/igb_uio/slot-power",
    "6.1/igb_uio/surprise",
    "6.1/igb_uio/reset",
    "6.1/igb_uio/update-driver",
    "6.1/igb_uio/update-bus",
    "6.1/igb_uio/withdraw-driver",
    "6.1/uio_pci_generic/surprise",
    "6.1/vfio-pci/remove",
    "6.1/vfio-pci/surprise",
    "6.1/vfio-pci/false-uevent",
    "6.1/virtio/igb_uio/surprise",
)


@dataclass(frozen=True)
class Flavour:
    """The differences between virtual machines; scenarios of one flavour share a machine."""

    kernel: str
    iommu: bool
    hotplug: str  # "pciehp" or "acpi": who in the guest answers a hot-plug request
    slab_debug: bool = False  # freed memory is poisoned and looked at
    model: str = E1000E.name  # of the NIC
    untouched: bool = False  # nothing is loaded or reserved yet: a machine of its own
    migrates: bool = False  # to another QEMU: its files are on disks, and it has a second NIC
    failover: bool = False  # the second NIC is the standby of the first
    taps: bool = False  # between the NICs, instead of hubs
    packages: bool = False  # the Debian packages, and the kernel's headers, are there
    counted: bool = False  # the instructions of its processors are counted

    def __str__(self) -> str:
        return ", ".join(self._words())

    @property
    def qemu(self) -> tuple[int, int]:
        """The oldest QEMU that will do."""
        return max(MODELS[self.model].qemu, MIGRATION_QEMU if self.migrates else (0, 0))

    @property
    def slug(self) -> str:
        """For the name of a folder."""
        return "-".join(self._words())

    def _words(self) -> list[str]:
        return [self.kernel, self.hotplug, *(["iommu"] if self.iommu else []),
                *(["slab-debug"] if self.slab_debug else []),
                *([self.model] if self.model != E1000E.name else []),
                *(["untouched"] if self.untouched else []),
                *(["migrates"] if self.migrates else []),
                *(["failover"] if self.failover else []),
                *(["taps"] if self.taps else []),
                *(["packages"] if self.packages else []),
                *(["counted"] if self.counted else [])]


@dataclass(frozen=True)
class Scenario:
    """One removal, or one series of them."""

    # "hotbus": a removal under the product; "disturbance": of a NIC that stays; "update": of a
    # bundle of it, then a removal; "contract": its contract tests; "traffic": frames that
    # it returns; "iperf": TCP and UDP through it; "offloads", "rss", "replay": of a virtio NIC; "series": several removals; "interface": an interface under the product, whose
    # driver is unbound; "deployment": all is said by files; "lacp": with the kernel's bonding driver; "native": the tests of native/; "vf": a virtual function under the
    # product; "doctor": its doctor; "package": the Debian packages of it; "kmod": the module alone; "dpdk": DPDK's testpmd;
    # "rates": both, in turn; "instructions": the same on a machine that counts them; "migration": the guest moves; "failover": the same, and QEMU itself
    # takes the NIC away and brings it back
    kind: str
    kernel: str
    binding: str
    removal: str
    cycles: int = 0  # of kmod, and of removals again and again
    model: str = E1000E.name  # of the NIC; names of scenarios leave that one out

    @property
    def name(self) -> str:
        if self.kind == "kmod":
            return f"kmod/{self.kernel}/cycles"
        if self.kind in RATES_KINDS:
            return f"{self.kind}/{self.kernel}/{self.model}"
        prefix = "dpdk/" if self.kind == "dpdk" else ""
        model = "" if self.model == E1000E.name else f"{self.model}/"
        if self.kind in MIGRATION_KINDS:
            return f"{self.kind}/{self.kernel}/{model}{self.binding}/cycles"
        return f"{prefix}{self.kernel}/{model}{self.binding}/{self.removal}"

    @property
    def nic(self) -> Model:
        return MODELS[self.model]

    @property
    def machine(self) -> Machine:
        return machine_of(self.kernel)

    @property
    def flavour(self) -> Flavour:
        hotplug = "acpi" if self.removal == "device-del-acpi" else "pciehp"
        return Flavour(self.kernel, self.binding == "vfio-pci", hotplug, self.kind == "kmod",
                       self.model, self.kind == "doctor", self.kind in MIGRATION_KINDS,
                       self.kind == "failover", self.kind in WITH_TAPS, self.kind == PACKAGE,
                       self.kind == "instructions")


def _meaningful(binding: str, removal: str) -> bool:
    return not (binding == "none" and removal == "unbind")


def all_scenarios() -> list[Scenario]:
    """All scenarios, grouped by boot."""
    product = [
        Scenario("hotbus", kernel, binding, removal, model=model)
        for model in COMMON
        for kernel in KERNELS
        for binding in BINDINGS
        for removal in REMOVALS
        if _meaningful(binding, removal)
    ]
    product += [Scenario("hotbus", ARM64, ARM64_BINDING, removal) for removal in ARM64_REMOVALS]
    product += [Scenario("native", ARM64, "native", "tests")]
    product += [Scenario("disturbance", kernel, binding, disturbance) for kernel in KERNELS
                for binding in DISTURBANCE_BINDINGS for disturbance in DISTURBANCES]
    product += [Scenario("disturbance", kernel, ERROR_BINDING, error, model=ERROR_MODEL)
                for kernel in KERNELS for error in ERRORS]
    product += [Scenario("update", kernel, binding, update) for kernel in KERNELS
                for binding in UPDATE_BINDINGS for update in UPDATES]
    product += [Scenario("contract", kernel, binding, "contract", model=model)
                for model in COMMON for kernel in KERNELS for binding in CONTRACT_BINDINGS]
    product += [Scenario("traffic", kernel, binding, kind, model=model) for model in COMMON
                for kernel in KERNELS for binding in TRAFFIC_BINDINGS for kind in TRAFFIC]
    product += [Scenario("iperf", kernel, binding, IPERF, model=model) for model in COMMON
                for kernel in KERNELS for binding in TRAFFIC_BINDINGS]
    product += [Scenario(OFFLOADS, kernel, binding, OFFLOADS, model=model)
                for model in OFFLOADS_MODELS for kernel in KERNELS for binding in TRAFFIC_BINDINGS]
    product += [Scenario(kind, kernel, binding, kind, model=RSS_MODEL) for kernel in KERNELS
                for binding in TRAFFIC_BINDINGS for kind in (RSS, REPLAY)]
    product += [Scenario("interface", kernel, INTERFACE_BINDING, "interface")
                for kernel in KERNELS]
    product += [Scenario("deployment", kernel, DEPLOYMENT_BINDING, "deployment")
                for kernel in KERNELS]
    product += [Scenario(LACP, kernel, LACP_BINDING, LACP) for kernel in KERNELS]
    product += [Scenario("package", PACKAGE_KERNEL, PACKAGE_BINDING, PACKAGE)]
    product += [Scenario("vf", kernel, binding, what, model=model)
                for model in VIRTUAL for kernel in KERNELS for binding in VF_BINDINGS
                for what in VF_REMOVALS + VF_DISTURBANCES]
    product += [Scenario("series", kernel, binding, kind, SURPRISES if kind == CYCLES else 0)
                for kernel in KERNELS for binding in SERIES_BINDINGS for kind in SERIES]
    product += [Scenario("doctor", kernel, binding, "doctor", model=DOCTOR_MODEL)
                for kernel in KERNELS for binding in DOCTOR_BINDINGS]
    kmod = [Scenario("kmod", kernel, "igb_uio", "cycles", DEFAULT_CYCLES) for kernel in KERNELS]
    dpdk = [
        Scenario("dpdk", kernel, binding, removal)
        for kernel in KERNELS
        for binding in DPDK_BINDINGS
        for removal in DPDK_REMOVALS
    ]
    rates = [Scenario(kind, RATES_KERNEL, RATES_BINDING, kind, model=model)
             for kind in RATES_KINDS for model in RATES_MODELS]
    migration = [Scenario("migration", MIGRATION_KERNEL, MIGRATION_BINDING, "migration",
                          MIGRATIONS, model=model) for model in MIGRATION_MODELS]
    migration += [Scenario("failover", MIGRATION_KERNEL, binding, "failover", MIGRATIONS)
                  for binding in FAILOVER_BINDINGS]
    return product + kmod + dpdk + rates + migration


def select(words: list[str], kernel: str | None = None) -> list[Scenario]:
    """The scenarios that `words` name: a name, the beginning of one up to a '/', `all`, `fast`.

    `kernel` leaves out those of other kernels. UsageError for a word that names nothing.
    """
    known = all_scenarios()
    chosen: dict[str, Scenario] = {}
    for word in words:
        found = _named(word, known)
        if not found:
            raise UsageError(f"no scenario '{word}' (see --list)")
        for scenario in found:
            if kernel is None or scenario.kernel == kernel:
                chosen[scenario.name] = scenario
    if not chosen:
        raise UsageError(f"none of {' '.join(words)} is of kernel {kernel}")
    return list(chosen.values())


def _named(word: str, known: list[Scenario]) -> list[Scenario]:
    if word == "all":
        return [s for s in known if s.kind in OF_THE_PRODUCT]
    if word == "fast":
        return [s for s in known if s.name in FAST]
    cycles = re.fullmatch(r"((?:kmod|migration|failover)/.*/cycles)=([1-9]\d{0,4})", word)
    if cycles:
        count = int(cycles[2])
        return [replace(s, cycles=count) for s in known if s.name == cycles[1]]
    return [s for s in known if (s.name + "/").startswith(word.rstrip("/") + "/")]


def by_flavour(scenarios: list[Scenario]) -> dict[Flavour, list[Scenario]]:
    """Groups that can share a boot, in the order in which they were selected; those of one binding
    come together, as they share a process, too."""
    groups: dict[Flavour, dict[str, list[Scenario]]] = {}
    for scenario in scenarios:
        bindings = groups.setdefault(scenario.flavour, {})
        bindings.setdefault(scenario.binding, []).append(scenario)
    return {flavour: [scenario for group in bindings.values() for scenario in group]
            for flavour, bindings in groups.items()}
