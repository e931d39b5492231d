# SPDX-License-Identifier: Apache-2.0
"""Runs the contract tests (bundles/tck) against the real NIC, in a separate JVM."""
from __future__ import annotations

import shlex
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

from hotrig import dmesg
from hotrig.errors import RigError
from hotrig.kind import Kind
from hotrig.nic import ADDRESS
from hotrig.product import HUGEPAGES, IN_GUEST, TESTS_IN_GUEST
from hotrig.progress import wait_for
from hotrig.rows import Row
from hotrig.scenarios import Scenario

# An empty address on bus 0 of the machine.
ABSENT = "0000:00:0f.7"
# The tests wait for things that take less than a second on a real machine, and longer here.
DEADLINE_MILLIS = 60_000
RUN_SECONDS = 400.0
# With vfio-pci the bus checks whether the device is present, and restores memory that was taken.
REMOVALS = {"vfio-pci": "reported slot"}
FOLDER = "/run/contract"


@dataclass(frozen=True)
class Report:
    """The results of the tests."""

    tests: int = 0
    not_applicable: int = 0
    failures: list[str] = field(default_factory=list)  # "Class.test: what was wrong"

    @property
    def reason(self) -> str:
        """Why the results are not good enough; empty if they are."""
        if self.failures:
            return f"{len(self.failures)} of {self.tests} failed: {'; '.join(self.failures)}"
        return "" if self.tests > self.not_applicable else "no test was run"


class Contract(Kind):
    """Runs all contract tests. Tests that pull the device out of its slot are not applicable,
    because the slot belongs to the machine and no bundle controls it."""

    def run(self, scenario: Scenario) -> Row:
        self._nic.ensure_present()
        self._nic.load_driver(scenario.binding)
        self._peer.start()
        self._guest.check(dmesg.begin_script(scenario.name))
        began = time.monotonic()
        survived = self._test(scenario.binding)
        report = self._report()
        self._progress.say(
            f"{scenario.name}: {report.tests} tests in {time.monotonic() - began:.0f} s, of "
            f"{report.not_applicable} the device has nothing to be tested")
        complaints = dmesg.complaints_of(self._guest, scenario.name)
        reasons = [reason for reason in (
            "" if survived else "the tests did not end in order", report.reason,
            f"dmesg: {complaints[0]}" if complaints else "") if reason]
        return Row(scenario.name, scenario.kernel, scenario.binding, scenario.removal,
                   passed=not reasons, reason=", ".join(reasons), survived=survived,
                   tests=report.tests, notApplicable=report.not_applicable,
                   dmesgClean=not complaints)

    def _test(self, binding: str) -> bool:
        """Runs the tests; returns whether the JVM survived to the end."""
        command = shlex.join([
            *self._build.java(), f"-Dlogback.configurationFile={IN_GUEST}/etc/logback.xml",
            f"-Dhotbus.tck.devices={ADDRESS},bind={binding}", f"-Dhotbus.tck.absent={ABSENT}",
            f"-Dhotbus.tck.removals={REMOVALS.get(binding, '')}",
            f"-Dhotbus.tck.deadline={DEADLINE_MILLIS}", f"-Dtester.dir={FOLDER}/report",
            "-jar", f"{TESTS_IN_GUEST}/contract.jar"])
        self._guest.check(f"""\
echo {HUGEPAGES} >/proc/sys/vm/nr_hugepages
rm -rf {FOLDER} && mkdir {FOLDER} && cd {FOLDER}
(set +e; {command} </dev/null; echo $? >{FOLDER}/status) >/run/ports/app 2>&1 &
disown""")
        ended = wait_for(lambda: self._guest.run(f"[ -e {FOLDER}/status ]").status == 0,
                         RUN_SECONDS, pause=1.0)
        if not ended:
            self._guest.run("pkill -KILL -x java")
        return ended

    def _report(self) -> Report:
        answer = self._guest.run(f"cat {FOLDER}/report/TEST-io.hotbus.tck-*.xml", 30)
        if answer.status != 0:
            last = self._guest.transcript("app").read_text(errors="replace").splitlines()[-1:]
            raise RigError(f"the tests left no report; the last they said: {''.join(last)}")
        return parse(answer.output)


def parse(xml: str) -> Report:
    """The report of one bundle's tests, in the format of JUnit's XML."""
    try:
        suite = ElementTree.fromstring(xml)
    except ElementTree.ParseError as wrong:
        raise RigError(f"the tests' report makes no sense: {wrong}") from wrong
    cases = list(suite.iter("testcase"))
    failures = [
        f"{case.get('classname', '').rpartition('.')[2]}.{case.get('name')}: {_message(fault)}"
        for case in cases for fault in case if fault.tag in ("failure", "error")]
    return Report(len(cases), sum(case.find("skipped") is not None for case in cases), failures)


def _message(fault: ElementTree.Element) -> str:
    return " ".join((fault.get("message") or fault.text or "").split())[:300]
