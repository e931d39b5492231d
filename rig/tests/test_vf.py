# SPDX-License-Identifier: Apache-2.0
import os
import tempfile
import unittest
from pathlib import Path

from hotrig.emulator import Emulator
from hotrig.machines import AMD64
from hotrig.rows import Observation
from hotrig.scenarios import select
from hotrig.vf import judge

RESET = select(["6.12/igbvf/vfio-pci/pf-down"])[0]


def seen(**what):
    return Observation("0000:01:10.0", **{"survived": True, "others_went_on": True,
                                          "replugged": True, **what})


class VirtualFunctionTest(unittest.TestCase):
    def test_should_need_qemu_10(self):
        self.assertEqual(RESET.flavour.qemu, (10, 0))
        self.assertEqual(RESET.nic.nic(True), {"driver": "igb"})

    def test_should_pass_what_was_set_up_again(self):
        self.assertTrue(judge(RESET, ["INTR_LSC", "INTR_RESET"], True, seen()).passed)

    def test_should_say_what_is_wrong(self):
        for kinds, said, what, reason in (
                (["INTR_LSC"], True, {}, "the events were INTR_LSC"),
                (["INTR_RESET", "REMOVE"], True, {}, "it counted as removed"),
                (["INTR_RESET"], False, {}, "the product did not say"),
                (["INTR_RESET"], True, {"replugged": False}, "it did not forward afterwards"),
                (["INTR_RESET"], True, {"survived": False, "last_words": "x"}, "died: x"),
                (["INTR_RESET"], True, {"complaints": ["oops"]}, "dmesg: oops")):
            with self.subTest(reason):
                row = judge(RESET, kinds, said, seen(**what))
                self.assertFalse(row.passed)
                self.assertIn(reason, row.reason)


class EmulatorTest(unittest.TestCase):
    def test_should_run_what_is_unpacked(self):
        with tempfile.TemporaryDirectory() as name:
            program = Path(name, "usr", "bin", AMD64.qemu)
            program.parent.mkdir(parents=True)
            program.write_text("#!/bin/sh\n[ -n \"$QEMU_MODULE_DIR\" ] || exit 1\n"
                               "echo QEMU emulator version 10.0.2\n")
            os.chmod(program, 0o755)
            self.assertEqual(Emulator(AMD64, Path(name)).version(), (10, 0))

    def test_should_not_be_new_enough_if_it_does_not_start(self):
        self.assertEqual(Emulator(AMD64, Path("/does/not/exist")).version(), (0, 0))


if __name__ == "__main__":
    unittest.main()
