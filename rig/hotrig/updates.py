# SPDX-License-Identifier: Apache-2.0
"""Replaces or removes a bundle of the product while the NIC forwards through it."""
from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from hotrig import dmesg, nic, rows, stats, variants
from hotrig.errors import GuestError, RigError
from hotrig.events import Event
from hotrig.guest import Guest
from hotrig.product import DEPLOY, OTHER_PORTS, Build, Product
from hotrig.progress import Progress, wait_for
from hotrig.removals import Removals
from hotrig.rows import Row
from hotrig.scenarios import Scenario

UPDATE_SECONDS = 15.0
# After each update the NIC is torn out; by then only the new code of the bundle runs.
DAY_SECONDS = 86400


@dataclass(frozen=True)
class Part:
    """A bundle that is deployed."""

    name: str  # without io.hotbus.
    # Constants of its code that a variant marks: what it logs when the NIC comes, or goes.
    texts: tuple[str, ...]

    def variant(self, number: int) -> str:
        return f"{self.name}-{number}.jar"


DRIVER = Part("net.e1000e", ("82574",))
LETS_GO = "given back to the kernel"
BUS = Part("bus.pci", ("{}: bound to {}", "{}: opened through vfio-pci, IOMMU group {}",
                       f"{{}}: {LETS_GO}"))
PARTS = (DRIVER, BUS)
# Of one binding, each scenario deploys a variant that was not there before.
SCENARIOS = {"update-driver": (DRIVER, 1), "update-bus": (BUS, 2), "withdraw-driver": (DRIVER, 3)}


def build_variants(build: Build, folder: Path) -> list[Path]:
    """For the guest's box."""
    folder.mkdir(parents=True, exist_ok=True)
    return [variants.build(build.bundle(part.name), number, part.texts,
                           folder / part.variant(number))
            for part, number in SCENARIOS.values()]


@dataclass
class Replacement:
    """The observations from the replacement or deletion of a file until the NIC's port was back
    and had forwarded for a while."""

    began: float  # seconds since the epoch: when the new file was there
    away: bool = True  # where it was deleted first: the NIC stayed on its bus, without a port
    forwards: bool = False
    others_went_on: bool = False
    events: list[Event] = field(default_factory=list)
    log: str = ""

    @property
    def millis(self) -> float | None:
        """The time from the new file until the port forwards again."""
        return millis_until(self.log, rf"port \d+ \({nic.ADDRESS}\): forwarding$", self.began)


def millis_until(log: str, text: str, began: float) -> float | None:
    """From `began` to the last line of the product's log that matches `text`: by the guest's clock
    of the day, which nobody sets, to 1 ms."""
    lines = re.findall(rf"^(\d\d):(\d\d):(\d\d\.\d{{3}}) .*{text}", log, re.MULTILINE)
    if not lines:
        return None
    hours, minutes, seconds = lines[-1]
    at = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    return round((at - began) % DAY_SECONDS * 1000, 1)


def judge(seen: Replacement) -> list[str]:
    """The problems; empty if there are none."""
    kinds = [e.kind for e in seen.events if e.device == nic.ADDRESS and e.kind != "INTR_LSC"]
    ports = stats.ports(seen.log, nic.ADDRESS)
    lost = {port: count for port in OTHER_PORTS if (count := stats.lost(seen.log, port))}
    return [reason for wrong, reason in (
        (not seen.away, "without its driver the NIC did not stay on its bus, unused"),
        (kinds != ["DESTROY", "NEW"], f"the port's events were {' '.join(kinds) or 'none'}"),
        (len(ports) > 1, f"the port had the numbers {sorted(ports)}"),
        (not seen.forwards, "the NIC did not forward afterwards"),
        (not seen.others_went_on, "the other ports did not go on"),
        (bool(lost), f"packets were lost: {lost}"),
        *((True, f"it logged: {line}") for line in errors(seen.log)[:1]),
    ) if wrong]


def errors(log: str) -> list[str]:
    return re.findall(r"^\S+ (ERROR .*)$", log, re.MULTILINE)


