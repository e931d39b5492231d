# SPDX-License-Identifier: Apache-2.0
import unittest

from hotrig.contract import parse
from hotrig.errors import RigError

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="[3] io.hotbus.tck;0.2.0" tests="3" skipped="1" failures="1" errors="0">
<testcase name="shouldStop()[1]" classname="io.hotbus.tck.PortContractTest" time="0.3"/>
<testcase name="shouldGo()[3]" classname="io.hotbus.tck.RemovalContractTest" time="0.1">
<skipped/>
</testcase>
<testcase name="shouldClose()[1]" classname="io.hotbus.tck.PortContractTest" time="0.1">
<failure message="EthDev.close: &quot;All buffers are back.&quot;
  but with acme0: 3" type="java.lang.AssertionError"><![CDATA[at io.hotbus]]></failure>
</testcase>
</testsuite>"""
NOTHING_RUN = """<testsuite><testcase name="a" classname="B"><skipped/></testcase></testsuite>"""


class ContractTest(unittest.TestCase):
    def test_should_name_each_test_that_failed(self):
        report = parse(REPORT)
        self.assertEqual((report.tests, report.not_applicable), (3, 1))
        self.assertEqual(report.reason, "1 of 3 failed: PortContractTest.shouldClose()[1]: "
                         'EthDev.close: "All buffers are back." but with acme0: 3')

    def test_should_be_content_where_none_failed(self):
        passed = REPORT[:REPORT.index("<testcase name=\"shouldClose")] + "</testsuite>"
        self.assertEqual(parse(passed).reason, "")

    def test_should_not_be_content_where_none_ran(self):
        for xml in (NOTHING_RUN, "<testsuite/>"):
            self.assertEqual(parse(xml).reason, "no test was run")

    def test_should_refuse_half_a_report(self):
        with self.assertRaises(RigError):
            parse(REPORT[:200])


if __name__ == "__main__":
    unittest.main()
