# SPDX-License-Identifier: Apache-2.0
"""Gets Debian packages without installing them, through a separate apt configuration.

Mirror, keys and proxy are those of the machine. Its sources, lists and installed packages stay
unchanged. apt checks the signature of the lists, and every package against the lists.
"""
from __future__ import annotations

import functools
import os
import re
import shlex
import shutil
import subprocess
import time
from pathlib import Path

from hotrig import sources
from hotrig.errors import MissingError
from hotrig.progress import Progress
from hotrig.sources import Source

RELEASE = "bookworm"
BACKPORTS = f"{RELEASE}-backports"
OWN = "amd64"
LISTS_ARE_FRESH_SECONDS = 24 * 3600

# On the command line, since the machine's apt.conf comes after a file of ours.
CONFIGURATION = (
    "Dir::State::lists={root}/lists",
    "Dir::Cache={root}/cache",
    "Dir::Etc::sourcelist={root}/debian.sources",
    "Dir::Etc::sourceparts=/dev/null",
    "Acquire::Languages=none",
    "Acquire::Retries=3",
    "APT::Architecture={architecture}",
    "APT::Architectures={architecture}",
    "APT::Install-Recommends=false",
    "APT::Sandbox::User=root",
)
# Nothing of another architecture counts as installed on this machine.
OF_ANOTHER = ("Dir::State::status={root}/installed",)


class Apt:
    """Debian 12, its security updates and its backports, for one architecture."""

    def __init__(self, root: Path, progress: Progress, architecture: str = OWN) -> None:
        self._root = root
        self._architecture = architecture
        own = architecture == OWN
        self._configuration = CONFIGURATION if own else (*CONFIGURATION, *OF_ANOTHER)
        self._progress = progress

    def update(self) -> None:
        """Fetches the lists of packages, unless they are from today and from these sources."""
        stamp, written = self._root / "updated", self._root / "debian.sources"
        wanted = self._sources()
        text = "".join(source.stanza(self._architecture) for source in wanted)
        if (stamp.exists() and time.time() - stamp.stat().st_mtime < LISTS_ARE_FRESH_SECONDS
                and written.exists() and written.read_text() == text):
            return
        for folder in ("lists/partial", "cache/archives/partial"):
            (self._root / folder).mkdir(parents=True, exist_ok=True)
        (self._root / "installed").touch()
        stamp.unlink(missing_ok=True)
        written.write_text(text)
        mirrors = " and ".join(dict.fromkeys(source.shown for source in wanted))
        self._progress.say(f"downloading the lists of Debian's packages from {mirrors} (10 MB)")
        self._run("apt-get", "-q", "update", "-o", "APT::Update::Error-Mode=any")
        stamp.touch()

    def _sources(self) -> list[Source]:
        """The Debian sources of the machine."""
        if not shutil.which("apt-config"):
            raise MissingError("apt is missing: the kernels come from Debian's archive")
        shown = _checked(("apt-config", "shell", "FILE", "Dir::Etc::sourcelist/f",
                          "PARTS", "Dir::Etc::sourceparts/d"))
        places = dict(word.split("=", 1) for word in shlex.split(shown))
        found = sources.read(Path(places["FILE"]), Path(places["PARTS"]))
        wanted = sources.of_debian(found, RELEASE)
        for source in wanted:
            if source.signed_by.startswith("/") and not Path(source.signed_by).exists():
                raise MissingError(f"{source.signed_by} is missing, by which {source.shown} is "
                                   "signed (Debian: apt-get install debian-archive-keyring)")
        return wanted

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

    def needed_for(self, *names: str, suite: str = RELEASE) -> list[str]:
        """The packages, as NAME=VERSION, that an installation of `names` would bring, with all
        that is lacking. `suite`: from where rather than from elsewhere."""
        said = self._run("apt-get", "-q", "--simulate",
                         "-o", "APT::Get::AllowUnauthenticated=false",
                         "-t", suite, "install", *names)
        found = re.findall(r"^Inst (\S+) (?:\[\S+\] )?\((\S+) ", said, re.MULTILINE)
        return [f"{name}={version}" for name, version in found]

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

    def _run(self, program: str, *arguments: str, cwd: Path | None = None) -> str:
        options = (word for line in self._configuration
                   for word in ("-o", line.format(root=self._root,
                                                  architecture=self._architecture)))
        return _checked((program, *options, *arguments), cwd)


def _checked(command: tuple[str, ...], cwd: Path | None = None) -> str:
    """Returns what the command prints. MissingError with its first error if it fails."""
    done = subprocess.run(command, cwd=cwd, env={**os.environ, "LC_ALL": "C"},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("E: ")]
        raise MissingError(f"{command[0]} failed: {(errors or ['no reason given'])[0]} (are the "
                           "network, and apt's sources and proxy, right?)")
    return done.stdout


def _compare(a: str, b: str) -> int:
    """Compares versions like dpkg: -1, 0 or 1."""
    if a == b:
        return 0
    less = subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=False).returncode == 0
    return -1 if less else 1


def _unpack(package: Path, destination: Path, without: tuple[str, ...]) -> None:
    unpack = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)],
                              stdout=subprocess.PIPE)
    tar = subprocess.run(
        ["tar", "-x", "-C", str(destination), "--no-same-owner", "--keep-directory-symlink",
         "--wildcards",
         *(f"--exclude={pattern}" for pattern in without)],
        stdin=unpack.stdout, check=False)
    assert unpack.stdout is not None
    unpack.stdout.close()
    if unpack.wait() != 0 or tar.returncode != 0:
        raise MissingError(f"{package.name} could not be unpacked (is the disk full?)")
