# SPDX-License-Identifier: Apache-2.0
"""Checks the programs that this machine needs. As root on Debian, installs missing ones."""
from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

from hotrig import initramfs
from hotrig.errors import MissingError
from hotrig.progress import Progress

# program: package. The guest uses /usr of this machine, so what its scripts need is here, too.
PROGRAMS = {"qemu-system-x86_64": "qemu-system-x86", "busybox": "busybox-static",
            "modprobe": "kmod", "dpkg-deb": "dpkg", "tar": "tar", "setpriv": "util-linux",
            "ip": "iproute2", "pkill": "procps", "make": "make", "gcc": "gcc", "as": "binutils"}
DPDK = {"dpdk-testpmd": "dpdk"}


def require(progress: Progress, dpdk: bool = False) -> None:
    """Requires all programs. MissingError if one is missing and cannot be installed."""
    if platform.machine() != "x86_64":
        raise MissingError(f"the rig's guest is x86-64; this machine is {platform.machine()}")
    if not Path("/bin").is_symlink():
        raise MissingError("the guest uses /usr of this machine, which has to be a merged one")
    programs = {**PROGRAMS, **(DPDK if dpdk else {})}
    missing = [package for program, package in programs.items() if not shutil.which(program)]
    if shutil.which("busybox") and not _is_static(initramfs.BUSYBOX):
        missing.append("busybox-static")
    # in the guest, for its side of the traffic
    missing += [] if Path("/usr/bin/python3").exists() else ["python3"]
    # objtool, one of the kernel headers' programs, is linked with it
    missing += [] if list(Path("/usr/lib").glob("*/libelf.so.1")) else ["libelf1"]
    if missing:
        _install(missing, progress)


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
                    ["apt-get", "-q", "-y", "--no-install-recommends", "install", *packages]):
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise MissingError(f"apt-get could not install {words}: {lines[-1]}")
