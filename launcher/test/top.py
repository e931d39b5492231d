#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""launcher/hotbus top: pages and a terminal, a process that goes and the next one, and one of DPDK.

Runs against the product as it was built.
"""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LIMIT = 60
TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
HOTBUS = TOP + "/launcher/hotbus"
NUMBER = r"[1-9][0-9.]*[kMG]?"
STARTED = r"{} +started +up +" + r" +".join([NUMBER] * 4)


def run(*options):
    """Exit code and output of `top` with a pipe as its output."""
    done = subprocess.run([HOTBUS, "top", *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=LIMIT, check=False)
    return done.returncode, done.stdout.decode()


class Process:
    """A shell of the product, whose verbs are written to a pipe."""

    def __init__(self, prefix):
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [HOTBUS, "shell", "--file-prefix", prefix, "--auto-start", "--vdev", "net_null0", "--vdev", "net_null1",
             "--vdev", "net_sim0,loopback=1,uevent_ms=50"],
            stdin=subprocess.PIPE, stdout=self._log, stderr=subprocess.STDOUT)
        self.expect("forwarding started")

    def say(self, *verbs):
        self._process.stdin.write("".join(verb + "\n" for verb in verbs).encode())
        self._process.stdin.flush()

    def expect(self, pattern):
        end = time.monotonic() + LIMIT
        while not re.search(pattern, self.text()):
            if time.monotonic() > end:
                raise AssertionError("expected %s, was shown:\n%s" % (pattern, self.text()))
            time.sleep(0.05)

    def text(self):
        self._log.seek(0)
        return self._log.read().decode()

    def kill(self):
        self._process.kill()
        self._process.wait()


class Screen:
    """`top` at a terminal of its own. What is drawn is kept as it comes, without its escapes."""

    def __init__(self, *options, term="vt100"):
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # what nohup or a runner of CI starts ignores it
            os.execve(HOTBUS, ["hotbus", "top", *options], {**os.environ, "TERM": term})
        self._drawn = ""

    def expect(self, pattern):
        """Waits until what was drawn since the last call matches."""
        end = time.monotonic() + LIMIT
        while not re.search(pattern, self._drawn, re.DOTALL):
            ready, _, _ = select.select([self._fd], [], [], max(0, end - time.monotonic()))
            try:
                data = os.read(self._fd, 65536) if ready else b""
            except OSError:
                data = b""
            if not data:
                raise AssertionError("expected %s, was drawn:\n%r" % (pattern, self._drawn))
            self._drawn += re.sub(r"\x1b[\[(][0-9;?]*[A-Za-z]|\x1b[=>78M]|[\x0e\x0f]", " ", data.decode())
        self._drawn = ""

    def press(self, key):
        os.write(self._fd, key.encode())

    def ended(self):
        end = time.monotonic() + LIMIT
        while True:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > end:
                os.kill(self._pid, signal.SIGKILL)
            time.sleep(0.01)


def should_say_that_there_is_no_process(_):
    code, text = run("-b", "-n", "1")
    assert code == 1 and "no process answers in" in text and "launcher/hotbus run" in text, text


def should_refuse_what_makes_no_sense(_):
    for options in (["-d", "0"], ["-n", "0"], ["--sort", "name"], ["--nonsense"]):
        code, text = run(*options)
        assert code == 2 and options[-1].lstrip("-") in text, (options, text)


def should_print_a_page(processes):
    processes["one"] = Process("one")
    code, text = run("-n", "1", "-d", "0.5")
    assert code == 0, text
    for pattern in (r"^hotbus [0-9.]+, pid [0-9]+ +3 port\(s\) +lcores [0-9]+ \([0-9]+% busy\)", r"^PORT NAME +STATE +LINK +RX-PPS",
                    STARTED.format("0 net_null0"), STARTED.format("1 net_null1"), r"2 net_sim0 +started +up",
                    r"^REMOVALS 0"):
        assert re.search(pattern, text, re.MULTILINE), (pattern, text)


def should_show_a_removal_while_it_draws(processes):
    screen = Screen("-d", "0.25")
    screen.expect("net_sim0.*REMOVALS 0.*q quit")
    processes["one"].say("device yank net_sim0")
    # A screen draws what has changed alone.
    screen.expect("1.*net_sim0.*noticed by [A-Z_]+, detached after [0-9.]+ ms")
    screen.press("s")
    screen.expect("s sort by tx")
    screen.press("q")
    assert screen.ended() == 0


def should_refuse_a_terminal_that_nobody_knows(_):
    screen = Screen(term="no-such-terminal")
    screen.expect(r"this terminal is unknown \(TERM=no-such-terminal.*use --batch")
    assert screen.ended() == 2


def should_ask_which_process_is_meant(processes):
    processes["two"] = Process("two")
    code, text = run("-b", "-n", "1")
    assert code == 2 and "choose one by --file-prefix: one, two" in text, text
    code, text = run("-b", "-n", "1", "-f", "two")
    assert code == 0 and "REMOVALS 0" in text, text


def should_wait_for_the_next_process_of_the_prefix(processes):
    screen = Screen("-d", "0.25", "-f", "two")
    screen.expect("net_null0.*q quit")
    processes.pop("two").kill()
    screen.expect(r"the process with the file prefix two is not there \(waiting for it\)")
    processes["two"] = Process("two")
    screen.expect("net_null0")
    screen.press("q")
    assert screen.ended() == 0


def should_end_by_an_interrupt_and_a_closed_pipe(_):
    screen = Screen("-d", "0.25", "-f", "two")
    screen.expect("q quit")
    screen.press("\x03")
    assert screen.ended() == 0
    done = subprocess.run("%s top -b -d 0.1 -f two | head -n 1" % HOTBUS, shell=True, timeout=LIMIT, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.stdout.startswith(b"hotbus ") and done.stderr == b"", done.stderr


def should_show_a_process_of_dpdk(processes):
    processes["dpdk"] = subprocess.Popen(
        ["dpdk-testpmd", "--no-huge", "-m", "128", "--no-pci", "--file-prefix", "dpdk", "--lcores", "(0,1)@0", "--vdev",
         "net_null0", "--vdev", "net_null1", "--", "-i", "--auto-start", "--total-num-mbufs", "2048"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + LIMIT
    code, text = 1, ""
    while not re.search(STARTED.format("0 net_null0"), text) and time.monotonic() < end:
        code, text = run("-b", "-n", "1", "-d", "0.2", "-f", "dpdk")
    assert code == 0 and re.match(r"DPDK [0-9.]+, pid [0-9]+ +2 port\(s\)", text), text
    assert "REMOVALS" not in text, text


TESTS = [should_say_that_there_is_no_process, should_refuse_what_makes_no_sense, should_print_a_page,
         should_show_a_removal_while_it_draws, should_refuse_a_terminal_that_nobody_knows,
         should_ask_which_process_is_meant,
         should_wait_for_the_next_process_of_the_prefix, should_end_by_an_interrupt_and_a_closed_pipe]


def main():
    work = tempfile.mkdtemp()
    os.environ["RUNTIME_DIRECTORY"] = work
    os.environ["HOTBUS_STATE_DIR"] = work + "/state"  # removals of former runs are not shown
    processes = {}
    failed = 0
    tests = list(TESTS)
    if shutil.which("dpdk-testpmd"):
        tests.append(should_show_a_process_of_dpdk)
    else:
        print("SKIP should_show_a_process_of_dpdk: no dpdk-testpmd (apt-get install dpdk-dev)")
    try:
        for test in tests:
            try:
                test(processes)
                print("ok", test.__name__)
            except (AssertionError, OSError, subprocess.SubprocessError) as e:
                failed += 1
                print("FAIL", test.__name__, e)
    finally:
        for process in processes.values():
            process.kill()
        shutil.rmtree(work)
    print("\n%d passed, %d failed" % (len(tests) - failed, failed))
    return failed != 0


sys.exit(main())
