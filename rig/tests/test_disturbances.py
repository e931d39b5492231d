# SPDX-License-Identifier: Apache-2.0
import unittest
from dataclasses import replace

from hotrig.disturbances import Seen, judge
from hotrig.events import Event
from hotrig.nic import ADDRESS
from hotrig.scenarios import Scenario

RESET = Scenario("disturbance", "6.1", "igb_uio", "reset")
FALSE = replace(RESET, removal="false-uevent")


def seen(*kinds, **others):
    events = [Event(kind, ADDRESS, 3_000_000) for kind in kinds]
    events.append(Event("INTR_RESET", "net_null0", 1))
    fields = dict(began_nanos=1_000_000, survived=True, forwards=True, others_went_on=True,
                  complaints=[])
    return Seen(events, **{**fields, **others})


class DisturbancesTest(unittest.TestCase):
    def test_should_pass_a_port_that_was_set_up_again(self):
        row = judge(RESET, seen("FAULT", "INTR_RESET", "INTR_LSC", "INTR_RESET"))
        self.assertTrue(row.passed, row.reason)
        self.assertEqual((row.detectedMillis, row.firstDetector), (2.0, "INTR_RESET"))

    def test_should_fail_one_that_was_not_or_was_removed(self):
        for kinds in ((), ("INTR_RESET", "REMOVE", "DETACHED"), ("REMOVE",)):
            with self.subTest(kinds):
                self.assertIn("events were", judge(RESET, seen(*kinds)).reason)

    def test_should_fail_one_that_does_not_forward(self):
        self.assertFalse(judge(RESET, seen("INTR_RESET", forwards=False)).passed)
        self.assertFalse(judge(RESET, seen("INTR_RESET", others_went_on=False)).passed)

    def test_should_want_nothing_to_come_of_a_false_uevent(self):
        self.assertTrue(judge(FALSE, seen("INTR_LSC")).passed)
        self.assertFalse(judge(FALSE, seen("INTR_RESET")).passed)
        self.assertFalse(judge(FALSE, seen("REMOVE")).passed)

    def test_should_want_one_back_that_cannot_be_put_right(self):
        rewritten = replace(RESET, removal="bar-rewritten")
        self.assertTrue(judge(rewritten, seen("INTR_RESET")).passed)
        on_vfio = replace(rewritten, binding="vfio-pci")
        self.assertTrue(judge(on_vfio, seen(
            "REMOVE", "DESTROY", "DETACHED", "ADD", "NEW", "REATTACHED")).passed)
        self.assertFalse(judge(on_vfio, seen("INTR_RESET")).passed)
        self.assertFalse(judge(on_vfio, seen("REMOVE", "DESTROY", "DETACHED")).passed)


if __name__ == "__main__":
    unittest.main()
