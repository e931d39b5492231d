# SPDX-License-Identifier: Apache-2.0
import json
import unittest

from hotrig.errors import RigError
from hotrig.iperf import Measured


def said(end, *seconds):
    return json.dumps({"end": end, "intervals": [{"sum": {"bytes": b}} for b in seconds]})


class MeasuredTest(unittest.TestCase):
    def test_should_read_tcp(self):
        seen = Measured.of(said({"sum_sent": {"retransmits": 3},
                                 "sum_received": {"bits_per_second": 2e6}}, 7, 5, 0))
        self.assertEqual(seen, Measured(2.0, 3, 0, 0, 5))

    def test_should_read_udp(self):
        seen = Measured.of(said({"sum": {"bits_per_second": 1e6, "lost_packets": 2,
                                         "packets": 400}}, 9))
        self.assertEqual(seen, Measured(1.0, 0, 2, 400, 9))

    def test_should_say_what_failed(self):
        with self.assertRaisesRegex(RigError, "unable to connect"):
            Measured.of('{"error": "unable to connect to server"}')
        with self.assertRaisesRegex(RigError, "command not found"):
            Measured.of("iperf3: command not found")
