# SPDX-License-Identifier: Apache-2.0
import unittest
from dataclasses import replace

from hotrig.events import Event
from hotrig.removals import ATTEMPTS, Removals
from hotrig.rows import Observation, failed, judge
from hotrig.scenarios import select
from hotrig.steps import Step
from hotrig.table import table

NIC = "0000:01:00.0"
BEGAN = 60_000_000_000


def scenario(name):
    return select([name])[0]


def observed(**changes):
    """All as it should be with igb_uio, but for the changes."""
    seen = Observation(
        NIC, began_nanos=BEGAN, survived=True, others_went_on=True, kernel_done=True,
        replugged=True, events=[
            Event("FAULT", NIC, BEGAN + 3_000_000),
            Event("REMOVE", NIC, BEGAN + 3_100_000, "SIGBUS"),
            Event("DESTROY", NIC, BEGAN + 15_000_000), Event("DETACHED", NIC, BEGAN + 20_560_000)])
    for name, value in changes.items():
        setattr(seen, name, value)
    return seen


class JudgeTest(unittest.TestCase):
    def test_should_pass_what_went_as_it_should(self):
        row = judge(scenario("6.1/igb_uio/slot-power"), observed())
        self.assertTrue(row.passed, row.reason)
        self.assertEqual((row.sigbus, row.expectedSigbus), (True, True))
        self.assertEqual((row.firstDetector, row.detectedMillis, row.detachedMillis),
                         ("SIGBUS", 3.1, 20.6))

    def test_should_show_rates_where_there_are_some(self):
        rated = replace(failed(scenario("rates/6.1/virtio"), ""), passed=True,
                        packetsPerSecond=12345.0, besidePerSecond=6789.0)
        self.assertRegex(table([rated]), r"packets/s +testpmd\n(.|\n)*12,345 +6,789\n")
        counted = replace(rated, packetsPerSecond=None, besidePerSecond=None, instructions=567.8,
                          besideInstructions=1234.0)
        self.assertRegex(table([counted]), r"instructions/packet +testpmd's\n(.|\n)*568 +1,234\n")
        self.assertNotIn("packets/s", table([failed(scenario("6.1/igb_uio/unbind"), "x")]))

    def test_should_show_the_steps_of_a_removal_that_was_slow(self):
        steps = [Step("HOT_UNPLUG", "interrupt", 0.0, 2.0), Step("DETACH", "control", 90.0, 99.0)]
        slow = judge(scenario("6.1/igb_uio/unbind"), observed(
            steps=steps, began_nanos=BEGAN - 10**8))
        self.assertIn("\n  6.1/igb_uio/unbind: hot_unplug 0-2, detach 90-99\n", table([slow]))
        self.assertEqual(slow.to_json()["steps"][1]["end"], 99.0)
        fast = judge(scenario("6.1/igb_uio/unbind"), observed(steps=steps))
        self.assertNotIn("hot_unplug", table([fast]))

    def test_should_have_every_field_of_a_row_in_json(self):
        fields = judge(scenario("6.1/igb_uio/unbind"), observed()).to_json()
        for name in ("scenario", "kernel", "binding", "removal", "survived", "sigbus",
                     "firstDetector", "detectedMillis", "detachedMillis", "replugged",
                     "dmesgClean", "expectedSigbus", "passed", "reason"):
            self.assertIsNotNone(fields[name], name)

    def test_should_fail_for_each_thing_that_is_wrong(self):
        for changes, reason in (
                ({"survived": False}, "died"), ({"kernel_done": False}, "kernel"),
                ({"others_went_on": False}, "other ports"), ({"replugged": False}, "plugged in"),
                ({"complaints": ["BUG: x"]}, "BUG: x"), ({"began_nanos": None}, "trace"),
                ({"events": []}, "not noticed")):
            with self.subTest(reason):
                row = judge(scenario("6.1/igb_uio/surprise"), observed(**changes))
                self.assertFalse(row.passed)
                self.assertIn(reason, row.reason)

    def test_should_fail_where_a_sigbus_is_missing_or_not_expected(self):
        without = [e for e in observed().events if e.kind != "FAULT"]
        self.assertIn("no SIGBUS", judge(scenario("6.1/igb_uio/remove"),
                                         observed(events=without)).reason)
        self.assertTrue(judge(scenario("6.1/vfio-pci/remove"), observed(events=without)).passed)
        self.assertIn("not expected", judge(scenario("6.1/vfio-pci/remove"), observed()).reason)

    def test_should_pass_a_surprise_with_and_without_a_sigbus(self):
        without = [e for e in observed().events if e.kind != "FAULT"]
        for events in (without, observed().events):
            row = judge(scenario("6.1/igb_uio/surprise"), observed(events=events))
            self.assertTrue(row.passed, row.reason)

    def test_should_not_take_events_of_other_devices(self):
        others = [Event(e.kind, "net_null0", e.nanos, e.cause) for e in observed().events]
        self.assertFalse(judge(scenario("6.1/igb_uio/remove"), observed(events=others)).passed)


class AttemptsTest(unittest.TestCase):
    """A removal is repeated where only the SIGBUS was missing."""

    def rows_of(self, *observations):
        remaining = list(observations)

        class Rehearsed(Removals):
            def __init__(self):
                pass

            def observe(self, name, removal, binding, product):
                return remaining.pop(0)

        return Rehearsed()._removed(scenario("6.1/igb_uio/remove"), None), remaining

    def test_should_repeat_until_the_sigbus_is_seen(self):
        without = observed(events=[e for e in observed().events if e.kind != "FAULT"])
        row, remaining = self.rows_of(without, observed(), observed())
        self.assertTrue(row.passed)
        self.assertEqual((row.attempts, len(remaining)), (2, 1))

    def test_should_give_up(self):
        without = [observed(events=[e for e in observed().events if e.kind != "FAULT"])] * ATTEMPTS
        row, _ = self.rows_of(*without)
        self.assertFalse(row.passed)
        self.assertEqual(row.attempts, ATTEMPTS)

    def test_should_not_repeat_what_failed_otherwise(self):
        row, _ = self.rows_of(observed(survived=False), observed())
        self.assertFalse(row.passed)


class TableTest(unittest.TestCase):
    def test_should_say_why_what_failed_did(self):
        good = judge(scenario("6.1/igb_uio/surprise"), observed())
        bad = failed(scenario("6.1/none/remove"), "the guest died", survived=False)
        text = table([good, bad])
        self.assertIn("6.1/igb_uio/surprise  passed", text)
        self.assertIn("20.6 ms", text)
        self.assertIn("6.1/none/remove: the guest died", text)
        self.assertTrue(text.endswith("1 of 2 passed"))


if __name__ == "__main__":
    unittest.main()
