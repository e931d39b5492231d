# SPDX-License-Identifier: Apache-2.0
"""Where Debian comes from: apt's two formats, and apt itself with a mirror behind a proxy."""
import contextlib
import hashlib
import http.server
import io
import os
import shutil
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

from hotrig import sources
from hotrig.debian import Apt
from hotrig.errors import MissingError
from hotrig.progress import Progress

ONE_LINE = """\
# deb http://old.example/debian bookworm main
deb-src http://mirror.site.example/debian bookworm main
deb [ arch=amd64,arm64 signed-by=/etc/apt/keyrings/site.gpg check-valid-until=no ] \
http://mirror.site.example/debian/ bookworm main contrib # ours
deb http://mirror.site.example/debian-security bookworm-security main
deb [signed-by=/usr/share/keyrings/vendor.gpg] https://apt.vendor.example bookworm main
"""

DEB822 = """\
Types: deb
URIs: https://apt.vendor.example
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/vendor.gpg

# the site's
Types: deb deb-src
URIs: https://mirror.site.example/linux/debian
# both
Suites: trixie
  trixie-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abcd
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: trixie
Components: main
"""


class FormatsTest(unittest.TestCase):
    def test_should_read_one_line_sources(self):
        found = sources.one_line(ONE_LINE)
        self.assertEqual([source.uri for source in found],
                         ["http://mirror.site.example/debian",
                          "http://mirror.site.example/debian-security",
                          "https://apt.vendor.example"])
        self.assertEqual(found[0].options, (("Signed-By", "/etc/apt/keyrings/site.gpg"),
                                            ("Check-Valid-Until", "no")))
        self.assertEqual(found[0].components, ("main", "contrib"))

    def test_should_read_deb822_sources(self):
        found = sources.deb822(DEB822)
        self.assertEqual([source.uri for source in found],
                         ["https://apt.vendor.example", "https://mirror.site.example/linux/debian"])
        self.assertEqual(found[1].suites, ("trixie", "trixie-updates"))
        self.assertIn("\n abcd\n", found[1].stanza("amd64"))
        self.assertEqual(sources.deb822(found[1].stanza("amd64"))[0].signed_by, found[1].signed_by)

    def test_should_read_both_kinds_of_files_and_no_others(self):
        with tempfile.TemporaryDirectory() as folder:
            parts = Path(folder)
            (parts / "a.sources").write_text(DEB822)
            (parts / "b.list").write_text(ONE_LINE)
            (parts / "c.list.off").write_text(ONE_LINE)
            self.assertEqual(len(sources.read(parts / "none", parts)), 5)

    def test_should_not_show_a_password(self):
        source, = sources.one_line("deb http://me:secret@mirror.example/debian bookworm main")
        self.assertEqual(source.shown, "http://mirror.example/debian")


class ChoiceTest(unittest.TestCase):
    def choose(self, found, release="bookworm"):
        return [(source.uri, *source.suites) for source in sources.of_debian(found, release)]

    def test_should_take_the_mirrors_of_the_machine(self):
        self.assertEqual(self.choose(sources.one_line(ONE_LINE)), [
            ("http://mirror.site.example/debian", "bookworm"),
            ("http://mirror.site.example/debian-security", "bookworm-security"),
            ("http://mirror.site.example/debian", "bookworm-backports")])

    def test_should_keep_how_the_mirror_is_trusted(self):
        for source in sources.of_debian(sources.one_line(ONE_LINE), "bookworm")[::2]:
            self.assertIn("Signed-By: /etc/apt/keyrings/site.gpg\nCheck-Valid-Until: no\n",
                          source.stanza("amd64"))

    def test_should_take_suites_the_machine_does_not_list_from_the_same_mirror(self):
        self.assertEqual(self.choose(sources.deb822(DEB822)), [
            ("https://mirror.site.example/linux/debian", "bookworm"),
            ("https://mirror.site.example/linux/debian", "bookworm-backports")])

    def test_should_check_other_releases_by_the_whole_keyring(self):
        found = sources.one_line("deb [signed-by=/usr/share/keyrings/debian-archive-trixie-stable"
                                 ".gpg] http://mirror.example/debian trixie main")
        with tempfile.NamedTemporaryFile() as keyring:
            with mock.patch.object(sources, "KEYRING", keyring.name):
                chosen = sources.of_debian(found, "bookworm")
            self.assertEqual({source.signed_by for source in chosen}, {keyring.name})

    def test_should_say_that_the_machine_has_no_source_of_debian(self):
        other = sources.one_line("deb http://archive.example/ubuntu noble main universe")
        with self.assertRaisesRegex(MissingError, "apt has no source of Debian"):
            self.choose(other)


