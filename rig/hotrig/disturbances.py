# SPDX-License-Identifier: Apache-2.0
"""Another program disturbs the NIC while the product forwards through it; the NIC stays."""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from hotrig import dmesg, nic, rows, stats, trace
from hotrig.errors import GuestError, RigError
from hotrig.events import Event, first
from hotrig.guest import Guest
from hotrig.product import Product
from hotrig.progress import wait_for
from hotrig.removals import Removals
from hotrig.rows import Row
from hotrig.scenarios import Scenario

REACTION_SECONDS = 60.0
# A lost report is noticed after 2 s.
QUIET_SECONDS = 4
# What tells nothing of how it ended: on vfio memory faults, repaired, while the NIC sleeps.
BY_THE_WAY = ("INTR_LSC", "FAULT")
COMMAND = 0x04
BAR0 = 0x10
PMCSR = 0xCC  # of QEMU's e1000e
MEMORY, BUS_MASTER, D3HOT = 2, 4, 3


def _poke(offset: int, value: int) -> str:
    """Writes a byte into configuration space without the knowledge of the function's driver."""
    return (f"printf '\\x{value:02x}' | "
            f"dd of={nic.DEVICE}/config bs=1 seek={offset} conv=notrunc status=none")


class Outcome(Enum):
    """The expected outcome of a disturbance."""

    NOTHING = auto()
    RESET = auto()  # the port is set up again
    RETURN = auto()  # the NIC counts as removed, and is attached again


@dataclass(frozen=True)
class Disturbance:
    """A disturbance by the guest's shell, or by the machine."""

    script: str = "true"
    error: str = ""  # of the bus, which the NIC reports; by QEMU's name for it
    outcome: Outcome = Outcome.RESET
    on_vfio: Outcome | None = None  # if the outcome differs there

    def outcome_with(self, binding: str) -> Outcome:
        return self.on_vfio or self.outcome if binding == "vfio-pci" else self.outcome


DISTURBANCES = {
    "reset": Disturbance(f"echo 1 >{nic.DEVICE}/reset"),
    "bus-master-off": Disturbance(_poke(COMMAND, MEMORY)),
    "memory-off": Disturbance(_poke(COMMAND, BUS_MASTER)),
    "sleep": Disturbance(f"{_poke(PMCSR, D3HOT)}; sleep 0.5; {_poke(PMCSR, 0)}"),
    # Of vfio the product is shown the BAR as it was, and cannot put it back.
    "bar-rewritten": Disturbance(_poke(BAR0 + 3, 0xF0), on_vfio=Outcome.RETURN),
    "false-uevent": Disturbance(
        f"for action in remove unbind add; do echo $action >{nic.DEVICE}/uevent; done",
        outcome=Outcome.NOTHING),
    "aer-error": Disturbance(error="COMP_TIME"),  # not fatal
    "aer-fatal": Disturbance(error="DLP"),
}


@dataclass
class Seen:
    """The observations of one disturbance."""

    events: list[Event]
    began_nanos: int | None
    survived: bool
    forwards: bool
    others_went_on: bool
    complaints: list[str]


def judge(scenario: Scenario, seen: Seen) -> Row:
    """Checks that the product reports the expected outcome at least once, and nothing else."""
    kinds = [e.kind for e in seen.events if e.device == nic.ADDRESS and e.kind not in BY_THE_WAY]
    expected = {
        Outcome.NOTHING: not kinds,
        Outcome.RESET: set(kinds) == {"INTR_RESET"},
        Outcome.RETURN: {"REMOVE", "DETACHED", "REATTACHED"} <= set(kinds),
    }[DISTURBANCES[scenario.removal].outcome_with(scenario.binding)]
    reasons = [reason for wrong, reason in (
        (not seen.survived, "the process died"),
        (not expected, f"the NIC's events were {' '.join(kinds) or 'none'}"),
        (not seen.forwards, "the NIC did not forward afterwards"),
        (not seen.others_went_on, "the other ports did not go on"),
        (bool(seen.complaints), f"dmesg: {'; '.join(seen.complaints[:1])}"),
    ) if wrong]
    noticed = first(seen.events, nic.ADDRESS, "INTR_RESET")
    millis = None if noticed is None or seen.began_nanos is None else round(
        (noticed.nanos - seen.began_nanos) / 1e6, 1)
    return Row(
        scenario.name, scenario.kernel, scenario.binding, scenario.removal,
        passed=not reasons, reason=", ".join(reasons), survived=seen.survived,
        firstDetector=noticed.kind if noticed else None, detectedMillis=millis,
        replugged=seen.forwards, dmesgClean=not seen.complaints)


class Disturbances:
    """Scenarios in one guest, with the product of the removals."""

    def __init__(self, guest: Guest, removals: Removals) -> None:
        self._guest = guest
        self._removals = removals

    def run(self, scenario: Scenario) -> Row:
        """Runs the scenario. GuestError if the guest died; other failures are in the row."""
        try:
            row = judge(scenario, self._observe(
                scenario, self._removals.product_under(scenario.binding)))
        except GuestError:
            raise
        except RigError as failure:
            row = rows.failed(scenario, str(failure))
        if not row.passed:
            self._removals.end()
        return row

    def _observe(self, scenario: Scenario, product: Product) -> Seen:
        disturbance = DISTURBANCES[scenario.removal]
        self._guest.check(dmesg.begin_script(scenario.name))
        product.begin_scenario()
        self._guest.check(f"{trace.CLEAR_SCRIPT}; {trace.MARK_SCRIPT}; {disturbance.script}", 30)
        if disturbance.error:
            self._guest.machine.report_error(disturbance.error)
        outcome = disturbance.outcome_with(scenario.binding)
        wait_for(lambda: self._is_over(outcome, product), REACTION_SECONDS)
        forwards = product.forwards()
        return Seen(
            events=list(product.events.events()),
            began_nanos=trace.began_nanos(self._guest.check(trace.READ_SCRIPT), False),
            survived=product.alive(), forwards=forwards,
            others_went_on=product.others_went_on(),
            complaints=dmesg.complaints_of(self._guest, scenario.name))

    @staticmethod
    def _is_over(outcome: Outcome, product: Product) -> bool:
        if outcome is Outcome.NOTHING:
            return len(stats.counts(product.printed(), nic.ADDRESS)) > QUIET_SECONDS
        if outcome is Outcome.RETURN:
            return product.events.find(nic.ADDRESS, "REATTACHED") is not None
        return "set up again with its configuration" in product.printed()
