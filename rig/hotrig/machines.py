# SPDX-License-Identifier: Apache-2.0
"""The architectures of a guest, and how QEMU emulates each."""
from __future__ import annotations

from dataclasses import dataclass

# Features that a throw-away guest does not need and that slow an emulated processor down.
_KERNEL_OPTIONS = ("panic=-1 quiet nokaslr mitigations=off nowatchdog apparmor=0 audit=0 "
                   "cryptomgr.notests random.trust_cpu=on")


@dataclass(frozen=True)
class Machine:
    """A kind of machine."""

    architecture: str  # as Debian calls it
    qemu: str  # QEMU's program
    package: str  # that has it
    options: tuple[str, ...]  # of QEMU
    kernel_options: str
    config_space: int  # where the memory-mapped configuration space of the PCI bus begins
    # What compilers for it begin with, and what the kernel's makefiles call it.
    # Empty: those of this machine.
    cross: str = ""
    kernel_architecture: str = ""
    libc: str = ""  # Debian's package of the C library to build with

    @property
    def native(self) -> str:
        """The architecture as compilers call it; empty where `cross` is."""
        return self.cross.partition("-")[0]

    @property
    def is_foreign(self) -> bool:
        """Whether the guest cannot use the programs in /usr of this machine."""
        return bool(self.cross)


AMD64 = Machine(
    "amd64", "qemu-system-x86_64", "qemu-system-x86", ("-M", "q35", "-cpu", "max"),
    f"console=ttyS0 tsc=reliable no_timer_check {_KERNEL_OPTIONS}", 0xB0000000)
# QEMU emulates the authentication of pointers, which newer processors have, slowly.
ARM64 = Machine(
    "arm64", "qemu-system-aarch64", "qemu-system-arm",
    ("-M", "virt,gic-version=3", "-cpu", "cortex-a72"),
    f"console=ttyAMA0 {_KERNEL_OPTIONS}", 0x4010000000, "aarch64-linux-gnu-", "arm64",
    "libc6-dev-arm64-cross")


def machine_of(kernel: str) -> Machine:
    """The machine of a kernel, by the name that scenarios have for it."""
    return ARM64 if kernel.endswith(f"-{ARM64.architecture}") else AMD64
