# SPDX-License-Identifier: Apache-2.0
"""Debian's kernels, unpacked into the cache, modules built for them, and what runs on them."""
from __future__ import annotations

import hashlib
import json
import lzma
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hotrig.debian import Apt
from hotrig.errors import MissingError, RigError
from hotrig.machines import AMD64, ARM64, Machine, machine_of
from hotrig.progress import Progress

IMAGES = {
    "6.1": r"linux-image-(6\.1\.0-\d+-amd64)",
    "6.12": r"linux-image-(6\.12\.[\d.]+\+deb12(?:\.\d+)?-amd64)",
    "6.1-arm64": r"linux-image-(6\.1\.0-\d+-arm64)",
}
# Three quarters of the modules, none of which a guest of the rig has a use for.
LEFT_OUT = tuple(
    f"./lib/modules/*/kernel/{folder}"
    for folder in ("sound", "drivers/gpu", "drivers/media", "drivers/net/wireless",
                   "drivers/staging", "drivers/hid", "drivers/infiniband", "drivers/iio",
                   "drivers/scsi", "drivers/usb",
                   "drivers/net/ethernet/[!i]*")  # "intel": igb has virtual functions
) + ("./usr/share/doc", "./usr/share/lintian", "./usr/share/bug")

# Changes with LEFT_OUT: what was unpacked by other rules is not used.
LAYOUT = 2


# What a guest needs that cannot use this machine's /usr.
USERLAND = ("bash", "coreutils", "util-linux", "mount", "kmod", "iproute2", "procps", "grep", "sed",
            "gawk", "findutils", "python3-minimal", "openjdk-17-jre-headless", "busybox-static")
NOT_OF_USERLAND = ("./usr/share/doc", "./usr/share/locale", "./usr/share/man")
MERGED = ("bin", "sbin", "lib")


@dataclass(frozen=True)
class Userland:
    """The programs of a guest: of this machine, or unpacked in the cache."""

    usr: Path
    etc: Path  # of which the guest sees a part

    @property
    def busybox(self) -> Path:
        return self.usr / "bin" / "busybox"

    def java_home(self, own: Path) -> Path:
        """In the guest. `own`: of this machine."""
        if self.usr == Path("/usr"):
            return own
        found = next((self.usr / "lib" / "jvm").glob("java-17-openjdk-*"))
        return Path("/usr") / found.relative_to(self.usr)


HOST = Userland(Path("/usr"), Path("/etc"))


@dataclass(frozen=True)
class Kernel:
    """A kernel of the cache."""

    series: str
    release: str  # as `uname -r` says it
    version: str  # of the package
    folder: Path

    @property
    def image(self) -> Path:
        """The file that QEMU boots: the ELF file if it could be extracted from the image."""
        elf = self.folder / "vmlinux"
        return elf if elf.exists() else self.folder / "boot" / f"vmlinuz-{self.release}"

    @property
    def modules(self) -> Path:
        """The folder that the guest sees as /usr/lib/modules."""
        return self.folder / "lib" / "modules"

    @property
    def machine(self) -> Machine:
        return machine_of(self.series)

    @property
    def headers(self) -> Path:
        return self.folder / "usr" / "src" / f"linux-headers-{self.release}"

    def build_module(self, source: Path) -> Path:
        """The module of the Kbuild folder `source`; builds it if this source is new."""
        files = sorted(f for f in source.iterdir()
                       if f.suffix in (".c", ".h") or f.name in ("Kbuild", "Makefile"))
        digest = hashlib.sha256(b"".join(f.name.encode() + f.read_bytes() for f in files))
        folder = self.folder / f"{source.name}-{digest.hexdigest()[:16]}"
        module = folder / f"{source.name}.ko"
        if not module.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for file in files:
                shutil.copy(file, folder)
            self._make(folder)
        return module

    def _make(self, folder: Path) -> None:
        command = ["make", "-C", str(folder), f"KDIR={self.headers}",
                   "CONFIG_DEBUG_INFO_BTF_MODULES=", "DEBIAN_KERNEL_NO_CC_VERSION_CHECK=y"]
        if self.machine.is_foreign:
            command += [f"ARCH={self.machine.kernel_architecture}",
                        f"CROSS_COMPILE={self.machine.cross}", f"CC={self.machine.cross}gcc"]
        elif not shutil.which("gcc-12"):
            command.append("CC=gcc")
        log = folder / "build.log"
        with log.open("w") as output:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output,
                                  stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            raise RigError(f"{folder.name} does not build for {self.release}: see {log}")


