# SPDX-License-Identifier: Apache-2.0
"""The architectures of a guest, and what each needs."""
import tempfile
import unittest
import zipfile
from pathlib import Path

from hotrig import needs
from hotrig.errors import MissingError
from hotrig.kernel import HOST, Userland
from hotrig.machines import AMD64, ARM64, machine_of
from hotrig.scenarios import select


class MachinesTest(unittest.TestCase):
    def test_should_follow_from_the_kernel(self):
        self.assertEqual([machine_of(kernel) for kernel in ("6.1", "6.12", "6.1-arm64")],
                         [AMD64, AMD64, ARM64])
        self.assertTrue(ARM64.is_foreign)
        self.assertFalse(AMD64.is_foreign)

    def test_should_have_a_jdk_in_the_guest(self):
        with tempfile.TemporaryDirectory() as folder:
            java = Path(folder, "usr/lib/jvm/java-17-openjdk-arm64")
            java.mkdir(parents=True)
            foreign = Userland(Path(folder, "usr"), Path(folder, "etc"))
            self.assertEqual(foreign.java_home(Path("/opt/jdk")),
                             Path("/usr/lib/jvm/java-17-openjdk-arm64"))
        self.assertEqual(HOST.java_home(Path("/opt/jdk")), Path("/opt/jdk"))

    def test_should_require_a_native_library_of_each(self):
        foreign, own = select(["6.1-arm64/igb_uio/remove"]), select(["6.1/igb_uio/remove"])
        with tempfile.TemporaryDirectory() as folder:
            jar = Path(folder, "os.jar")
            with zipfile.ZipFile(jar, "w") as bundle:
                bundle.writestr("native/x86_64-linux/libhotbus.so", b"")
            needs.require_native(own, jar)
            with self.assertRaisesRegex(MissingError, "no native library for arm64"):
                needs.require_native(own + foreign, jar)
            with zipfile.ZipFile(jar, "a") as bundle:
                bundle.writestr("native/aarch64-linux/libhotbus.so", b"")
            needs.require_native(own + foreign, jar)


if __name__ == "__main__":
    unittest.main()
