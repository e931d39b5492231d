# SPDX-License-Identifier: Apache-2.0
import unittest

from hotrig import stats
from hotrig.doctor import WITHOUT_IOMMU, judge as judge_doctor
from hotrig.events import Event
from hotrig.nic import ADDRESS, address_in
from hotrig.qemu import NIC_PORT, PEER_PORT, place
from hotrig.scenarios import select
from hotrig.series import STAYING, TORN_OUT, grew, judge
from hotrig.wires import HUBS


def events(*kinds):
    return {kind: Event(kind, ADDRESS, 7) if kind in kinds else None
            for kind in ("REMOVE", "DETACHED", "REATTACHED")}


class SeriesTest(unittest.TestCase):
    def test_should_find_nothing_wrong(self):
        self.assertEqual(judge({ADDRESS: events("REMOVE", "DETACHED", "REATTACHED")},
                               {address_in(3): True}), "")

    def test_should_say_which_nic_has_not_done_what(self):
        self.assertEqual(judge({ADDRESS: events("REMOVE", "DETACHED")}, {}),
                         "0000:01:00.0 has no REATTACHED")
        self.assertEqual(judge({}, {address_in(3): True, address_in(4): False}),
                         "0000:05:00.0 did not go on")

    def test_should_find_leaks(self):
        self.assertEqual(grew((80, 40), (82, 44)), "")
        self.assertIn("83 files", grew((80, 40), (83, 40)))
        self.assertIn("46 threads", grew((80, 40), (80, 46)))

    def test_should_take_one_direction_for_movement(self):
        def moved(*counts):
            return stats.moved_on("".join(
                f"  NIC statistics for port 1  (a) #\n  RX-packets: {rx}  RX-missed: 0\n"
                f"  TX-packets: {tx}  TX-errors: 0\n" for rx, tx in counts), "a")
        self.assertTrue(moved((1, 5), (2, 5), (3, 5)))
        self.assertTrue(moved((1, 5), (1, 6)))
        self.assertFalse(moved((1, 5), (2, 5), (2, 6)))
        self.assertFalse(moved((1, 5)))

    def test_should_give_each_port_a_nic_of_its_own(self):
        ports = (*TORN_OUT, *STAYING)
        self.assertNotIn(PEER_PORT, ports)
        self.assertLess(max(ports), len(HUBS))
        self.assertEqual(len({place(port)["mac"] for port in ports}), len(ports))
        self.assertEqual(ADDRESS, address_in(NIC_PORT))
        # What a NIC forwards must not reach the one that it came from.
        for first, second in (TORN_OUT, STAYING):
            self.assertNotEqual(HUBS[first], HUBS[second])

    def test_should_say_how_often(self):
        (scenario,) = select(["6.1/igb_uio/surprise-again"])
        self.assertEqual(scenario.cycles, 50)


class DoctorTest(unittest.TestCase):
    def test_should_want_the_exit_code_and_every_text(self):
        visit = WITHOUT_IOMMU[0]
        self.assertEqual(judge_doctor(visit, 1, "\n".join(visit.says)), "")
        self.assertIn("exit code 0, not 1", judge_doctor(visit, 0, ""))
        self.assertIn("does not say", judge_doctor(visit, 1, ""))

    def test_should_have_a_machine_of_its_own(self):
        doctor, removal = select(["6.1/virtio/none/doctor", "6.1/virtio/none/remove"])
        self.assertTrue(doctor.flavour.untouched)
        self.assertNotEqual(doctor.flavour, removal.flavour)


if __name__ == "__main__":
    unittest.main()
