# SPDX-License-Identifier: Apache-2.0
"""Tests kmod/igb_uio alone: repeated removals while kmod/tests/unplug holds the device."""
from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path

from hotrig import dmesg
from hotrig.errors import RigError
from hotrig.guest import Guest
from hotrig.nic import ADDRESS, DEVICE, Nic
from hotrig.progress import PATIENCE, Progress, wait_for
from hotrig.rows import Row
from hotrig.scenarios import Scenario

# A device_del takes 5 s longer than the others, so it comes once in a round.
ROUND = ("surprise", "remove", "unbind", "slot-power") * 2 + ("device-del",)
HOLD_SECONDS = 20.0
TOLD_EVERY = 10
RUNNING = "/run/unplug"
SECOND_NODE = "/run/second-node"


def build_unplug(source: Path, folder: Path) -> Path:
    """kmod/tests/unplug, built in `folder`."""
    folder.mkdir(parents=True)
    for name in ("unplug.c", "Makefile"):
        shutil.copy(source / name, folder)
    done = subprocess.run(["make", "-s", "-C", str(folder), "unplug"], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise RigError(f"{source}/unplug.c does not build: {done.stderr.strip()[-400:]}")
    return folder / "unplug"


class KmodCycles:
    """Removals with two device nodes open and mapped, in threads and forked children, while others
    open and close all the time; the old mappings are checked again when the device is back."""

    def __init__(self, guest: Guest, nic: Nic, progress: Progress) -> None:
        self._guest = guest
        self._nic = nic
        self._progress = progress

    def run(self, scenario: Scenario) -> Row:
        self._nic.load_driver("igb_uio")
        complaints: list[str] = []
        failure = ""
        done = 0
        for removal in itertools.islice(itertools.cycle(ROUND), scenario.cycles):
            name = f"{scenario.name}: cycle {done + 1} ({removal})"
            self._guest.check(dmesg.begin_script(name))
            failure = self._cycle(removal)
            complaints = dmesg.complaints_of(self._guest, name)
            if failure or complaints:
                failure = f"{name}: {failure or complaints[0]}"
                break
            done += 1
            if done % TOLD_EVERY == 0:
                self._progress.say(f"{scenario.name}: {done} of {scenario.cycles} passed")
        return Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal,
                   passed=not failure, reason=failure or self._unload(), cycles=done,
                   dmesgClean=not complaints)

    def _cycle(self, removal: str) -> str:
        """Runs one cycle; returns what went wrong, empty if nothing did."""
        self._nic.bind("igb_uio")
        self._guest.check(f"""\
rm -rf {RUNNING}.* {SECOND_NODE}
node=$(ls {DEVICE}/uio)
IFS=: read -r major minor <{DEVICE}/uio/$node/dev
mknod {SECOND_NODE} c $major $minor
(set +e; /mnt/box/unplug -f 2 -t 2 -l {RUNNING}.back -w {HOLD_SECONDS * PATIENCE:.0f} \\
	-c ': >{RUNNING}.held' /dev/$node {SECOND_NODE} >{RUNNING}.log 2>&1; echo $? >{RUNNING}.status) \\
	>/dev/null 2>&1 &
disown""")
        if not self._reached(f"[ -e {RUNNING}.held ]"):
            return self._said("unplug did not begin")
        self._nic.take_away(removal)
        if not self._nic.await_gone(removal):
            return self._said("the kernel's removal did not end")
        if not self._reached(f"grep -q LINGER {RUNNING}.log"):
            return self._said("unplug found no end")
        if self._guest.run("rmmod igb_uio").status == 0:
            return "the module could be unloaded while its device was open"
        self._nic.bring_back(removal, "igb_uio")
        self._nic.bind("igb_uio")
        self._guest.check(f": >{RUNNING}.back")
        if not self._reached(f"[ -e {RUNNING}.status ]"):
            return self._said("unplug did not end")
        passed = self._guest.check(f"cat {RUNNING}.status").strip() == "0"
        return "" if passed else self._said("unplug failed")

    def _reached(self, condition: str) -> bool:
        """Waits; returns whether the condition, or the end of unplug, came in time."""
        script = f"{condition} || [ -e {RUNNING}.status ]"
        return wait_for(lambda: self._guest.run(script).status == 0, HOLD_SECONDS)

    def _said(self, what: str) -> str:
        failed = self._guest.run(f"grep FAIL {RUNNING}.log || tail -n 3 {RUNNING}.log").output
        return f"{what}: {' / '.join(failed.strip().splitlines()[:5])}"

    def _unload(self) -> str:
        """Unloads the module, which nothing may hold any more."""
        answer = self._guest.run(f"echo {ADDRESS} >{DEVICE}/driver/unbind && rmmod igb_uio")
        return "" if answer.status == 0 else f"the module cannot be unloaded: {answer.output}"
