# SPDX-License-Identifier: Apache-2.0
import unittest

from hotrig.disturbances import DISTURBANCES
from hotrig.emulator import version
from hotrig.errors import UsageError
from hotrig.models import command_line
from hotrig.scenarios import FAST, Flavour, all_scenarios, by_flavour, select
from hotrig.updates import SCENARIOS


def names(*words, kernel=None):
    return [s.name for s in select(list(words), kernel)]


class ScenariosTest(unittest.TestCase):
    def test_should_name_each_scenario_once(self):
        known = [s.name for s in all_scenarios()]
        self.assertEqual(len(known), len(set(known)))
        self.assertIn("6.12/vfio-pci/device-del-acpi", known)

    def test_should_leave_out_what_makes_no_sense(self):
        self.assertNotIn("6.1/none/unbind", [s.name for s in all_scenarios()])

    def test_should_select_by_the_beginning_of_a_name(self):
        self.assertEqual(names("6.1/igb_uio/surprise"), ["6.1/igb_uio/surprise"])
        self.assertEqual(len(names("6.1/igb_uio")), 7 + 6 + 3 + 1 + 2 + 1 + 1 + 3 + 1 + 1)
        self.assertEqual(names("6.1/igb_uio/"), names("6.1/igb_uio"))
        self.assertTrue(all(n.startswith("6.1/") for n in names("6.1")))

    def test_should_not_take_6_12_for_6_1(self):
        self.assertFalse([n for n in names("6.1") if n.startswith("6.12")])

    def test_should_select_all_removals_of_the_product(self):
        self.assertEqual(len(names("all")), 2 * (4 * (4 * 7 - 1 + 2 + 4 + 2) + 2 * (6 + 3) + 2 + 2
                                                 + 2 * 3 + 2 * 4 + 2 + 1 + 3 * 2) + 3 + 1)
        self.assertIn("6.12/vfio-pci/contract", names("all"))
        self.assertFalse([n for n in names("all") if n.startswith(("kmod", "dpdk"))])

    def test_should_know_every_fast_scenario_and_need_one_kernel_for_them(self):
        self.assertEqual(sorted(names("fast")), sorted(FAST))
        self.assertEqual({s.kernel for s in select(["fast"])}, {"6.1"})

    def test_should_know_what_each_update_is(self):
        updates = [s for s in all_scenarios() if s.kind == "update"]
        self.assertEqual({s.removal for s in updates}, set(SCENARIOS))
        self.assertIn("6.1/igb_uio/update-bus", names("fast"))

    def test_should_know_what_each_disturbance_is(self):
        disturbances = [s for s in all_scenarios() if s.kind == "disturbance"]
        self.assertEqual({s.removal for s in disturbances}, set(DISTURBANCES))

    def test_should_name_the_model_of_other_nics_alone(self):
        (scenario,) = select(["6.1/virtio/vfio-pci/surprise"])
        self.assertEqual(scenario.flavour, Flavour("6.1", True, "pciehp", model="virtio"))
        self.assertEqual(scenario.flavour.slug, "6.1-pciehp-iommu-virtio")
        self.assertEqual(scenario.nic.nic(True),
                         {"driver": "virtio-net-pci", "iommu_platform": True})
        self.assertEqual(select(["6.1/igb_uio/surprise"])[0].nic.nic(True), {"driver": "e1000e"})

    def test_should_write_properties_as_a_command_line(self):
        self.assertEqual(command_line({"id": "a", "driver": "virtio-net-pci", "packed": True}),
                         "virtio-net-pci,id=a,packed=on")
        self.assertEqual(command_line({"driver": "virtio-net-pci", "vectors": 1, "mq": False}),
                         "virtio-net-pci,vectors=1,mq=off")

    def test_should_put_offloads_on_taps_and_nothing_else(self):
        self.assertEqual({s.kind for s in all_scenarios() if s.flavour.taps}, {"offloads", "rss"})
        (scenario,) = select(["6.1/virtio-rss/igb_uio/rss"])
        self.assertEqual((scenario.nic.queues, scenario.flavour.slug),
                         (4, "6.1-pciehp-virtio-rss-taps"))

    def test_should_read_the_version_of_qemu(self):
        self.assertEqual(version("QEMU emulator version 10.0.13 (Debian 1:10)\n"), (10, 0))
        self.assertEqual(version("something else"), (0, 0))

    def test_should_select_a_scenario_that_is_named_twice_once(self):
        self.assertEqual(names("6.1/none", "6.1/none/remove"), names("6.1/none"))

    def test_should_take_the_number_of_cycles(self):
        self.assertEqual([s.cycles for s in select(["kmod/6.12/cycles=7"])], [7])
        self.assertEqual([s.cycles for s in select(["kmod/6.12"])], [100])
        self.assertEqual([(s.kind, s.binding, s.cycles)
                          for s in select(["failover/6.1/vfio-pci/cycles=5"])],
                         [("failover", "vfio-pci", 5)])
        self.assertEqual([s.cycles for s in select(["migration", "failover"])], [3, 3, 3, 3])
        self.assertEqual([(s.model, s.cycles) for s in select(["migration/6.1/igb/igb_uio/cycles=2"])],
                         [("igb", 2)])

    def test_should_count_instructions_on_a_machine_of_their_own(self):
        counted = select(["instructions"])
        self.assertEqual([s.name for s in counted][0], "instructions/6.1/e1000e")
        self.assertTrue(all(s.flavour.counted for s in counted))
        self.assertFalse(any(s.flavour.counted for s in select(["rates", "all"])))

    def test_should_migrate_with_a_qemu_that_loses_nothing(self):
        for scenario in select(["migration", "failover"]):
            self.assertTrue(scenario.flavour.migrates)
            self.assertEqual(scenario.flavour.qemu, (10, 0) if scenario.model == "igb" else (9, 0))
        self.assertEqual(select(["6.1/igb_uio/surprise"])[0].flavour.qemu, (7, 2))
        self.assertEqual([s.flavour.failover for s in select(["migration", "failover"])],
                         [False, False, True, True])

    def test_should_leave_out_other_kernels(self):
        self.assertEqual({s.kernel for s in select(["all", "kmod"], "6.12")}, {"6.12"})

    def test_should_refuse_what_names_nothing(self):
        for word in ("6.1/ig", "7.0", "", "kmod/6.1/cycles=0", "6.1/igb_uio/surprise=3"):
            with self.subTest(word), self.assertRaises(UsageError):
                select([word])
        with self.assertRaises(UsageError):
            select(["6.1/none"], "6.12")

    def test_should_put_scenarios_that_can_share_a_boot_together(self):
        groups = by_flavour(select(["6.1/igb_uio", "6.1/none", "6.1/vfio-pci/remove"]))
        self.assertEqual([(flavour, len(group)) for flavour, group in groups.items()], [
            (Flavour("6.1", False, "pciehp"), 30), (Flavour("6.1", False, "acpi"), 2),
            (Flavour("6.1", False, "pciehp", packages=True), 1),
            (Flavour("6.1", True, "pciehp"), 1)])

    def test_should_keep_scenarios_of_one_binding_together(self):
        wanted = ["6.1/igb_uio/surprise", "6.1/none/surprise", "6.1/igb_uio/reset"]
        (group,) = by_flavour(select(wanted)).values()
        self.assertEqual([s.name for s in group], [wanted[0], wanted[2], wanted[1]])


if __name__ == "__main__":
    unittest.main()
