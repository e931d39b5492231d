# SPDX-License-Identifier: Apache-2.0
import unittest

from hotrig.deployment import IMPOSSIBLE_MTU, files, judge, nic_file, write
from hotrig.nic import ADDRESS


class DeploymentTest(unittest.TestCase):
    CHANGED = (f"12:00:00.000 INFO  port 0 ({ADDRESS}): stopped\n"
               f"12:00:00.001 INFO  port 0 ({ADDRESS}): set as /x/io.hotbus.device-nic.cfg says "
               "now\n")
    REFUSED = (f"12:00:01.000 ERROR /x/io.hotbus.device-nic.cfg: {ADDRESS}: mtu={IMPOSSIBLE_MTU}: "
               "from 68 to 9216 is possible\n")

    def test_should_judge(self):
        self.assertEqual(judge(self.CHANGED, self.REFUSED), [])
        self.assertIn("not set as its file", judge("", self.REFUSED)[0])
        self.assertIn("not refused", judge(self.CHANGED, "")[0])
        self.assertIn("stopped for", judge(self.CHANGED, self.REFUSED + self.CHANGED)[0])
        self.assertIn("another port", judge(
            self.CHANGED + "12:00:00.000 INFO  port 2 (net_null1): stopped\n", self.REFUSED)[0])

    def test_should_describe_all_ports(self):
        numbers = sorted(line for text in files("igb_uio").values() for line in text.splitlines()
                         if line.startswith("port"))
        self.assertEqual(numbers, [f"port = {number}" for number in range(4)])
        self.assertIn("mtu = 1400\n", nic_file("igb_uio", 1400))
        self.assertEqual(write("a.cfg", "b = c\n"), "printf '%s\\n' 'b = c' >/run/deployment/.new"
                         " && mv /run/deployment/.new /run/deployment/a.cfg")


if __name__ == "__main__":
    unittest.main()
