# SPDX-License-Identifier: Apache-2.0
"""The guest's first root: busybox, the modules that mounting needs, and guest/init.sh."""
from __future__ import annotations

import lzma
import stat
import subprocess
from pathlib import Path

from hotrig.errors import MissingError

MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay", "virtio_console", "virtio_blk", "ext4")
CONSOLE = (5, 1)


class Cpio:
    """Writes the kernel's "newc" archive format (Documentation/driver-api/early-userspace)."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._inode = 0

    def folder(self, path: str) -> None:
        self._entry(path, stat.S_IFDIR | 0o755)

    def file(self, path: str, content: bytes, mode: int = 0o755) -> None:
        self._entry(path, stat.S_IFREG | mode, content)

    def device(self, path: str, number: tuple[int, int]) -> None:
        self._entry(path, stat.S_IFCHR | 0o600, number=number)

    def finish(self) -> bytes:
        self._entry("TRAILER!!!", 0)
        return bytes(self._bytes)

    def _entry(self, path: str, mode: int, content: bytes = b"",
               number: tuple[int, int] = (0, 0)) -> None:
        self._inode += 1
        name = path.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(content), 0, 0, *number, len(name), 0)
        self._bytes += b"070701" + b"".join(b"%08x" % field for field in fields)
        self._padded(name)
        self._padded(content)

    def _padded(self, data: bytes) -> None:
        self._bytes += data
        self._bytes += b"\0" * (-len(self._bytes) % 4)


def build(modules_root: Path, release: str, init: Path, busybox: Path) -> bytes:
    """The archive for the kernel `release`, whose modules are below `modules_root`/lib/modules.

    `busybox`: the program, which is linked statically.
    """
    cpio = Cpio()
    for folder in ("bin", "dev", "proc", "sys", "modules", "root"):
        cpio.folder(folder)
    cpio.device("dev/console", CONSOLE)
    cpio.file("bin/busybox", busybox.read_bytes())
    cpio.file("init", init.read_bytes())
    for number, module in enumerate(_load_order(modules_root, release)):
        content = module.read_bytes()
        if module.suffix == ".xz":
            content = lzma.decompress(content)
        cpio.file(f"modules/{number:02d}-{module.name.split('.')[0]}.ko", content, 0o644)
    return cpio.finish()


def _load_order(root: Path, release: str) -> list[Path]:
    order: dict[Path, None] = {}
    for module in MODULES:
        done = subprocess.run(
            ["modprobe", "-d", str(root), "-S", release, "--show-depends", module],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise MissingError(f"kernel {release} has no module {module}: {done.stderr.strip()}")
        for line in done.stdout.splitlines():
            word, _, path = line.partition(" ")
            if word == "insmod":
                order[Path(path.split()[0])] = None
    return list(order)
