# SPDX-License-Identifier: Apache-2.0
"""The results of scenarios, and whether they are as expected."""
from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Iterable

from hotrig.events import Event, first
from hotrig.scenarios import Scenario
from hotrig.steps import Step

# It is a race: whoever reports first has all windows replaced, and then nothing faults any more.
# On a busy machine a forwarding thread may not run just then.
NO_SIGBUS = "no SIGBUS, which was expected"


@dataclass(frozen=True)
class Row:
    """One line of the report; None where the scenario does not show it."""

    scenario: str
    kernel: str
    binding: str
    removal: str
    passed: bool
    reason: str  # why it did not pass; for one that did, empty
    survived: bool | None = None
    sigbus: bool | None = None
    expectedSigbus: bool | None = None  # None: it may come or not
    firstDetector: str | None = None
    updatedMillis: float | None = None  # from the new file to the port that forwards again
    detectedMillis: float | None = None
    detachedMillis: float | None = None
    replugged: bool | None = None
    dmesgClean: bool | None = None
    attempts: int = 1  # more than one where the SIGBUS lost the race before
    cycles: int | None = None
    tests: int | None = None
    notApplicable: int | None = None
    packetsPerSecond: float | None = None  # of the product, and of DPDK's testpmd beside it
    besidePerSecond: float | None = None
    instructions: float | None = None  # for each packet, of both
    besideInstructions: float | None = None
    steps: tuple[Step, ...] = ()  # of the removal
    transcripts: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Observation:
    """The observations of one removal of the product's NIC."""

    nic: str
    events: list[Event] = field(default_factory=list)
    began_nanos: int | None = None
    survived: bool = False
    others_went_on: bool = False
    kernel_done: bool = False
    last_words: str = ""
    replugged: bool = False
    complaints: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def expects_sigbus(binding: str, removal: str) -> bool | None:
    """Only kmod/igb_uio revokes mappings: on Linux 5.12 and later sysfs does not, and vfio lets
    the removal wait until its user has let go. After a surprise removal no descriptor is completed
    any more: the rings may be full, and no register be accessed, before the kernel revokes. And a
    first removal cannot be repeated where another detector was faster (see NO_SIGBUS)."""
    if binding != "igb_uio":
        return False
    return None if removal in ("first", "surprise") else True


def judge(scenario: Scenario, seen: Observation) -> Row:
    """Judges the observations; the reason begins with the most important problem."""
    removed = first(seen.events, seen.nic, "REMOVE")
    detached = first(seen.events, seen.nic, "DETACHED")
    sigbus = first(seen.events, seen.nic, "FAULT") is not None
    expected = expects_sigbus(scenario.binding, scenario.removal)
    reasons = [reason for wrong, reason in (
        (not seen.survived, f"the process died: {seen.last_words}"),
        (removed is None, "the removal was not noticed"),
        (detached is None, "the port was not detached"),
        (seen.began_nanos is None, "the trace does not show when the removal began"),
        (expected is not None and sigbus != expected,
         "a SIGBUS that was not expected" if sigbus else NO_SIGBUS),
        (not seen.kernel_done, "the kernel's removal did not end"),
        (not seen.others_went_on, "the other ports did not go on"),
        (not seen.replugged, "the NIC did not forward again after it was plugged in"),
        (bool(seen.complaints), f"dmesg: {'; '.join(seen.complaints[:1])}"),
    ) if wrong]
    return Row(
        scenario.name, scenario.kernel, scenario.binding, scenario.removal,
        passed=not reasons, reason=", ".join(reasons), survived=seen.survived, sigbus=sigbus,
        expectedSigbus=expected, firstDetector=removed.cause if removed else None,
        detectedMillis=_millis(seen, removed), detachedMillis=_millis(seen, detached),
        replugged=seen.replugged, dmesgClean=not seen.complaints, steps=tuple(seen.steps))


def failed(scenario: Scenario, reason: str, survived: bool | None = None) -> Row:
    """The row of a scenario that did not complete."""
    return Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal, False, reason,
               survived=survived)


def concluded(scenario: Scenario, survived: bool, wrong: Iterable[str], complaints: list[str],
              **shown: Any) -> Row:
    """The row of a scenario without a removal to judge. `wrong`: the problems, empty words left
    out. `complaints`: of the kernel. `shown`: further columns."""
    reasons = [reason for reason in (
        "" if survived else "the process died", *wrong,
        f"dmesg: {complaints[0]}" if complaints else "") if reason]
    return Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal,
               passed=not reasons, reason=", ".join(reasons), survived=survived,
               dmesgClean=not complaints, **shown)


def _millis(seen: Observation, event: Event | None) -> float | None:
    if event is None or seen.began_nanos is None:
        return None
    return round((event.nanos - seen.began_nanos) / 1e6, 1)
