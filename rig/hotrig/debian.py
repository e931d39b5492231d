# SPDX-License-Identifier: Apache-2.0
"""Debian packages without installing them: an apt configuration of the rig's own.

The machine's sources, lists and installed packages stay as they are. apt checks the signature of
the lists, and every package against them.
"""
from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from hotrig.errors import MissingError
from hotrig.progress import Progress

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
MIRROR = "http://deb.debian.org"
SUITES = (
    ("debian", "bookworm"),
    ("debian-security", "bookworm-security"),
    ("debian", "bookworm-backports"),
)
LISTS_ARE_FRESH_SECONDS = 24 * 3600

CONFIGURATION = """\
Dir::State::lists "{root}/lists";
Dir::Cache "{root}/cache";
Dir::Etc::sourcelist "{root}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "root";
"""


class Apt:
    """Debian 12, its security updates and its backports, for amd64."""

    def __init__(self, root: Path, progress: Progress) -> None:
        self._root = root
        self._progress = progress

    def update(self) -> None:
        """Fetches the lists of packages, unless those here are of today."""
        stamp = self._root / "updated"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < LISTS_ARE_FRESH_SECONDS:
            return
        if not Path(KEYRING).exists():
            raise MissingError(f"{KEYRING} is missing (Debian: apt-get install "
                               "debian-archive-keyring)")
        for folder in ("lists/partial", "cache/archives/partial"):
            (self._root / folder).mkdir(parents=True, exist_ok=True)
        (self._root / "apt.conf").write_text(CONFIGURATION.format(root=self._root))
        (self._root / "sources.list").write_text("".join(
            f"deb [arch=amd64 signed-by={KEYRING}] {MIRROR}/{archive} {suite} main\n"
            for archive, suite in SUITES))
        self._progress.say(f"downloading the lists of Debian's packages from {MIRROR} (10 MB)")
        self._run("apt-get", "-q", "update", "-o", "APT::Update::Error-Mode=any")
        stamp.touch()

    def newest(self, pattern: str) -> tuple[str, str]:
        """Name and version of the newest package whose whole name matches."""
        names = [name for name in self._run("apt-cache", "pkgnames").split()
                 if re.fullmatch(pattern, name)]
        if not names:
            raise MissingError(f"Debian has no package named {pattern} any more")
        shown = self._run("apt-cache", "--no-all-versions", "show", *names)
        versions = dict(re.findall(r"^Package: (\S+)$.*?^Version: (\S+)$", shown,
                                   re.MULTILINE | re.DOTALL))
        name = max(versions, key=functools.cmp_to_key(
            lambda a, b: _compare(versions[a], versions[b])))
        return name, versions[name]

    def dependency(self, name: str, pattern: str) -> str:
        """The package that `name` depends on whose name matches."""
        match = re.search(rf"(?:^|, )({pattern})(?: \(|,|$)", self._field(name, "Depends"))
        if not match:
            raise MissingError(f"{name} depends on no package named {pattern}")
        return match[1]

    def megabytes(self, *names: str) -> int:
        return round(sum(int(self._field(name, "Size")) for name in names) / 1e6)

    def unpack(self, destination: Path, *names: str, without: tuple[str, ...] = ()) -> None:
        """Downloads packages and unpacks their files below `destination`; no script is run.

        `without`: patterns of files that are left out.
        """
        folder = destination / ".deb"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._run("apt-get", "-q", "download", *names, cwd=folder)
        for package in sorted(folder.glob("*.deb")):
            _unpack(package, destination, without)
        shutil.rmtree(folder)

    def _field(self, name: str, field: str) -> str:
        text = self._run("apt-cache", "--no-all-versions", "show", name)
        match = re.search(rf"^{field}: (.*)$", text, re.MULTILINE)
        return match[1] if match else ""

    def _run(self, *command: str, cwd: Path | None = None) -> str:
        environment = {**os.environ, "APT_CONFIG": str(self._root / "apt.conf"), "LC_ALL": "C"}
        done = subprocess.run(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or ["no reason given"]
            raise MissingError(f"'{' '.join(command[:3])}' failed: {lines[-1]} "
                               "(is the network there?)")
        return done.stdout


def _compare(a: str, b: str) -> int:
    """As dpkg orders versions: -1, 0 or 1."""
    if a == b:
        return 0
    less = subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=False).returncode == 0
    return -1 if less else 1


def _unpack(package: Path, destination: Path, without: tuple[str, ...]) -> None:
    unpack = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)],
                              stdout=subprocess.PIPE)
    tar = subprocess.run(
        ["tar", "-x", "-C", str(destination), "--no-same-owner", "--wildcards",
         *(f"--exclude={pattern}" for pattern in without)],
        stdin=unpack.stdout, check=False)
    assert unpack.stdout is not None
    unpack.stdout.close()
    if unpack.wait() != 0 or tar.returncode != 0:
        raise MissingError(f"{package.name} could not be unpacked (is the disk full?)")
