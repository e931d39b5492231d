# SPDX-License-Identifier: Apache-2.0
"""The command line, QEMU's protocols against a real socket, and the initramfs against cpio."""
import contextlib
import io
import json
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from hotrig import cli
from hotrig.errors import GuestError, RigError
from hotrig.initramfs import Cpio
from hotrig.qmp import Lines, Qmp


class CommandLineTest(unittest.TestCase):
    def run_main(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.main(list(arguments))
        return code, out.getvalue(), err.getvalue()

    def test_should_help(self):
        code, out, _ = self.run_main("--help")
        self.assertEqual(code, 0)
        self.assertIn("--keep", out)

    def test_should_list(self):
        code, out, _ = self.run_main("--list", "--kernel", "6.1")
        self.assertEqual(code, 0)
        self.assertIn("6.1/igb_uio/surprise", out)
        self.assertNotIn("6.12/", out)

    def test_should_refuse_wrong_usage(self):
        for arguments in ((), ("--what",), ("--kernel", "5.10", "fast"), ("9.9/igb_uio",),
                          ("fast", "--json", "/nowhere/report.json"), ("fast", "--json")):
            with self.subTest(arguments):
                code, out, err = self.run_main(*arguments)
                self.assertEqual((code, out), (2, ""))
                self.assertTrue(err.startswith("hotbus rig: "))


class QmpTest(unittest.TestCase):
    """A server that answers what each test says."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name) / "socket"
        self.server = socket.socket(socket.AF_UNIX)
        self.addCleanup(self.server.close)
        self.server.bind(str(self.path))
        self.server.listen()

    def serve(self, *answers):
        """Sends the first answer at once, each further one for a line received, then hangs up."""
        def run():
            connection, _ = self.server.accept()
            with connection, connection.makefile("rb") as lines:
                for answer in answers:
                    connection.sendall(answer)
                    lines.readline()
        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)

    def client(self):
        qmp = Qmp(self.path, lambda text: None)
        self.addCleanup(qmp.close)
        return qmp

    def test_should_keep_events_that_come_before_the_answer(self):
        event = json.dumps({"event": "DEVICE_DELETED", "data": {"device": "nic0", "path": "x"}})
        self.serve(b'{"QMP": {}}\n', b'{"return": {}}\n', event.encode() + b'\n{"return": 7}\n')
        qmp = self.client()
        self.assertEqual(qmp.execute("query"), 7)
        self.assertTrue(qmp.await_event("DEVICE_DELETED", 0.05, device="nic0"))

    def test_should_not_take_another_devices_event(self):
        event = json.dumps({"event": "DEVICE_DELETED", "data": {"device": "other"}})
        self.serve(b'{"QMP": {}}\n', b'{"return": {}}\n' + event.encode() + b"\n")
        qmp = self.client()
        self.assertFalse(qmp.await_event("DEVICE_DELETED", 0.05, device="nic0"))

    def test_should_repeat_what_qemu_complains_about(self):
        self.serve(b'{"QMP": {}}\n', b'{"return": {}}\n',
                   b'{"error": {"desc": "Duplicate device ID"}}\n')
        qmp = self.client()
        with self.assertRaisesRegex(RigError, "Duplicate device ID"):
            qmp.execute("device_add")

    def test_should_say_that_qemu_has_gone(self):
        self.serve(b'{"QMP": {}}\n', b'{"return": {}}\n')
        qmp = self.client()
        with self.assertRaises(GuestError):
            qmp.execute("query")

    def test_should_put_pieces_together(self):
        self.serve(b"0 5\nab", b"cde")
        lines = Lines(self.path)
        self.addCleanup(lines.close)
        self.assertEqual(lines.line(5), "0 5")
        self.assertIsNone(lines.exactly(5, 0.01))
        lines.send(b"\n")
        self.assertEqual(lines.exactly(5, 5), b"abcde")


@unittest.skipUnless(shutil.which("cpio"), "cpio is not installed")
class CpioTest(unittest.TestCase):
    def test_should_write_what_cpio_reads(self):
        cpio = Cpio()
        cpio.folder("bin")
        cpio.file("bin/odd", b"12345")
        cpio.file("empty", b"", 0o644)
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["cpio", "-i", "--quiet"], input=cpio.finish(), cwd=folder, check=True)
            self.assertEqual((Path(folder) / "bin/odd").read_bytes(), b"12345")
            self.assertEqual((Path(folder) / "bin/odd").stat().st_mode & 0o777, 0o755)
            self.assertEqual((Path(folder) / "empty").read_bytes(), b"")


if __name__ == "__main__":
    unittest.main()
