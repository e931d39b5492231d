# SPDX-License-Identifier: Apache-2.0
"""Debian's kernels, unpacked into the cache, and modules built for them."""
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
from hotrig.progress import Progress

IMAGES = {
    "6.1": r"linux-image-(6\.1\.0-\d+-amd64)",
    "6.12": r"linux-image-(6\.12\.[\d.]+\+deb12(?:\.\d+)?-amd64)",
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
        if not shutil.which("gcc-12"):
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
        self._apt = Apt(root / "apt", progress)

    def cached(self, series: str) -> list[Kernel]:
        """Newest last."""
        described = sorted((self._root / series).glob("*/kernel.json"),
                           key=lambda file: file.stat().st_mtime)
        return [_read(file) for file in described]

    def obtain(self, series: str) -> Kernel:
        """The newest kernel of `series`, or the newest cached one if Debian is not reachable."""
        try:
            self._apt.update()
            image, version = self._apt.newest(IMAGES[series])
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
        packages = (image, headers, self._apt.dependency(headers, r"linux-headers-\S+-common"),
                    self._apt.dependency(headers, r"linux-kbuild-\S+"))
        self._progress.say(f"downloading kernel {version} with headers "
                           f"({self._apt.megabytes(*packages)} MB) into {folder}")
        unfinished = folder.with_name(folder.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        self._apt.unpack(unfinished, *packages, without=LEFT_OUT)
        self._progress.say("unpacked; preparing modules and headers")
        subprocess.run(["depmod", "-b", str(unfinished), release], check=True)
        _extract_elf(unfinished / "boot" / f"vmlinuz-{release}", unfinished / "vmlinux")
        (unfinished / "kernel.json").write_text(
            json.dumps({"series": series, "release": release, "version": version}))
        _relocate_headers(unfinished, folder)
        os.rename(unfinished, folder)

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
