# SPDX-License-Identifier: Apache-2.0
"""The tests of native/, built for the guest's architecture and run on its kernel."""
from __future__ import annotations

import re
import subprocess
from pathlib import Path

from hotrig.errors import RigError
from hotrig.guest import Guest
from hotrig.machines import Machine
from hotrig.progress import Progress
from hotrig.rows import Row
from hotrig.scenarios import Scenario

LIBRARY = "libhotbus.so"
# The stress test has several threads on one emulated processor.
PROGRAM_SECONDS = 120.0


def build_tests(source: Path, folder: Path, machine: Machine) -> list[Path]:
    """The library and the programs that test it, built below `folder`."""
    command = ["make", "-s", "-C", str(source), f"BUILD={folder}", f"ARCH={machine.native}",
               f"CC={machine.cross}gcc", "programs"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RigError(f"{source} does not build for {machine.architecture}: "
                       f"{done.stderr.strip()[-400:]}")
    built = folder / f"{machine.native}-linux"
    return [built / LIBRARY, *sorted((built / "test").glob("*_test"))]


class NativeTests:
    """Runs each program; the scenario passed if all of their tests did."""

    def __init__(self, guest: Guest, progress: Progress) -> None:
        self._guest = guest
        self._progress = progress

    def run(self, scenario: Scenario) -> Row:
        programs = self._guest.check("cd /mnt/box; ls *_test").split()
        passed = 0
        failures: list[str] = []
        for program in programs:
            answer = self._guest.run(f"LD_LIBRARY_PATH=/mnt/box /mnt/box/{program}",
                                     PROGRAM_SECONDS)
            passed += len(re.findall(r"^ok ", answer.output, re.MULTILINE))
            if answer.status != 0:
                wrong = re.search(r"^FAIL.*", answer.output, re.MULTILINE)
                failures.append(f"{program}: {wrong[0] if wrong else f'status {answer.status}'}")
            self._progress.say(f"{program}: {'failed' if answer.status else 'passed'}")
        return Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal,
                   passed=bool(passed) and not failures, reason="; ".join(failures), tests=passed)
