# SPDX-License-Identifier: Apache-2.0
"""Runs scenarios: boots a guest for those that can share one, and runs each in it."""
from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from pathlib import Path

from hotrig import rows, trace
from hotrig.contract import Contract
from hotrig.deployment import Deployment
from hotrig.disturbances import Disturbances
from hotrig.doctor import Doctor
from hotrig.emulator import EmulatorStore
from hotrig.errors import GuestError, RigError
from hotrig.failover import Failover
from hotrig.guest import Guest
from hotrig.interface import Interface
from hotrig.iperf import Iperf
from hotrig.kernel import Kernel, KernelStore
from hotrig.kmod import KmodCycles, build_unplug
from hotrig.lacp import Lacp
from hotrig.machines import machine_of
from hotrig.migration import Migration
from hotrig.native import NativeTests, build_tests
from hotrig.nic import Nic, Peer
from hotrig.offloads import Offloads
from hotrig.package import Package, make_packages
from hotrig.product import Build, TOP
from hotrig.progress import Progress
from hotrig.qemu import Share
from hotrig.rates import Rates
from hotrig.removals import Removals
from hotrig.replay import Replay
from hotrig.rows import Row
from hotrig.rss import Rss
from hotrig.scenarios import Flavour, Scenario, by_flavour
from hotrig.series import Series
from hotrig.testpmd import Testpmd
from hotrig.traffic import Traffic
from hotrig.updates import Updates, build_variants
from hotrig.vf import VirtualFunction

KMOD = TOP / "kmod"
NATIVE = TOP / "native"
OF_THE_GUEST = [TOP / "rig" / "guest" / name for name in (
    "exchange.py", "outage.py", "flows.py", "filters.py", "segments.py")]
# Kernels that may die while they boot, in one run of the rig, before that counts as a failure.
BOOTS_TO_LOSE = 2


class Boot:
    """A booted guest and what can be run in it."""

    def __init__(self, guest: Guest, hotplug: str, build: Build, headers: Path,
                 progress: Progress) -> None:
        guest.check(trace.PREPARE_SCRIPT)
        nic, peer = Nic(guest, hotplug), Peer(guest)
        self._removals = Removals(guest, nic, peer, build, progress)
        self._disturbances = Disturbances(guest, self._removals)
        self._series = Series(guest, nic, peer, build, self._removals, progress)
        self._updates = Updates(guest, nic, peer, build, self._removals, progress)
        self._vf = VirtualFunction(guest, nic, peer, build, progress)
        rates = Rates(guest, nic, build, progress)
        self._others = {
            "contract": Contract(guest, nic, peer, build, progress),
            "deployment": Deployment(guest, nic, peer, build, self._removals, progress),
            "doctor": Doctor(guest, nic, build, progress),
            "dpdk": Testpmd(guest, nic, peer, progress),
            "failover": Failover(guest, nic, peer, build, progress),
            "instructions": rates,
            "iperf": Iperf(guest, nic, peer, build, progress),
            "interface": Interface(guest, nic, peer, build, progress),
            "kmod": KmodCycles(guest, nic, progress),
            "lacp": Lacp(guest, build, progress),
            "migration": Migration(guest, nic, peer, build, progress),
            "offloads": Offloads(guest, nic, peer, build, progress),
            "package": Package(guest, nic, peer, headers, progress),
            "rates": rates,
            "replay": Replay(guest, nic, peer, build, progress),
            "rss": Rss(guest, nic, peer, build, progress),
            "native": NativeTests(guest, progress),
            "traffic": Traffic(guest, nic, peer, build, progress),
            "vf": self._vf,
        }

    def run(self, scenario: Scenario) -> Row:
        """Runs the scenario. GuestError if the guest died; other failures are in the row."""
        own = {"hotbus": self._removals, "disturbance": self._disturbances,
               "series": self._series}.get(scenario.kind)
        if own is not None:
            self._updates.end()
            return own.run(scenario)
        self._removals.end()
        if scenario.kind == "update":
            return self._updates.run(scenario)
        self._updates.end()
        try:
            return self._others[scenario.kind].run(scenario)
        except GuestError:
            raise
        except RigError as failure:
            return rows.failed(scenario, str(failure))

    def end(self) -> None:
        self._removals.end()
        self._updates.end()
        self._vf.end()


