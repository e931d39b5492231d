# SPDX-License-Identifier: Apache-2.0
"""More than one removal in one scenario: NICs torn out in the same moment, NICs of other models in
the same slot, and the same removal again and again."""
from __future__ import annotations

from dataclasses import replace

from hotrig import dmesg, rows, stats, trace
from hotrig.errors import GuestError, RigError
from hotrig.events import Event
from hotrig.guest import Guest
from hotrig.models import MODELS, Model
from hotrig.nic import Nic, Peer, address_in
from hotrig.product import OTHER_PORTS, Build, Product
from hotrig.progress import Progress, wait_for
from hotrig.qemu import NIC_PORT
from hotrig.removals import DETACH_SECONDS, Removals
from hotrig.rows import Row
from hotrig.scenarios import CYCLES, OTHER_MODEL, TOGETHER, Scenario

REMOVAL = "surprise"
# Root ports. Each pair is two ports of testpmd that forward to each other: the first one receives
# what the peer sends, the second one is on a hub of its own.
TORN_OUT = (NIC_PORT, 2)
STAYING = (3, 4)
VISITOR = MODELS["virtio"]


def files_and_threads(guest: Guest) -> tuple[int, int]:
    """Of the product: how many files it has open, and how many threads it has."""
    words = guest.check("p=$(pgrep -x java); ls /proc/$p/fd | wc -l; ls /proc/$p/task | wc -l")
    files, threads = map(int, words.split())
    return files, threads


def grew(before: tuple[int, int], after: tuple[int, int]) -> str:
    """Why the product leaks; empty if it does not. A JVM starts a few threads late."""
    if after[0] > before[0] + 2:
        return f"{after[0]} files are open, and {before[0]} were"
    if after[1] > before[1] + 5:
        return f"there are {after[1]} threads, and {before[1]} were"
    return ""


def judge(torn_out: dict[str, dict[str, Event | None]], stayed: dict[str, bool]) -> str:
    """Why several removals were not dealt with as they have to be; empty if they were."""
    for name, events in torn_out.items():
        for kind, event in events.items():
            if event is None:
                return f"{name} has no {kind}"
    return next((f"{name} did not go on" for name, went_on in stayed.items() if not went_on), "")


