# SPDX-License-Identifier: Apache-2.0
"""The scenarios of a virtio NIC on taps: what the guest's programs compute, and the judgements."""
import sys
import unittest
from pathlib import Path

from hotrig import offloads, rss, wires

sys.path.insert(0, str(Path(__file__).parent.parent / "guest"))
import flows  # noqa: E402 pylint: disable=wrong-import-position
import segments  # noqa: E402 pylint: disable=wrong-import-position

RIGHT = {"tcp": 3000, "udp": 220, "wrong": 0, "longest": 1400, "same": True, "datagrams": 200,
         "overlooked": 0}


class FlowsTest(unittest.TestCase):
    def test_should_hash_as_microsofts_verification_suite(self):
        for fields, expected in (
                ("420995bba18e6450", 0x323e8fc2), ("420995bba18e64500aea06e6", 0x51ccc178),
                ("3ffe250102001fff0000000000000007" "3ffe2501020000030000000000000001",
                 0x2cc18cd5)):
            with self.subTest(fields):
                self.assertEqual(flows.toeplitz(bytes.fromhex(fields)), expected)

    def test_should_hash_what_lies_in_the_packet(self):
        kinds = set()
        for number in range(70):
            body, fields = flows.packet(number)
            kinds.add(None if fields is None else (body[:2], len(fields)))
            self.assertIn(fields or b"", body)
            if body.startswith(b"\x08\x00"):
                self.assertEqual(segments.total(body[2:22]), 0xffff)
        self.assertEqual(kinds, {None, (b"\x08\x00", 8), (b"\x08\x00", 12),
                                 (b"\x86\xdd", 32), (b"\x86\xdd", 36)})

    def test_should_judge_the_queues(self):
        self.assertEqual(rss.judge({"expected": [3, 4], "received": [3, 4]}), "")
        self.assertIn("[4, 3]", rss.judge({"expected": [3, 4], "received": [4, 3]}))
        self.assertIn("nothing", rss.judge({"expected": [7, 0], "received": [7, 0]}))


class SegmentsTest(unittest.TestCase):
    def test_should_see_a_wrong_checksum(self):
        header = bytes.fromhex("45000073000040004011b861c0a80001c0a800c7")
        self.assertEqual(segments.total(header), 0xffff)
        self.assertNotEqual(segments.total(header[:-1] + b"\0"), 0xffff)
        self.assertEqual(segments.total(b"\x01"), 0x100)

    def test_should_judge_what_a_host_received(self):
        self.assertEqual(offloads.judge(RIGHT, 1400), "")
        for change, segment in (({"same": False}, 1400), ({"wrong": 1}, 1400),
                                ({"overlooked": 1}, 1400), ({"datagrams": 199}, 1400),
                                ({"longest": 8948}, 1400), ({"longest": 1399}, 1400), ({}, 0)):
            with self.subTest(change):
                self.assertNotEqual(offloads.judge({**RIGHT, **change}, segment), "")
        self.assertEqual(offloads.judge({**RIGHT, "longest": 8948}, 0), "")

    def test_should_cut_only_where_it_is_said(self):
        self.assertIn("tso set 1400 1", offloads.commands(1400).splitlines())
        self.assertIn("tso set 0 0", offloads.commands(0).splitlines())


class WiresTest(unittest.TestCase):
    def test_should_make_a_tap_for_each_netdev(self):
        queues = [4, 1, 1, 1, 1, 1]
        options = wires.taps(queues)
        script = wires.in_namespace(queues, ["qemu"])[4]
        for port, hub in enumerate(wires.HUBS):
            self.assertEqual(sum(f"ifname=t{port}," in word for word in options), 1)
            self.assertIn(f"ip link set t{port} mtu 9000 up master br{hub}\n", script)
        self.assertIn("t0 mode tap vnet_hdr multi_queue\n", script)
        self.assertEqual(script.count("multi_queue"), 1)


if __name__ == "__main__":
    unittest.main()