class Session:
    """All scenarios of one run of the rig."""

    def __init__(self, store: KernelStore, emulators: EmulatorStore, build: Build, folder: Path,
                 progress: Progress) -> None:
        """`folder`: for the transcripts, one of each boot."""
        self._store = store
        self._emulators = emulators
        self._build = build
        self._folder = folder
        self._progress = progress
        self._report: list[Row] = []
        self._kernels: dict[str, Kernel] = {}
        self._boots = itertools.count(1)
        self._boots_to_lose = BOOTS_TO_LOSE

    @property
    def report(self) -> list[Row]:
        """A row for each scenario so far, in the order they ran."""
        return self._report

    def run(self, scenarios: list[Scenario], keep: bool = False) -> None:
        """Fills the report. `keep`: the last guest, for a look."""
        for flavour, group in by_flavour(scenarios).items():
            pending = list(group)
            while pending:  # a guest that died is followed by a new one for what is left
                last = len(self._report) + len(pending) == len(scenarios)
                before = len(self._report)
                self._boot_and_run(flavour, pending, keep and last)
                pending = pending[len(self._report) - before:]

    def _boot_and_run(self, flavour: Flavour, scenarios: list[Scenario], keep: bool) -> None:
        """Reports on the first ones of `scenarios`, up to the guest's death. At least one, but for
        kernel that dies before it has booted, which emulated processors cause, rarely."""
        folder = self._folder / f"{next(self._boots)}-{flavour.slug}"
        done, booted = 0, False
        try:
            with self._guest(flavour, folder) as guest:
                booted = True
                self._progress.say(f"{flavour}: booted in {guest.booted_seconds:.1f} s")
                boot = Boot(guest, flavour.hotplug, self._build_on(flavour),
                            self._kernels[flavour.kernel].headers, self._progress)
                for scenario in scenarios:
                    self._record(boot.run(scenario), folder)
                    done += 1
                if keep:
                    self._converse(guest)
                boot.end()
        except RigError as dead:
            self._progress.say(str(dead))
            if isinstance(dead, GuestError) and not booted and self._boots_to_lose > 0:
                self._boots_to_lose -= 1
            elif done < len(scenarios):
                reason = str(dead).partition("\n")[0]
                self._record(rows.failed(scenarios[done], reason, survived=False), folder)

    def _build_on(self, flavour: Flavour) -> Build:
        return self._build.on(self._store.userland(machine_of(flavour.kernel)))

    def _guest(self, flavour: Flavour, folder: Path) -> Guest:
        if flavour.kernel not in self._kernels:
            self._kernels[flavour.kernel] = self._store.obtain(flavour.kernel)
        kernel = self._kernels[flavour.kernel]
        box = [*OF_THE_GUEST, kernel.build_module(KMOD / "igb_uio"),
               *build_variants(self._build, self._folder / "variants")]
        if kernel.machine.is_foreign:
            box += build_tests(NATIVE, self._folder / "native", kernel.machine)
        shares = self._build_on(flavour).shares()
        if flavour.packages:
            make_packages()
            shares.append(Share("kernel", kernel.folder, str(kernel.folder)))
        if flavour.slab_debug:
            box.append(build_unplug(KMOD / "tests", self._folder / "unplug"))
        self._progress.say(f"{flavour}: booting (transcripts in {folder})")
        emulator = self._emulators.obtain(kernel.machine, flavour.qemu, str(flavour))
        return Guest(emulator, kernel, self._store.userland(kernel.machine), flavour, box,
                     shares, folder)

    def _record(self, row: Row, folder: Path) -> None:
        self._report.append(replace(row, transcripts=str(folder)))
        verdict = "passed" if row.passed else f"FAILED: {row.reason}"
        if row.packetsPerSecond is not None:
            verdict += (f" ({row.packetsPerSecond:,.0f} packets a second, testpmd "
                        f"{row.besidePerSecond:,.0f})")
        if row.updatedMillis is not None:
            verdict += f" (forwarded {row.updatedMillis} ms after the new file was there)"
        if row.detachedMillis is not None:
            verdict += (f" ({row.firstDetector or 'noticed'} after {row.detectedMillis} ms, "
                        f"detached after {row.detachedMillis} ms)")
        self._progress.say(f"{row.scenario}: {verdict}")

    def _converse(self, guest: Guest) -> None:
        self._progress.say("the guest is kept: type what it is to execute; Ctrl-D ends it")
        for line in sys.stdin:
            answer = guest.run(line, seconds=60)
            print(answer.output, f"[{answer.status}]", sep="\n", flush=True)
