# SPDX-License-Identifier: Apache-2.0
import unittest

from hotrig.events import Event
from hotrig.interface import CAUSE, judge


class InterfaceTest(unittest.TestCase):
    GONE = Event("REMOVE", "a", 1, CAUSE)
    DETACHED = Event("DETACHED", "a", 2)

    def test_should_judge(self):
        self.assertEqual(judge({"a": self.GONE}, {"a": self.DETACHED}, ["a"]), "")
        self.assertIn("by nothing", judge({"a": None}, {"a": None}, []))
        self.assertIn("by SIGBUS", judge({"a": Event("REMOVE", "a", 1, "SIGBUS")},
                                         {"a": self.DETACHED}, ["a"]))
        self.assertIn("not detached", judge({"a": self.GONE}, {"a": None}, ["a"]))
        self.assertIn("not attached again", judge({"a": self.GONE}, {"a": self.DETACHED}, []))


if __name__ == "__main__":
    unittest.main()
