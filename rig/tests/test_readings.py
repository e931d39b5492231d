# SPDX-License-Identifier: Apache-2.0
"""What is read from the guest: its trace, its kernel's log, statistics, events."""
import tempfile
import unittest
from pathlib import Path

from hotrig import dmesg, events, stats, testpmd, trace
from hotrig.events import EventLog

TRACE = """\
# tracer: nop
#
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
            bash-412   [001] .....    61.123456: tracing_mark_write: hotbus-removal
 irq/24-pciehp-61  [000] .....    66.000789: hotbus_removal: (pci_stop_and_remove_bus_device+0x0)
    kworker/u4:0-9 [000] .....    67.000000: hotbus_removal: (pci_stop_and_remove_bus_device+0x0)
"""

DMESG = """\
[    1.000000] WARNING: CPU: 0 PID: 1 at kernel/early.c:1
[   20.000000] hotbus-rig: 6.1/none/remove begins
[   21.000000] BUG: of the scenario before
[   60.000000] hotbus-rig: 6.1/igb_uio/surprise begins
[   61.000000] pcieport 0000:00:10.0: pciehp: Slot(1): Card not present
[   61.100000] pci 0000:01:00.0: DEBUG: nothing
"""

PRINTED = """\
  ######################## NIC statistics for port 0  (net_null0) ########################
  RX-packets: 100        RX-missed: 0          RX-bytes:  0
  RX-errors: 0
  RX-nombuf:  0
  TX-packets: 40         TX-errors: 0          TX-bytes:  0
  ######################## NIC statistics for port 1  (net_null1) ########################
  RX-packets: 7          RX-missed: 0          RX-bytes:  0
  RX-errors: 0
  RX-nombuf:  0
  TX-packets: 7          TX-errors: 0          TX-bytes:  0
12:00:00.000 INFO  control  a log line in between
  ######################## NIC statistics for port 0  (net_null0) ########################
  RX-packets: 250        RX-missed: 0          RX-bytes:  0
  RX-errors: 0
  RX-nombuf:  0
  TX-packets: 90         TX-errors: 0          TX-bytes:  0
  ######################## NIC statistics for port 1  (net_null1) ########################
  RX-packets: 7          RX-missed: 0          RX-bytes:  0
  RX-errors: 0
  RX-nombuf:  0
  TX-packets: 7          TX-errors: 0          TX-bytes:  0
"""

REMOVE = ('{"timeNanos":61200000000,"event":"REMOVE","bus":"pci","device":"0000:01:00.0",'
          '"cause":"SIGBUS"}')


class TraceTest(unittest.TestCase):
    def test_should_take_the_mark_of_the_shell(self):
        self.assertEqual(trace.began_nanos(TRACE, by_kernel=False), 61_123_456_000)

    def test_should_take_the_first_call_of_the_kernel(self):
        self.assertEqual(trace.began_nanos(TRACE, by_kernel=True), 66_000_789_000)

    def test_should_say_where_there_is_none(self):
        self.assertIsNone(trace.began_nanos("# tracer: nop\n", by_kernel=False))


class DmesgTest(unittest.TestCase):
    def test_should_hold_nothing_against_a_scenario_that_was_there_before(self):
        self.assertEqual(dmesg.complaints(DMESG, "6.1/igb_uio/surprise"), [])

    def test_should_find_each_kind_of_complaint(self):
        for line in ("WARNING: CPU: 1 PID: 2 at fs/proc/generic.c:1", "Call Trace:",
                     "BUG: unable to handle page fault", "Oops: 0000 [#1]",
                     "remove_proc_entry: removing non-empty directory 'irq/33', leaking",
                     "INFO: task sh:1 blocked for more than 120 seconds.",
                     "general protection fault", "refcount_t: underflow; use-after-free.",
                     "DMAR: [DMA Write NO_PASID] Request device [01:00.0] fault addr 0x1000"):
            with self.subTest(line):
                log = DMESG + f"[   62.000000] {line}\n"
                self.assertEqual(len(dmesg.complaints(log, "6.1/igb_uio/surprise")), 1)


class StatsTest(unittest.TestCase):
    def test_should_read_the_packets_of_each_print(self):
        self.assertEqual(stats.counts(PRINTED, "net_null0"), [(100, 40), (250, 90)])

    def test_should_leave_out_what_is_not_all_printed_yet(self):
        self.assertEqual(stats.counts(PRINTED[:PRINTED.index("TX")], "net_null0"), [])

    def test_should_tell_a_port_that_went_on_from_one_that_stood_still(self):
        self.assertTrue(stats.went_on(PRINTED, "net_null0"))
        self.assertFalse(stats.went_on(PRINTED, "net_null1"))

    def test_should_not_conclude_anything_from_one_print(self):
        self.assertFalse(stats.went_on(PRINTED[:len(PRINTED) // 2], "net_null0"))


class EventsTest(unittest.TestCase):
    def test_should_read_an_event(self):
        event, = events.parse([REMOVE])
        self.assertEqual((event.kind, event.device, event.nanos, event.cause),
                         ("REMOVE", "0000:01:00.0", 61_200_000_000, "SIGBUS"))

    def test_should_leave_out_what_is_no_event_of_a_device(self):
        self.assertEqual(events.parse(["", "{", "[]", '{"event":"START","timeNanos":1}', "null",
                                       '{"event":"ADD","device":"x","timeNanos":null}']), [])

    def test_should_follow_a_file_by_whole_lines(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "events.log"
            file.write_text("of an earlier process\n")
            log = EventLog(file)
            with file.open("a") as out:
                out.write(REMOVE[:20])
                out.flush()
                self.assertEqual(log.events(), [])
                out.write(REMOVE[20:] + "\n")
                out.flush()
                self.assertIsNotNone(log.find("0000:01:00.0", "REMOVE"))
                log.forget()
                self.assertEqual(log.events(), [])


class TestpmdTest(unittest.TestCase):
    def test_should_measure_to_the_line(self):
        printed = "70.10 Telling cores to stop...\n70.55 Port 0 is closed\n"
        self.assertEqual(testpmd.millis_until(printed, "Port 0 is closed", 70_000_000_000), 550.0)
        self.assertIsNone(testpmd.millis_until(printed, "Port 1 is closed", 70_000_000_000))


if __name__ == "__main__":
    unittest.main()
