# SPDX-License-Identifier: Apache-2.0
"""The guest: boots, executes shell scripts, and reports its last words if it dies."""
from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

from hotrig import images, initramfs
from hotrig.emulator import Emulator
from hotrig.errors import GuestError, RigError
from hotrig.kernel import Kernel, Userland
from hotrig.progress import PATIENCE
from hotrig.qemu import Qemu, Share
from hotrig.scenarios import Flavour

BOOT_SECONDS = 40.0
SCRIPTS = Path(__file__).parent.parent / "guest"
LAST_LINES = 15

PASSWD = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n"
ETC = {
    "passwd": PASSWD,
    "group": "root:x:0:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1 localhost guest\n",
    "hostname": "guest\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
# Of the /etc beside /usr: what programs are found and linked by. Nothing else is seen.
COPIED = ("ld.so.cache", "alternatives", "java-*-openjdk")


@dataclass(frozen=True)
class Answer:
    """The exit code and the output of a script in the guest."""

    status: int
    output: str


class Guest:
    """A booted guest. A context manager: leaving it ends the machine."""

    def __init__(self, emulator: Emulator, kernel: Kernel, userland: Userland, flavour: Flavour,
                 box: list[Path], shares: list[Share], transcripts: Path) -> None:
        """`box`: files for /mnt/box in the guest. `transcripts`: a folder that must not exist."""
        self.transcripts = transcripts
        self.booted_seconds = 0.0
        transcripts.mkdir(parents=True)
        folder = _fill_box(transcripts / "box", userland.etc, box)
        archive = transcripts / "initramfs"
        archive.write_bytes(
            initramfs.build(kernel.folder, kernel.release, SCRIPTS / "init.sh", userland.busybox))
        self._began = time.monotonic()
        self._images = transcripts
        self._log = (transcripts / "guest-shell.log").open("w", buffering=1)
        folders = [Share("usr", userland.usr), Share("modules", kernel.modules),
                   Share("box", folder), *shares]
        if flavour.migrates:
            self._images = transcripts / "images"
            folders = [replace(share, folder=images.build(share.tag, share.folder, self._images))
                       for share in folders]
        self._new_machine = lambda generation: Qemu(
            emulator, kernel, archive, flavour, folders, transcripts, generation)
        self._generation = 1
        self.machine = self._new_machine(self._generation)
        self._target: Qemu | None = None  # of a migration that is under way
        self._hung = False
        try:
            self._answer("boot", BOOT_SECONDS)
        except BaseException:
            self.close()
            raise
        self.booted_seconds = time.monotonic() - self._began

    def run(self, script: str, seconds: float = 10.0) -> Answer:
        """Executes `script` by bash. GuestError if the guest does not answer in time."""
        self._log.write(f"--- {time.monotonic() - self._began:.3f} s\n{script}\n")
        answer = self._answer(script.strip().splitlines()[0][:60], seconds, script)
        self._log.write(f"=== {time.monotonic() - self._began:.3f} s: {answer.status}\n"
                        f"{answer.output}\n")
        return answer

    def check(self, script: str, seconds: float = 10.0) -> str:
        """Returns what `script` printed. RigError if any of its commands failed."""
        answer = self.run(f"set -e; {script}", seconds)
        if answer.status != 0:
            raise RigError(f"in the guest, '{script.strip()}' failed with {answer.status}: "
                           f"{answer.output.strip()[-400:]}")
        return answer.output

    def begin_migration(self) -> None:
        """Begins to move the guest to a new QEMU, without the NICs that were plugged in later."""
        self._generation += 1
        self._target = self._new_machine(self._generation)
        self.machine.begin_migration(self._target)

    def end_migration(self) -> dict[str, float]:
        """Waits until the guest has moved. See Qemu.end_migration."""
        assert self._target is not None
        result = self.machine.end_migration()
        self.machine.kill()
        self.machine, self._target = self._target, None
        return result

    def alive(self) -> bool:
        return not self._hung and self.machine.alive()

    def transcript(self, name: str) -> Path:
        return self.transcripts / f"{name}.log"

    def _answer(self, what: str, seconds: float, script: str = "") -> Answer:
        """The answer to `script`, or without one the answer to what was sent before."""
        deadline = time.monotonic() + seconds * PATIENCE
        try:
            if script:
                self.machine.agent.send(script.encode() + b"\0")
            head = self.machine.agent.line(seconds * PATIENCE)
            if head is not None:
                status, size = map(int, head.split())
                body = self.machine.agent.exactly(size, max(1.0, deadline - time.monotonic()))
                if body is not None:
                    return Answer(status, body.decode(errors="replace"))
        except GuestError as gone:
            self._hung = True
            raise GuestError(f"the guest died at '{what}': {gone}\n{self._last_words()}") from gone
        self._hung = True
        raise GuestError(f"the guest did not finish '{what}' in {seconds * PATIENCE:.0f} s\n"
                         f"{self._last_words()}")

    def _last_words(self) -> str:
        words = [f"QEMU said: {self.machine.errors()}"] if self.machine.errors() else []
        for name in ("console", "dmesg"):
            log = self.transcript(name)
            lines = log.read_text(errors="replace").splitlines() if log.exists() else []
            words.append(f"last of {log}:\n  " + "\n  ".join(lines[-LAST_LINES:]))
        return "\n".join(words)

    def close(self) -> None:
        self.machine.kill()
        if self._target:
            self._target.kill()
        self._log.close()
        (self.transcripts / "initramfs").unlink(missing_ok=True)
        if self._images != self.transcripts:
            shutil.rmtree(self._images, ignore_errors=True)

    def __enter__(self) -> Guest:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _fill_box(folder: Path, programs: Path, files: list[Path]) -> Path:
    etc = folder / "etc"
    etc.mkdir(parents=True)
    for name, text in ETC.items():
        (etc / name).write_text(text)
    for pattern in COPIED:
        for source in programs.glob(pattern):
            if source.is_dir():
                shutil.copytree(source, etc / source.name, symlinks=True,
                                ignore_dangling_symlinks=True)
            else:
                shutil.copy(source, etc)
    shutil.copy(SCRIPTS / "agent.sh", folder)
    for file in files:
        shutil.copy(file, folder)
    return folder
