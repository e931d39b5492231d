#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The shell at a terminal: TAB, mistyped verbs, and a verb that comes and goes with its bundle.

Runs against the product as it was built.
"""

import fcntl
import glob
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

LIMIT = 60
TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")
VERBS = """
public class Fans implements org.osgi.framework.BundleActivator {
    public void start(org.osgi.framework.BundleContext context) {
        java.util.List<io.hotbus.cli.Verb<?>> verbs = java.util.List.of(
                io.hotbus.cli.Verb.of("fan NAME on|off", "switch a fan: {NAME}",
                        words -> words.get(0) + " is " + words.get(1))
                        .with("NAME", () -> java.util.List.of("front", "rear")));
        context.registerService(io.hotbus.cli.Verbs.class, () -> verbs, null);
    }

    public void stop(org.osgi.framework.BundleContext context) {
    }
}
"""
MANIFEST = """Bundle-ManifestVersion: 2
Bundle-SymbolicName: org.acme.fans
Bundle-Version: 1.0.0
Bundle-Activator: Fans
Import-Package: org.osgi.framework, io.hotbus.cli
"""


class Shell:
    """The shell of the launcher at a terminal of its own."""

    def __init__(self, environment):
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execve(TOP + "/launcher/hotbus",
                      ["hotbus", "shell", "--vdev", "net_null0"], environment)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
        self._shown = ""

    def type(self, keys, *patterns):
        """Types the keys, and waits until what is shown since then matches each of the patterns."""
        self._shown = ""
        os.write(self._fd, keys.encode())
        self.expect(*patterns)

    def expect(self, *patterns):
        """Waits until what is shown matches each of the patterns."""
        end = time.monotonic() + LIMIT
        while not all(re.search(p, ESCAPES.sub("", self._shown), re.DOTALL) for p in patterns):
            if not self._read(end):
                raise AssertionError("expected %s, was shown:\n%s" % (patterns, self._shown))

    def _read(self, end):
        ready, _, _ = select.select([self._fd], [], [], max(0, end - time.monotonic()))
        try:
            data = os.read(self._fd, 65536) if ready else b""
        except OSError:  # the shell has ended
            data = b""
        self._shown += data.decode(errors="replace")
        return data

    def ended(self):
        """Waits for the end of the process, and returns its exit code."""
        while self._read(time.monotonic() + LIMIT):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def kill(self):
        os.kill(self._pid, signal.SIGKILL)


def make_bundle(work):
    """Compiles a bundle that brings a verb, and returns its jar."""
    home = os.environ.get("JAVA_HOME")
    tools = home + "/bin/" if home else ""
    for name, text in ("Fans.java", VERBS), ("MANIFEST.MF", MANIFEST):
        with open(os.path.join(work, name), "w", encoding="ascii") as file:
            file.write(text)
    export = TOP + "/launcher/target/export"
    path = glob.glob(export + "/lib/*.jar") + glob.glob(export + "/hotbus/io.hotbus.cli-*.jar")
    subprocess.run([tools + "javac", "--release", "17", "-cp", ":".join(path), "Fans.java"],
                   cwd=work, check=True)
    subprocess.run([tools + "jar", "cfm", "fans.jar", "MANIFEST.MF", "Fans.class"],
                   cwd=work, check=True)
    return os.path.join(work, "fans.jar")


def should_complete_by_the_ports_there_are(shell, _):
    shell.type("show port stats \t", r"0\s+all\s+net_null0")
    shell.type("\r", "'show port stats' is not understood.*hotbus> ")


def should_name_the_verb_that_may_be_meant(shell, _):
    shell.type("strat\r", r"'strat' is not a verb \(did you mean start\?.*hotbus> ")


def should_show_json(shell, _):
    shell.type("show port info 0 --json\r", r'"driver" : "net_null".*hotbus> ')


def should_complete_a_verb_that_came_while_the_shell_was_open(shell, work):
    deploy = os.path.join(work, "deploy")
    shutil.copy(make_bundle(work), os.path.join(deploy, ".fans.jar"))
    os.rename(os.path.join(deploy, ".fans.jar"), os.path.join(deploy, "fans.jar"))
    shell.expect("org.acme.fans.*installed|installed.*org.acme.fans|org.acme.fans.*runs")
    shell.type("help fan\r", "switch a fan: front, rear.*hotbus> ")
    shell.type("fan \t", r"front\s+rear")
    shell.type("\r", "'fan' is not understood.*hotbus> ")
    shell.type("fan rear o\t", r"off\s+on")
    shell.type("n\r", "rear is on.*hotbus> ")


def should_forget_a_verb_that_went(shell, work):
    os.remove(os.path.join(work, "deploy", "fans.jar"))
    shell.expect("org.acme.fans.*uninstalled")
    shell.type("fan rear on\r", "'fan' is not a verb.*hotbus> ")


def should_keep_apart_what_is_typed_and_what_is_logged(shell, work):
    shell.type("show port st", "show port st")
    with open(os.path.join(work, "deploy", "broken.jar"), "w", encoding="ascii") as file:
        file.write("no jar")
    # The line is drawn anew below what was logged, and goes on where it was.
    shell.expect(r"broken.jar[^\r\n]*\r?\n[^\n]*hotbus> show port st *$")
    shell.type("ats 0\r", "NIC statistics for port 0.*hotbus> ")


def should_quit(shell, _):
    shell.type("quit\r", "Bye")
    assert shell.ended() == 0


def main():
    work = tempfile.mkdtemp()
    os.mkdir(work + "/deploy")
    os.mkdir(work + "/etc")
    shell = Shell(dict(os.environ, TERM="xterm", HOTBUS_LOG="INFO", HOTBUS_DEPLOY=work + "/deploy",
                       HOTBUS_ETC=work + "/etc", HOTBUS_STATE_DIR=work + "/state"))
    test = None
    try:
        shell.expect("hotbus> ")
        for test in (should_complete_by_the_ports_there_are,
                     should_name_the_verb_that_may_be_meant, should_show_json,
                     should_complete_a_verb_that_came_while_the_shell_was_open,
                     should_forget_a_verb_that_went,
                     should_keep_apart_what_is_typed_and_what_is_logged, should_quit):
            test(shell, work)
            print("ok", test.__name__)
    except AssertionError as e:
        shell.kill()
        print("FAIL", test.__name__ if test else "should_start", e)
        sys.exit(1)
    finally:
        shutil.rmtree(work)


main()