class Mirror(http.server.BaseHTTPRequestHandler):
    """A proxy behind which there is a mirror with one package."""

    PACKAGES = b"Package: linux-image-6.1.0-7-amd64\nVersion: 6.1.7-1\nArchitecture: amd64\n" \
               b"Filename: pool/l.deb\nSize: 2000000\nSHA256: " + b"0" * 64 + b"\n\n"
    RELEASE = ("Origin: Site\nSuite: any\nCodename: any\nArchitectures: amd64\n"
               "Components: main\nDate: Sat, 01 Jan 2022 00:00:00 UTC\nSHA256:\n "
               f"{hashlib.sha256(PACKAGES).hexdigest()} {len(PACKAGES)} "
               "main/binary-amd64/Packages\n").encode()

    def do_GET(self):
        self.server.asked.append(self.path)
        bodies = {"Release": self.RELEASE, "Packages": self.PACKAGES}
        body = None if "/missing/" in self.path else bodies.get(self.path.split("/")[-1])
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


@unittest.skipUnless(shutil.which("apt-get"), "apt is not installed")
class AptTest(unittest.TestCase):
    """apt with the configuration of a site: a mirror that only its proxy can reach."""

    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
        self.server.asked = []
        self.addCleanup(self.server.server_close)
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.shutdown)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        site = self.folder / "apt.conf"
        site.write_text(f'Dir::Etc "{self.folder}";\nDir::Etc::parts "/dev/null";\n'
                        f'Acquire::http::Proxy "http://127.0.0.1:{self.server.server_port}";\n'
                        f'Dir::Cache "{self.folder}/elsewhere";\n')
        environment = {name: value for name, value in os.environ.items()
                       if not name.lower().endswith("_proxy")}
        patch = mock.patch.dict(os.environ, {**environment, "APT_CONFIG": str(site)}, clear=True)
        patch.start()
        self.addCleanup(patch.stop)

    def list(self, text):
        (self.folder / "sources.list").write_text(text)

    def update(self):
        with contextlib.redirect_stderr(io.StringIO()) as said:
            apt = Apt(self.folder / "rig", Progress())
            apt.update()
        return apt, said.getvalue()

    def test_should_ask_the_mirror_of_the_machine_by_its_proxy(self):
        self.list("deb [trusted=yes] http://mirror.invalid/debian bookworm main\n")
        apt, said = self.update()
        self.assertIn("from http://mirror.invalid/debian (", said)
        self.assertEqual(apt.newest(r"linux-image-(6\.1\.0-\d+-amd64)"),
                         ("linux-image-6.1.0-7-amd64", "6.1.7-1"))
        self.assertIn("http://mirror.invalid/debian/dists/bookworm-backports/Release",
                      self.server.asked)

    def test_should_ask_again_when_the_sources_have_changed(self):
        self.list("deb [trusted=yes] http://mirror.invalid/debian bookworm main\n")
        self.update()
        asked = len(self.server.asked)
        self.update()
        self.assertEqual(len(self.server.asked), asked)
        self.list("deb [trusted=yes] http://other.invalid/debian bookworm main\n")
        self.update()
        self.assertIn("http://other.invalid/debian/dists/bookworm/Release", self.server.asked)

    def test_should_name_the_mirror_that_fails(self):
        self.list("deb [trusted=yes] http://mirror.invalid/missing bookworm main\n")
        with self.assertRaisesRegex(MissingError, "http://mirror.invalid/missing"):
            self.update()

    def test_should_name_a_key_that_is_missing(self):
        self.list("deb [signed-by=/none/site.gpg] http://mirror.invalid/debian bookworm main\n")
        with self.assertRaisesRegex(MissingError, "/none/site.gpg is missing"):
            self.update()


if __name__ == "__main__":
    unittest.main()
