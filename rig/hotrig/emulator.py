# SPDX-License-Identifier: Apache-2.0
"""The QEMU that a scenario needs: the machine's, or a newer one of Debian's in the cache."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hotrig.debian import BACKPORTS, Apt
from hotrig.errors import MissingError
from hotrig.machines import AMD64, Machine
from hotrig.progress import Progress

# What the rig's machines need at run time, besides libraries.
COMPANIONS = ("qemu-system-common", "qemu-system-data", "seabios", "ipxe-qemu")


@dataclass(frozen=True)
class Emulator:
    """A QEMU. `root`: where its packages are unpacked; None: it is installed."""

    machine: Machine = AMD64  # what it emulates
    root: Path | None = None

    @property
    def command(self) -> list[str]:
        if self.root is None:
            return [self.machine.qemu]
        share = self.root / "usr/share"
        return [str(self.root / "usr/bin" / self.machine.qemu), "-L", str(share / "qemu"),
                "-L", str(share / "seabios")]

    @property
    def environment(self) -> dict[str, str]:
        if self.root is None:
            return dict(os.environ)
        libraries = self.root / "usr/lib/x86_64-linux-gnu"
        folders = [str(libraries), *(str(f) for f in self.root.glob("usr/lib/x86_64-linux-gnu/*/"))]
        return {**os.environ, "LD_LIBRARY_PATH": ":".join(folders),
                "QEMU_MODULE_DIR": str(libraries / "qemu")}

    def version(self) -> tuple[int, int]:
        """(0, 0) if it does not start."""
        try:
            said = subprocess.run([*self.command, "--version"], env=self.environment, text=True,
                                  capture_output=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return 0, 0
        return version(said)


def version(said: str) -> tuple[int, int]:
    """Of QEMU, from the output of --version."""
    found = re.search(r"version (\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


class EmulatorStore:
    """Gets QEMU from Debian's backports, where the installed one is too old. Nothing of it is
    installed. Keyed by package version; a folder with that name is complete."""

    def __init__(self, root: Path, progress: Progress) -> None:
        """`root`: the cache of the rig."""
        self._root = root / "qemu"
        self._progress = progress
        self._found: dict[tuple[Machine, tuple[int, int]], Emulator] = {}
        self._apt = Apt(root / "apt", progress)

    def obtain(self, machine: Machine, needed: tuple[int, int], name: str) -> Emulator:
        """A QEMU that is new enough for the scenario `name`; MissingError if there is none."""
        key = (machine, needed)
        if key not in self._found:
            self._found[key] = self._find(machine, needed, name)
        return self._found[key]

    def _find(self, machine: Machine, needed: tuple[int, int], name: str) -> Emulator:
        for emulator in (Emulator(machine), *self._cached(machine)):
            if emulator.version() >= needed:
                return emulator
        emulator = self._fetch(machine)
        if emulator.version() < needed:
            raise MissingError(f"{name} needs QEMU {needed[0]}.{needed[1]}; Debian's backports "
                               "have no such QEMU for this machine")
        return emulator

    def _cached(self, machine: Machine) -> list[Emulator]:
        found = sorted(self._root.glob("*/complete"), key=lambda file: file.stat().st_mtime)
        return [Emulator(machine, file.parent) for file in reversed(found)]

    def _fetch(self, machine: Machine) -> Emulator:
        self._apt.update()
        packages = self._apt.needed_for(machine.package, *COMPANIONS, suite=BACKPORTS)
        version_of = dict(word.split("=", 1) for word in packages)[machine.package]
        folder = self._root / version_of.replace(":", "_")
        self._progress.say(f"downloading QEMU {version_of} ({len(packages)} packages) "
                           f"into {folder}")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._apt.unpack(folder, *packages, without=("./usr/share/doc",))
        (folder / "complete").touch()
        return Emulator(machine, folder)