class Series:
    """Scenarios in one guest, two kinds of them with the product of the removals."""

    def __init__(self, guest: Guest, hardware: Nic, peer: Peer, build: Build,
                 removals: Removals, progress: Progress) -> None:
        self._guest = guest
        self._nic = hardware
        self._peer = peer
        self._build = build
        self._removals = removals
        self._progress = progress

    def run(self, scenario: Scenario) -> Row:
        """Runs the scenario. GuestError if the guest died; other failures are in the row."""
        run = {CYCLES: self._cycles, OTHER_MODEL: self._other_model, TOGETHER: self._together}
        try:
            row = run[scenario.removal](scenario)
        except GuestError:
            raise
        except RigError as failure:
            row = rows.failed(scenario, str(failure))
        if not row.passed:
            self._removals.end()
        return row

    # ---- again and again ----

    def _cycles(self, scenario: Scenario) -> Row:
        """The row shows the slowest of all removals."""
        product = self._removals.product_under(scenario.binding)
        before = files_and_threads(self._guest)
        seen: list[Row] = []
        while len(seen) < scenario.cycles and all(row.passed for row in seen):
            seen.append(self._removals.surprise(scenario, product))
        detached = sorted(row.detachedMillis for row in seen if row.detachedMillis is not None)
        if detached:
            self._progress.say(f"{scenario.name}: {len(detached)} removals, detached after p50 "
                               f"{detached[len(detached) // 2]} ms, longest {detached[-1]} ms")
        last = replace(seen[-1], cycles=len(seen), detectedMillis=max(
            (row.detectedMillis for row in seen if row.detectedMillis is not None), default=None),
            detachedMillis=detached[-1] if detached else None)
        if not last.passed:
            return replace(last, reason=f"removal {len(seen)}: {last.reason}")
        leak = grew(before, files_and_threads(self._guest))
        return replace(last, passed=not leak, reason=leak)

    # ---- other models ----

    def _other_model(self, scenario: Scenario) -> Row:
        """A NIC of another model comes into the slot, and then one of the first model."""
        product = self._removals.product_under(scenario.binding)
        machine = self._guest.machine
        usual = machine.model
        try:
            for model, driver in ((VISITOR, "virtio"), (usual, "82574")):
                machine.model = model
                row = self._removals.surprise(scenario, product)
                if row.passed and f", {driver}\n" not in product.printed():
                    row = replace(row, passed=False, reason=f"no driver of {model.name} said so")
                if not row.passed:
                    return replace(row, reason=f"{model.name}: {row.reason}")
            return row
        finally:
            self._restore(usual)

    def _restore(self, usual: Model) -> None:
        """Leaves a NIC of the usual model in the slot, whatever happened."""
        if self._guest.machine.model is usual:
            return
        self._removals.end()
        self._guest.machine.model = usual
        if self._nic.present():
            self._nic.take_away(REMOVAL)
            self._nic.await_gone(REMOVAL)
        self._nic.ensure_present()

    # ---- together ----

    def _together(self, scenario: Scenario) -> Row:
        self._removals.end()
        self._nic.ensure_present()
        self._nic.load_driver(scenario.binding)
        for port in (*TORN_OUT[1:], *STAYING):
            self._nic.plug_in(port)
            self._nic.await_present(port)
        self._peer.start()
        self._guest.check(dmesg.begin_script(scenario.name))
        addresses = tuple(address_in(port) for port in (*TORN_OUT, *STAYING))
        product = Product(self._guest, self._build, scenario.binding,
                          vdevs=OTHER_PORTS, nics=addresses)
        try:
            for address in addresses:
                product.await_port(address)
            if not all(product.moves(address) for address in addresses):
                raise RigError("the product attached the NICs, but not all of them forward")
            row = self._tear_out(scenario, product)
        finally:
            product.stop()
            self._nic.unplug(*TORN_OUT[1:], *STAYING)
        complaints = dmesg.complaints_of(self._guest, scenario.name)
        if complaints and row.passed:
            row = replace(row, passed=False, reason=f"dmesg: {complaints[0]}")
        return replace(row, dmesgClean=not complaints)

    def _tear_out(self, scenario: Scenario, product: Product) -> Row:
        product.begin_scenario()
        self._guest.machine.qmp.forget_events()
        self._guest.check(f"{trace.CLEAR_SCRIPT}; {trace.MARK_SCRIPT}")
        self._guest.machine.surprise(*TORN_OUT)
        gone = [address_in(port) for port in TORN_OUT]
        wait_for(lambda: all(product.events.find(a, "DETACHED") for a in gone), DETACH_SECONDS)
        began = trace.began_nanos(self._guest.check(trace.READ_SCRIPT), False)
        for port in TORN_OUT:
            self._guest.machine.await_deleted(DETACH_SECONDS, port)
            self._nic.plug_in(port)
        for address in gone:
            product.await_return(address)
        back = all(product.moves(address) for address in gone)
        events = {address: {kind: product.events.find(address, kind)
                            for kind in ("REMOVE", "DETACHED", "REATTACHED")} for address in gone}
        stayed = {address_in(port): stats.moved_on(product.printed(), address_in(port))
                  for port in STAYING}
        survived = product.alive()
        reason = ("" if survived else f"the process died: {product.last_words()}") or judge(
            events, stayed) or ("" if product.others_went_on() else "other ports stood still") or (
            "" if back else "not all NICs forwarded again")
        return Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal,
                   passed=not reason, reason=reason, survived=survived, replugged=back,
                   firstDetector=_cause(events[gone[0]]["REMOVE"]),
                   detectedMillis=_last(events, "REMOVE", began),
                   detachedMillis=_last(events, "DETACHED", began))


def _cause(event: Event | None) -> str | None:
    return event.cause if event else None


def _last(events: dict[str, dict[str, Event | None]], kind: str,
          began: int | None) -> float | None:
    """Milliseconds until the last NIC had an event of that kind."""
    nanos = [event.nanos for kinds in events.values() if (event := kinds[kind]) is not None]
    return round((max(nanos) - began) / 1e6, 1) if nanos and began is not None else None
