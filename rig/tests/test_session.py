# SPDX-License-Identifier: Apache-2.0
import io
import unittest
from contextlib import redirect_stderr
from pathlib import Path

from hotrig.errors import GuestError
from hotrig.progress import Progress
from hotrig.scenarios import select
from hotrig.session import BOOTS_TO_LOSE, Session


class DyingSession(Session):
    """Its kernels die while they boot."""

    def __init__(self):
        super().__init__(None, None, None, Path("/transcripts"), Progress())
        self.folders = []

    def _guest(self, flavour, folder):
        self.folders.append(folder)
        raise GuestError("the guest died at 'boot': QEMU has gone")


class SessionTest(unittest.TestCase):
    def test_should_boot_again_when_a_kernel_dies_before_it_has_booted(self):
        session = DyingSession()
        scenarios = select(["6.1/igb_uio/remove", "6.1/igb_uio/surprise"])
        with redirect_stderr(io.StringIO()):
            session.run(scenarios)
        # No scenario failed by the first ones, each by one after them.
        self.assertEqual(len(session.folders), BOOTS_TO_LOSE + len(scenarios))
        self.assertEqual(len(set(session.folders)), len(session.folders))
        self.assertEqual([row.scenario for row in session.report], [s.name for s in scenarios])
        self.assertFalse(any(row.passed for row in session.report))


if __name__ == "__main__":
    unittest.main()
