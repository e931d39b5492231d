# SPDX-License-Identifier: Apache-2.0
import unittest

from hotrig.lacp import Port, active, ports

# Of Linux 6.1.
TEXT = """\
Ethernet Channel Bonding Driver: v6.1.0-56-amd64

Bonding Mode: IEEE 802.3ad Dynamic link aggregation
802.3ad info
Active Aggregator Info:
	Aggregator ID: 1
	Number of ports: 1
	Actor Key: 15
	Partner Key: 33

Slave Interface: b0
MII Status: up
Aggregator ID: 1
Actor Churn State: none
details actor lacp pdu:
    system priority: 65535
    port key: 15
    port state: 61
details partner lacp pdu:
    system priority: 65535
    oper key: 33
    port number: 1
    port state: 63

Slave Interface: b1
MII Status: down
Aggregator ID: 2
details actor lacp pdu:
    port state: 69
details partner lacp pdu:
    oper key: 1
    port state: 1
"""


class LacpTest(unittest.TestCase):
    def test_should_read_what_the_kernel_says(self):
        found = ports(TEXT)
        self.assertEqual(found, {"b0": Port(1, 61, 63, 33), "b1": Port(2, 69, 1, 1)})
        self.assertTrue(found["b0"].is_up())
        self.assertFalse(found["b1"].is_up())
        self.assertEqual(ports("Slave Interface: b0\nMII Status: up\n"), {})

    def test_should_read_which_members_are_used(self):
        self.assertEqual(active(""), [])
        line = "INFO BondUse: net_bonding0: active members: [{}]\n"
        self.assertEqual(active(line.format("a, b")), ["a", "b"])
        self.assertEqual(active(line.format("a, b") + line.format("")), [])


if __name__ == "__main__":
    unittest.main()
