# SPDX-License-Identifier: Apache-2.0
"""Removes the NIC from the running product and brings it back."""
from __future__ import annotations

from dataclasses import replace
from typing import Iterable

from hotrig import dmesg, nic, rows, steps, trace
from hotrig.errors import GuestError, RigError
from hotrig.guest import Guest
from hotrig.product import Build, Product
from hotrig.progress import Progress, wait_for
from hotrig.rows import Observation, Row
from hotrig.scenarios import Scenario

# After the removal began: pciehp's 5 s for device_del included.
DETACH_SECONDS = 15.0
ATTEMPTS = 8


class Removals:
    """Scenarios of the product in one guest. One product lives through all of one binding."""

    def __init__(self, guest: Guest, hardware: nic.Nic, peer: nic.Peer, build: Build,
                 progress: Progress) -> None:
        self._guest = guest
        self._nic = hardware
        self._peer = peer
        self._build = build
        self._progress = progress
        self._binding = ""
        self._product: Product | None = None
        self._first = Observation(nic.ADDRESS)

    def run(self, scenario: Scenario) -> Row:
        """Runs the scenario. GuestError if the guest died; other failures are in the row."""
        try:
            product = self.product_under(scenario.binding)
            if scenario.removal == "first":
                row = rows.judge(scenario, self._first)
            else:
                row = self._removed(scenario, product)
            if not row.passed:
                self.end()  # its state is unknown, so the next scenario starts a new product
            return row
        except GuestError:
            raise
        except RigError as failure:
            survived = self._product is not None and self._product.alive()
            self.end()
            return rows.failed(scenario, str(failure), survived)

    def _removed(self, scenario: Scenario, product: Product) -> Row:
        """Repeats the removal if only the SIGBUS is missing, as another detector was faster."""
        for attempt in range(1, ATTEMPTS + 1):
            seen = self.observe(scenario.name, scenario.removal, scenario.binding, product)
            row = replace(rows.judge(scenario, seen), attempts=attempt)
            if row.reason != rows.NO_SIGBUS:
                break
        return row

    def end(self) -> None:
        """Ends the product in order; kills it if it does not end."""
        if self._product is not None:
            product, self._product = self._product, None
            if not product.stop():
                self._progress.say("hotbus did not end on SIGTERM and was killed")

    def product_under(self, binding: str) -> Product:
        """A product that has the NIC and has seen its first removal."""
        if self._product is not None and self._binding == binding and self._product.alive():
            return self._product
        self.end()
        self._nic.ensure_present()
        self._nic.load_driver(binding)
        self._peer.start()
        self._binding = binding
        self._product = Product(self._guest, self._build, binding)
        seconds = self._product.await_port()
        if not self._product.forwards():
            raise RigError("the product attached the NIC, but does not forward what it receives")
        self._progress.say(f"{binding}: hotbus had the NIC after {seconds:.1f} s, and forwards")
        self._first = self.observe("the first removal", "remove", binding, self._product)
        return self._product

    def surprise(self, scenario: Scenario, product: Product,
                 complaints: Iterable[str] = ()) -> Row:
        """Tears the NIC out as a part of a scenario of another kind, whose row it returns.
        `complaints`: of the kernel, before."""
        seen = self.observe(scenario.name, "surprise", scenario.binding, product)
        seen.complaints += complaints
        row = rows.judge(replace(scenario, removal="surprise"), seen)
        return replace(row, scenario=scenario.name, removal=scenario.removal)

    def observe(self, name: str, removal: str, binding: str, product: Product) -> Observation:
        """Removes the NIC from `product` by `removal`, and brings it back."""
        seen = Observation(nic.ADDRESS)
        self._guest.check(dmesg.begin_script(name))
        product.begin_scenario()
        self._nic.take_away(removal)
        wait_for(lambda: product.events.find(nic.ADDRESS, "DETACHED"), DETACH_SECONDS)
        seen.kernel_done = self._nic.await_gone(removal)
        seen.began_nanos = trace.began_nanos(
            self._guest.check(trace.READ_SCRIPT), removal.startswith("device-del"))
        seen.events = list(product.events.events())
        seen.survived = product.alive()
        if seen.survived and seen.kernel_done:
            self._nic.bring_back(removal, binding)
            seen.replugged = product.await_return() and product.forwards()
            seen.others_went_on = product.others_went_on()
            seen.survived = product.alive()
        if not seen.survived:
            seen.last_words = product.last_words()
        seen.complaints = dmesg.complaints_of(self._guest, name)
        seen.steps = steps.of_last_removal(self._guest.check(steps.READ_SCRIPT), nic.ADDRESS)
        return seen