class Updates:
    """Scenarios of a product whose bus and driver of the NIC lie in the folder that it watches.
    One product lives through all of one binding."""

    def __init__(self, guest: Guest, hardware: nic.Nic, peer: nic.Peer, build: Build,
                 removals: Removals, progress: Progress) -> None:
        self._guest = guest
        self._nic = hardware
        self._peer = peer
        self._build = build
        self._removals = removals
        self._progress = progress
        self._binding = ""
        self._product: Product | None = None

    def run(self, scenario: Scenario) -> Row:
        """Runs the scenario. A failure ends the product; the next scenario starts a new one."""
        try:
            row = self._run(scenario, self._product_under(scenario.binding))
        except GuestError:
            raise
        except RigError as failure:
            row = rows.failed(scenario, str(failure),
                              self._product is not None and self._product.alive())
        if not row.passed:
            self.end()
        return row

    def _run(self, scenario: Scenario, product: Product) -> Row:
        part, number = SCENARIOS[scenario.removal]
        seen, complaints = self._replace(scenario, part, number, product)
        reasons = judge(seen)
        if reasons:
            return replace(rows.failed(scenario, ", ".join(reasons), product.alive()),
                           updatedMillis=seen.millis)
        row = self._removals.surprise(scenario, product, complaints)
        log = product.printed()
        reasons = [row.reason] if row.reason else []
        reasons += [f"after the removal it logged: {line}" for line in errors(log)[:1]]
        # What lets go of the NIC on its removal says so with vfio-pci only.
        word = LETS_GO if part is BUS and scenario.binding == "vfio-pci" else ""
        if not re.search(rf"{word} \({variants.mark(number)}\)$", log, re.MULTILINE):
            reasons.append("the removal, or the return, was not dealt with by the new code")
        return replace(row, passed=not reasons, reason=", ".join(reasons), updatedMillis=seen.millis)

    def _replace(self, scenario: Scenario, part: Part, number: int,
                 product: Product) -> tuple[Replacement, list[str]]:
        """And what the kernel complained about meanwhile."""
        self._guest.check(dmesg.begin_script(scenario.name))
        product.begin_scenario()
        away = not scenario.removal.startswith("withdraw") or self._withdraw(part, product)
        seen = Replacement(self._put(part, number), away)
        wait_for(lambda: product.events.find(nic.ADDRESS, "NEW"), UPDATE_SECONDS)
        seen.forwards = product.forwards()
        seen.others_went_on = product.others_went_on()
        seen.events = list(product.events.events())
        seen.log = product.printed()
        return seen, dmesg.complaints_of(self._guest, scenario.name)

    def _withdraw(self, part: Part, product: Product) -> bool:
        """Removes the bundle; returns whether the NIC loses its port and nothing else."""
        self._guest.check(f"rm {DEPLOY}/{part.name}.jar")
        uninstalled = re.compile(rf" io\.hotbus\.{re.escape(part.name)} \S+: uninstalled$",
                                 re.MULTILINE)
        gone = wait_for(lambda: uninstalled.search(product.printed()), UPDATE_SECONDS)
        bound = self._guest.run(f"readlink {nic.DEVICE}/driver").output.strip()
        return (gone is not None and product.alive() and product.others_went_on()
                and bound.rpartition("/")[2] == self._binding
                and not product.events.find(nic.ADDRESS, "NEW"))

    def _put(self, part: Part, number: int) -> float:
        """Puts a file as operators do: under another name, then renamed. Returns the time."""
        return float(self._guest.check(f"""\
cp /mnt/box/{part.variant(number)} {DEPLOY}/.part
echo $EPOCHREALTIME
mv {DEPLOY}/.part {DEPLOY}/{part.name}.jar"""))

    def _product_under(self, binding: str) -> Product:
        if self._product is not None and self._binding == binding and self._product.alive():
            return self._product
        self.end()
        self._nic.ensure_present()
        self._nic.load_driver(binding)
        self._peer.start()
        self._binding = binding
        self._product = Product(self._guest, self._build, binding,
                                tuple(part.name for part in PARTS))
        seconds = self._product.await_port()
        if not self._product.forwards():
            raise RigError("the product attached the NIC, but does not forward what it receives")
        self._progress.say(f"{binding}: hotbus had the NIC after {seconds:.1f} s, by a bus and a "
                           "driver that were deployed, and forwards")
        return self._product

    def end(self) -> None:
        """Ends the product in order; kills it if it does not end."""
        if self._product is not None:
            product, self._product = self._product, None
            if not product.stop():
                self._progress.say("hotbus did not end on SIGTERM and was killed")

