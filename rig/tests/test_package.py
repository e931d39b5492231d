# SPDX-License-Identifier: Apache-2.0
import unittest

from hotrig.package import messages


class PackageTest(unittest.TestCase):
    def test_should_read_what_the_journal_tells(self):
        journal = """{"MESSAGE":"0000:01:00.0: detached","PRIORITY":"6"}
{"MESSAGE":[226,130,172],"PRIORITY":"6"}

"""
        self.assertEqual(messages(journal), ["0000:01:00.0: detached", "[226, 130, 172]"])


if __name__ == "__main__":
    unittest.main()
