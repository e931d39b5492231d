# SPDX-License-Identifier: Apache-2.0
import io
import tempfile
import unittest
import zipfile
from dataclasses import replace
from pathlib import Path

from hotrig import stats, variants
from hotrig.errors import RigError
from hotrig.events import Event
from hotrig.nic import ADDRESS
from hotrig.updates import Replacement, errors, judge, millis_until

LOG = f"""\
04:10:40.100 INFO  control           port 0 ({ADDRESS}): forwarding
04:10:41.250 INFO  control           port 0 ({ADDRESS}): gone
04:10:42.500 INFO  control           port 0 ({ADDRESS}): forwarding
"""
BEGAN = 20_000 * 86400 + 4 * 3600 + 10 * 60 + 41


def block(number, name, missed=0, refused=0):
    return f"""
  ######################## NIC statistics for port {number}  ({name}) ########################
  RX-packets: 5          RX-missed: {missed}          RX-bytes:  320
  RX-errors: 0
  RX-nombuf:  0
  TX-packets: 5          TX-errors: {refused}          TX-bytes:  320

  Throughput (since last show)
  Rx-pps:            5          Rx-bps:         2560
"""


def events(*kinds):
    return [Event(kind, ADDRESS, number) for number, kind in enumerate(kinds)]


GOOD = Replacement(BEGAN, True, True, True, events("DESTROY", "INTR_LSC", "NEW"),
                   LOG + block(0, ADDRESS) + block(2, "net_null1") + block(3, "net_null2"))


class ReplacementTest(unittest.TestCase):
    def test_should_find_nothing_wrong(self):
        self.assertEqual(judge(GOOD), [])
        self.assertEqual(GOOD.millis, 1500.0)

    def test_should_say_what_is_wrong(self):
        for wrong, word in (
                ({"forwards": False}, "did not forward"),
                ({"others_went_on": False}, "other ports"),
                ({"away": False}, "stay on its bus"),
                ({"events": events("DESTROY")}, "DESTROY"),
                ({"events": events("NEW", "DESTROY")}, "NEW DESTROY"),
                ({"events": events("FAULT", "REMOVE", "DESTROY", "NEW")}, "REMOVE"),
                ({"log": GOOD.log + block(1, ADDRESS)}, "[0, 1]"),
                ({"log": GOOD.log + block(2, "net_null1", missed=3)}, "{'net_null1': 3}"),
                ({"log": GOOD.log + "04:10:42.600 ERROR deploy  x: does not start\n"},
                 "ERROR deploy  x: does not start")):
            with self.subTest(word):
                reasons = judge(replace(GOOD, **wrong))
                self.assertEqual(len(reasons), 1)
                self.assertIn(word, reasons[0])

    def test_should_measure_across_midnight(self):
        log = "00:00:01.500 INFO  control  port 0 (x): forwarding\n"
        self.assertEqual(millis_until(log, "forwarding$", 86400 * 7 - 0.5), 2000.0)
        self.assertIsNone(millis_until(log, "gone$", 0))

    def test_should_take_no_other_word_for_an_error(self):
        self.assertEqual(errors("04:10:42.600 INFO  deploy ERROR\n"), [])


class StatisticsTest(unittest.TestCase):
    def test_should_know_the_numbers_of_a_port(self):
        printed = block(0, "a") + block(1, "b") + block(2, "a")
        self.assertEqual(stats.ports(printed, "a"), {0, 2})
        self.assertEqual(stats.counts(printed, "b"), [(5, 5)])

    def test_should_count_what_was_lost_by_the_last_print(self):
        printed = block(0, "a", missed=1, refused=2) + block(1, "b", missed=7)
        self.assertEqual(stats.lost(printed, "a"), 3)
        self.assertEqual(stats.lost(printed + block(0, "a"), "a"), 0)


class VariantsTest(unittest.TestCase):
    def test_should_be_of_a_higher_version_and_mark_its_constants(self):
        made = self.build({"META-INF/MANIFEST.MF": b"Bundle-Version: 0.2.0\r\nX: y\r\n",
                           "a/B.class": b"..\x01\x00\x05gone!\x07", "a/text": b"\x00\x05gone!"},
                          "gone!")
        self.assertEqual(made.read("META-INF/MANIFEST.MF"),
                         b"Bundle-Version: 0.2.0.rig7\r\nX: y\r\n")
        self.assertEqual(made.read("a/B.class"), b"..\x01\x00\x0cgone! (rig7)\x07")
        self.assertEqual(made.read("a/text"), b"\x00\x05gone!")

    def test_should_refuse_where_there_is_no_such_constant(self):
        with self.assertRaisesRegex(RigError, "has no constant .*gone"):
            self.build({"a/B.class": b"..\x01\x00\x06gone!!"}, "gone!")

    def build(self, files, *texts):
        with tempfile.TemporaryDirectory() as folder:
            jar, target = Path(folder, "x.jar"), Path(folder, "y.jar")
            with zipfile.ZipFile(jar, "w") as archive:
                for name, content in files.items():
                    archive.writestr(name, content)
            variants.build(jar, 7, texts, target)
            return zipfile.ZipFile(io.BytesIO(target.read_bytes()))


if __name__ == "__main__":
    unittest.main()
