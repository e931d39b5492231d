# SPDX-License-Identifier: Apache-2.0
"""Checks the programs that this machine needs. As root on Debian, installs missing ones."""
from __future__ import annotations

import os
import platform
import shutil
import subprocess
import zipfile
from pathlib import Path

from hotrig.errors import MissingError
from hotrig.kernel import HOST
from hotrig.machines import Machine
from hotrig.progress import Progress
from hotrig.scenarios import Scenario

# program: package. The guest uses /usr of this machine, so what its scripts need is here, too.
PROGRAMS = {"busybox": "busybox-static",
            "modprobe": "kmod", "dpkg-deb": "dpkg", "tar": "tar", "setpriv": "util-linux",
            "ip": "iproute2", "pkill": "procps", "make": "make", "gcc": "gcc", "as": "binutils",
            "mke2fs": "e2fsprogs"}
DPDK = {"dpdk-testpmd": "dpdk-dev"}
IPERF = {"iperf3": "iperf3"}
PACKAGES = {"dh": "debhelper", "dh_dkms": "dh-dkms", "dkms": "dkms", "systemctl": "systemd"}


def require(progress: Progress, scenarios: list[Scenario]) -> None:
    """Requires all programs. MissingError if one is missing and cannot be installed."""
    if platform.machine() != "x86_64":
        raise MissingError(f"the rig's guest is x86-64; this machine is {platform.machine()}")
    if not Path("/bin").is_symlink():
        raise MissingError("the guest uses /usr of this machine, which has to be a merged one")
    kinds = {scenario.kind for scenario in scenarios}
    programs = {**PROGRAMS, **(DPDK if kinds & {"dpdk", "rates", "instructions"} else {}),
                **(IPERF if "iperf" in kinds else {}),
                **(PACKAGES if "package" in kinds else {})}
    machines = {scenario.machine for scenario in scenarios}
    for machine in machines:
        programs.update(_of(machine))
    missing = [package for program, package in programs.items() if not shutil.which(program)]
    if shutil.which("busybox") and not _is_static(HOST.busybox):
        missing.append("busybox-static")
    missing += [machine.libc for machine in machines if machine.is_foreign
                and not Path("/usr", machine.cross.rstrip("-"), "include/errno.h").exists()]
    # in the guest, for its side of the traffic
    missing += [] if Path("/usr/bin/python3").exists() else ["python3"]
    # objtool, one of the kernel headers' programs, is linked with it
    missing += [] if list(Path("/usr/lib").glob("*/libelf.so.1")) else ["libelf1"]
    if missing:
        _install(missing, progress)


def _of(machine: Machine) -> dict[str, str]:
    """The programs that emulate a machine, and build for it."""
    compiler = {f"{machine.cross}gcc": f"gcc-{machine.cross.rstrip('-')}"}
    return {machine.qemu: machine.package, **(compiler if machine.is_foreign else {})}


def require_native(scenarios: list[Scenario], library: Path) -> None:
    """MissingError if the bundle `library` was built without an architecture of the scenarios."""
    with zipfile.ZipFile(library) as jar:
        names = jar.namelist()
    for machine in {scenario.machine for scenario in scenarios}:
        if machine.is_foreign and f"native/{machine.native}-linux/libhotbus.so" not in names:
            raise MissingError(f"the product has no native library for {machine.architecture}: it "
                               f"was built before {machine.cross}gcc was installed "
                               "(touch native/Makefile, and run the rig again)")


def _is_static(program: Path) -> bool:
    return b"/ld-linux" not in program.read_bytes()[:4096]


def _install(packages: list[str], progress: Progress) -> None:
    words = " ".join(packages)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise MissingError(f"this machine still needs: {words} (Debian: run as root once, or "
                           f"'apt-get install {words}')")
    progress.say(f"installing what the rig needs: {words}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-q", "update"],
                    ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120",
                     "--no-install-recommends", "install", *packages]):
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise MissingError(f"apt-get could not install {words}: {lines[-1]}")
