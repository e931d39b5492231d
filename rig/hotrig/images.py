# SPDX-License-Identifier: Apache-2.0
"""Folders of the host as file systems on virtual disks, for a guest that is migrated: QEMU does not migrate a guest
that has a shared folder mounted."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from hotrig.errors import RigError

# Of /usr, what the guest needs; all of it may be several times as large.
_OF_USR = ("bin", "sbin", "lib64", "lib/*-linux-gnu", "lib/jvm", "lib/python3*", "lib/locale")
_SPARE_BYTES = 64 << 20


def build(tag: str, folder: Path, into: Path) -> Path:
    """The image of `folder`, a file in the folder `into`."""
    into.mkdir(exist_ok=True)
    source = _part_of_usr(folder, into) if folder == Path("/usr") else folder
    image = into / f"{tag}.ext4"
    size = int(_run("du", "-sb", "--apparent-size", f"{source}/").split()[0]) * 5 // 4
    # Small inodes' ratio: there are many small files. No journal: nothing writes.
    _run("mke2fs", "-q", "-t", "ext4", "-i", "4096", "-O", "^has_journal", "-m", "0", "-d", str(source), str(image),
         f"{(size + _SPARE_BYTES) >> 10}k")
    if source != folder:
        shutil.rmtree(source)
    return image


def _part_of_usr(usr: Path, into: Path) -> Path:
    """A copy that shares the files by hard links where it can."""
    part = into / "usr"
    for pattern in _OF_USR:
        for found in usr.glob(pattern):
            target = part / found.relative_to(usr).parent
            target.mkdir(parents=True, exist_ok=True)
            linked = subprocess.run(["cp", "-al", str(found), str(target)], capture_output=True, check=False)
            if linked.returncode != 0:  # another file system
                _run("cp", "-a", str(found), str(target))
    return part


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RigError(f"{' '.join(command)} failed: {done.stderr.strip()[-400:]}")
    return done.stdout