class KernelStore:
    """The cache of kernels. Keyed by package version and LAYOUT; a folder with that name is
    complete."""

    def __init__(self, root: Path, progress: Progress) -> None:
        self._root = root
        self._progress = progress
        self._apts = {AMD64: Apt(root / "apt", progress),
                      ARM64: Apt(root / "apt-arm64", progress, ARM64.architecture)}

    def cached(self, series: str) -> list[Kernel]:
        """Newest last."""
        described = sorted((self._root / series).glob("*/kernel.json"),
                           key=lambda file: file.stat().st_mtime)
        return [_read(file) for file in described]

    def obtain(self, series: str) -> Kernel:
        """The newest kernel of `series`, or the newest cached one if Debian is not reachable."""
        apt = self._apts[machine_of(series)]
        try:
            apt.update()
            image, version = apt.newest(IMAGES[series])
        except MissingError as reason:
            if not self.cached(series):
                raise
            kernel = self.cached(series)[-1]
            self._progress.say(f"{reason}: going on with {kernel.version} of the cache")
            return kernel
        folder = self._root / series / f"{version}-{LAYOUT}"
        if not (folder / "kernel.json").exists():
            self._fetch(series, image, version, folder)
            self._forget_all_but(series, folder)
        return _read(folder / "kernel.json")

    def _fetch(self, series: str, image: str, version: str, folder: Path) -> None:
        release = image.removeprefix("linux-image-")
        headers = image.replace("-image-", "-headers-")
        apt, own = self._apts[machine_of(series)], self._apts[AMD64]
        packages = (image, headers, apt.dependency(headers, r"linux-headers-\S+-common"))
        kbuild = apt.dependency(headers, r"linux-kbuild-\S+")  # programs that build modules here
        own.update()
        self._progress.say(f"downloading kernel {version} with headers "
                           f"({apt.megabytes(*packages) + own.megabytes(kbuild)} MB) into {folder}")
        unfinished = folder.with_name(folder.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        apt.unpack(unfinished, *packages, without=LEFT_OUT)
        own.unpack(unfinished, kbuild, without=LEFT_OUT)
        self._progress.say("unpacked; preparing modules and headers")
        subprocess.run(["depmod", "-b", str(unfinished), release], check=True)
        _extract_elf(unfinished / "boot" / f"vmlinuz-{release}", unfinished / "vmlinux")
        (unfinished / "kernel.json").write_text(
            json.dumps({"series": series, "release": release, "version": version}))
        _relocate_headers(unfinished, folder)
        os.rename(unfinished, folder)

    def userland(self, machine: Machine) -> Userland:
        """The programs for guests of that machine; those of the cache are never renewed."""
        if not machine.is_foreign:
            return HOST
        folder = self._root / f"userland-{machine.architecture}"
        if not folder.exists():
            apt = self._apts[machine]
            packages = apt.needed_for(*USERLAND)
            self._progress.say(f"downloading programs for {machine.architecture} "
                               f"({apt.megabytes(*packages)} MB) into {folder}")
            unfinished = folder.with_name(folder.name + ".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            for name in MERGED:
                (unfinished / "usr" / name).mkdir(parents=True)
                (unfinished / name).symlink_to(f"usr/{name}")
            apt.unpack(unfinished, *packages, without=NOT_OF_USERLAND)
            os.rename(unfinished, folder)
        return Userland(folder / "usr", folder / "etc")

    def _forget_all_but(self, series: str, current: Path) -> None:
        for folder in (self._root / series).iterdir():
            if folder != current:
                shutil.rmtree(folder, ignore_errors=True)


def _read(description: Path) -> Kernel:
    fields = json.loads(description.read_text())
    return Kernel(fields["series"], fields["release"], fields["version"], description.parent)


def _relocate_headers(root: Path, final: Path) -> None:
    """Changes the absolute paths in Debian's headers to paths of the cache."""
    for makefile in (root / "usr" / "src").glob("linux-headers-*/Makefile"):
        text = makefile.read_text()
        makefile.write_text(re.sub(r"^include /usr/src/", f"include {final}/usr/src/", text,
                                   flags=re.MULTILINE))


def _extract_elf(image: Path, elf: Path) -> None:
    """Takes vmlinux out of a bzImage: QEMU starts it by PVH, which saves 3 s of decompression.

    Leaves no file if the kernel is not compressed by xz.
    """
    data = image.read_bytes()
    start = data.find(b"\xfd7zXZ\0")
    while start >= 0:
        try:
            content = lzma.LZMADecompressor().decompress(data[start:])
        except lzma.LZMAError:
            content = b""
        if content.startswith(b"\x7fELF"):
            elf.write_bytes(content)
            return
        start = data.find(b"\xfd7zXZ\0", start + 1)
