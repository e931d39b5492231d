# SPDX-License-Identifier: Apache-2.0
import json
import unittest

from hotrig import steps
from hotrig.steps import Step

NIC = "0000:01:00.0"


def removal(device, *kinds):
    """A line of the history: each step takes 2 ms and begins 1 ms after the one before."""
    return json.dumps({"removal": 1, "device": device, "steps": [
        {"kind": kind, "name": device, "thread": "control", "beginNanos": i * 1_000_000,
         "endNanos": i * 1_000_000 + 2_040_000} for i, kind in enumerate(kinds)]})


class StepsTest(unittest.TestCase):
    def test_should_read_the_last_removal_of_the_device_until_it_was_detached(self):
        history = "\n".join((
            removal(NIC, "PORT_STOP"),
            removal(NIC, "HOT_UNPLUG", "DETACH", "ATTACH"),
            removal("net_sim63", "REPAIR")))
        self.assertEqual(steps.of_last_removal(history, NIC), [
            Step("HOT_UNPLUG", "control", 0.0, 2.0), Step("DETACH", "control", 1.0, 3.0)])

    def test_should_have_all_steps_of_a_device_that_was_not_detached(self):
        seen = steps.of_last_removal(removal(NIC, "HOT_UNPLUG", "PORT_STOP"), NIC)
        self.assertEqual([step.kind for step in seen], ["HOT_UNPLUG", "PORT_STOP"])

    def test_should_skip_what_cannot_be_read(self):
        for line in ("", "no JSON", "[]", "7", '{"removal": 1}',
                     json.dumps({"removal": 1, "device": NIC, "steps": [{"kind": "DETACH"}]})):
            with self.subTest(line):
                history = f"{removal(NIC, 'DETACH')}\n{line}\n"
                self.assertEqual(len(steps.of_last_removal(history, NIC)), 1)
        self.assertEqual(steps.of_last_removal("", NIC), [])

    def test_should_tell_the_steps_in_one_line(self):
        self.assertEqual(steps.text([Step("HOT_UNPLUG", "control", 0.0, 2.4),
                                     Step("DETACH", "control", 1.0, 13.6)]),
                         "hot_unplug 0-2, detach 1-14")
