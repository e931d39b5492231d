# SPDX-License-Identifier: Apache-2.0
"""DPDK's own testpmd in the same guest: how long the same removal takes there."""
from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from hotrig import dmesg, trace
from hotrig.errors import MissingError, RigError
from hotrig.guest import Guest
from hotrig.nic import ADDRESS, Nic, Peer
from hotrig.progress import Progress, wait_for
from hotrig.rows import Row
from hotrig.scenarios import Scenario

COMMAND = (f"dpdk-testpmd -l 0,1 -n 1 --main-lcore 0 -m 256 -a {ADDRESS} --vdev net_null0,size=64"
           " -- -i --hot-plug --total-num-mbufs=4096 --nb-cores=1 --rxd=256 --txd=256")

# Loading all 190 drivers of the package takes the guest longer than the removal does.
DRIVERS = ("bus_pci", "bus_vdev", "mempool_ring", "net_e1000", "net_null", "net_virtio")
HUGEPAGES = 160
START_SECONDS = 60.0
CLOSE_SECONDS = 120.0  # its driver waits for registers that do not answer any more: 40 s and more
QUIT_SECONDS = 10.0
WARM_UP_SECONDS = 3
FORWARDING = "io packet forwarding"
LINK = "link state change event"
CLOSED = "Port 0 is closed"
STOPPING = "Telling cores to"


class Testpmd:
    """Measures from the removal to the line "Port 0 is closed"."""

    def __init__(self, guest: Guest, nic: Nic, peer: Peer, progress: Progress) -> None:
        self._guest = guest
        self._nic = nic
        self._peer = peer
        self._progress = progress
        self._log = guest.transcript("app")
        self._from = 0

    def run(self, scenario: Scenario) -> Row:
        self._start(scenario.binding)
        self._guest.check(dmesg.begin_script(scenario.name))
        self._nic.take_away(scenario.removal)
        closed = wait_for(lambda: self._said(CLOSED) or not self._alive(), CLOSE_SECONDS)
        gone = self._nic.await_gone(scenario.removal)
        began = trace.began_nanos(self._guest.check(trace.READ_SCRIPT), by_kernel=False)
        survived = self._alive()
        complaints = dmesg.complaints_of(self._guest, scenario.name)
        self._stop()
        reason = "" if closed and survived else "the port was not closed"
        return Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal,
                   passed=not reason, reason=reason, survived=survived,
                   sigbus="SIGBUS" in self._printed(), replugged=None if gone else False,
                   detectedMillis=self._millis(STOPPING, began),
                   detachedMillis=self._millis(CLOSED, began), dmesgClean=not complaints)

    def _start(self, binding: str) -> None:
        self._nic.ensure_present()
        self._nic.load_driver(binding)
        self._peer.start()
        self._nic.bind(binding)
        self._from = self._log.stat().st_size if self._log.exists() else 0
        self._guest.check(f"""\
{prepare_script()}
rm -f /run/testpmd.*; mkfifo /run/testpmd.in /run/testpmd.out
(set +e; while IFS= read -r line; do read -r up _ </proc/uptime; echo "$up $line"; done \\
	</run/testpmd.out >/run/ports/app 2>/dev/null) >/dev/null 2>&1 &
(set +e; stdbuf -o0 -e0 {COMMAND} \\
	<>/run/testpmd.in >/run/testpmd.out 2>&1; echo $? >/run/testpmd.status) \\
	>/dev/null 2>&1 &
disown -a""", 30)
        self._await("Done", START_SECONDS)
        self._guest.check("printf 'set fwd io\\nstart\\n' >/run/testpmd.in")
        self._await(FORWARDING, START_SECONDS)
        self._await(LINK, START_SECONDS)
        self._guest.check(f"sleep {WARM_UP_SECONDS}")
        self._progress.say(f"{binding}: DPDK's testpmd has the NIC and forwards")

    def _await(self, text: str, seconds: float) -> None:
        if not wait_for(lambda: self._said(text) or not self._alive(), seconds) or \
                not self._said(text):
            last = self._printed().splitlines()[-3:]
            raise RigError(f"testpmd did not print '{text}': {' / '.join(last)}")

    def _stop(self) -> None:
        self._guest.run("printf 'quit\\n' >/run/testpmd.in")
        if not wait_for(lambda: not self._alive(), QUIT_SECONDS):
            self._guest.run("pkill -KILL -x dpdk-testpmd")

    def _alive(self) -> bool:
        return self._guest.run("[ ! -e /run/testpmd.status ]").status == 0

    def _printed(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._from)
            return log.read().decode(errors="replace")

    def _said(self, text: str) -> bool:
        return text in self._printed()

    def _millis(self, text: str, began: int | None) -> float | None:
        return millis_until(self._printed(), text, began)


def millis_until(printed: str, text: str, began_nanos: int | None) -> float | None:
    """From T0 to the line with `text`. Lines begin with the guest's uptime: the monotonic clock,
    as this guest never sleeps, to 10 ms."""
    line = re.search(rf"^(\d+\.\d+) .*{re.escape(text)}", printed, re.MULTILINE)
    if line is None or began_nanos is None:
        return None
    return round(float(line[1]) * 1e3 - began_nanos / 1e6, 1)


def prepare_script() -> str:
    """A guest's script that reserves memory, and leaves DPDK the drivers that it needs."""
    folder, libraries = drivers_needed()
    names = " ".join(f"{folder}/{name}*" for name in libraries)
    return f"""\
echo {HUGEPAGES} >/proc/sys/vm/nr_hugepages
mountpoint -q {folder} || {{
	mkdir -p /run/drivers
	cp -a {names} /run/drivers
	mount --bind /run/drivers {folder}
}}"""


def drivers_needed() -> tuple[Path, list[str]]:
    """The package's folder of drivers, and the files in it without which testpmd does not run."""
    program = shutil.which("dpdk-testpmd")
    folders = sorted(Path("/usr/lib/x86_64-linux-gnu/dpdk").glob("pmds-*"))
    if program is None or not folders:
        raise MissingError("DPDK's testpmd is missing (Debian: apt-get install dpdk-dev)")
    linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    names = {match[1] for match in re.finditer(rf"{folders[-1]}/(librte_\w+\.so)", linked)}
    return folders[-1], sorted(names | {f"librte_{name}.so" for name in DRIVERS})
