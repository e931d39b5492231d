# SPDX-License-Identifier: Apache-2.0
import importlib.util
import socket
import unittest
from pathlib import Path

from hotrig.traffic import FRAMES, judge, judge_pings

SCRIPT = Path(__file__).parents[1] / "guest" / "exchange.py"
_SPEC = importlib.util.spec_from_file_location("exchange", SCRIPT)
exchange = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(exchange)

OWN, OTHER = b"\x52\x54\0\0\0\x20", b"\x52\x54\0\0\0\x10"


class PingTest(unittest.TestCase):
    def test_should_want_each_answer_once(self):
        said = "\n50 packets transmitted, {} packets received{}, 0% packet loss\n"
        self.assertEqual(judge_pings(said.format(50, "")), "")
        self.assertIn("49 packets received", judge_pings(said.format(49, "")))
        self.assertIn("2 duplicates", judge_pings(said.format(50, ", 2 duplicates")))
        self.assertIn("ping said", judge_pings("ping: sendto: Network is unreachable"))


class TrafficTest(unittest.TestCase):
    def setUp(self):
        self.wire, self.far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.wire.settimeout(0.2)
        self.addCleanup(self.wire.close)
        self.addCleanup(self.far.close)

    def answers(self, *frames):
        for content in frames:
            self.far.send(content)
        seen = {"sent": 2, "returned": 0, "wrong": 0}
        exchange.receive(self.wire, {0, 1}, OWN, OTHER, seen)
        return seen["returned"], seen["wrong"]

    @staticmethod
    def swapped(number):
        return OWN + OTHER + exchange.frame(number, OWN, OTHER)[12:]

    def test_should_make_frames_of_all_lengths_with_their_number(self):
        lengths = {len(exchange.frame(number, OWN, OTHER)) for number in range(1455)}
        self.assertEqual((min(lengths), max(lengths), len(lengths)), (60, 1514, 1455))

    def test_should_count_frames_that_come_back_in_any_order(self):
        self.assertEqual(self.answers(self.swapped(1), self.swapped(0)), (2, 0))

    def test_should_find_a_changed_byte_and_a_frame_that_comes_twice(self):
        changed = bytearray(self.swapped(1))
        changed[-1] ^= 1
        self.assertEqual(self.answers(self.swapped(0), self.swapped(0), bytes(changed)), (1, 2))

    def test_should_pass_over_what_it_has_sent_itself(self):
        own = exchange.frame(0, OWN, OTHER)
        self.assertEqual(self.answers(own, self.swapped(0), self.swapped(1)), (2, 0))

    def test_should_judge(self):
        whole = {"sent": FRAMES, "returned": FRAMES, "wrong": 0}
        self.assertEqual(judge(whole), "")
        self.assertIn("1 of", judge({**whole, "wrong": 1}))
        self.assertIn("came back", judge({**whole, "returned": FRAMES - 1}))
        self.assertIn("were to be sent", judge({"sent": 5, "returned": 5, "wrong": 0}))


if __name__ == "__main__":
    unittest.main()
