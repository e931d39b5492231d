#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""net_bonding in mode 6 (alb) with the kernels of four hosts as its peers, behind a bridge.

Each host asks by ARP for the address of the bond and pings it. Both members of the bond serve hosts; when the interface
of one member is deleted, its hosts are told another address, and when it returns, they are shared again. Runs against
the product as it was built, in network namespaces; needs root.
"""

import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

LIMIT = 60
TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
HOTBUS = TOP + "/launcher/hotbus"
HOSTS = range(1, 5)
BOND = "10.9.0.100"
MEMBERS = {"m0": "02:00:00:00:0a:00", "m1": "02:00:00:00:0a:01"}
OF_BOND = "02:00:42:4f:00:00"  # its primary member has that
PING_SECONDS = 0.02
IN_A_NAMESPACE = "HOTBUS_TEST_NAMESPACE"


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def name(host):
    return "hotbus-%d-%d" % (os.getpid(), host)


def member(interface):
    """A member's interface, whose other end is a port of the bridge."""
    ip("link", "add", interface, "address", MEMBERS[interface], "type", "veth", "peer", "name", "s" + interface)
    ip("link", "set", "s" + interface, "master", "switch", "up")
    ip("link", "set", interface, "up")


def build():
    ip("link", "add", "switch", "type", "bridge")
    ip("link", "set", "switch", "up")
    for interface in MEMBERS:
        member(interface)
    for host in HOSTS:
        ip("netns", "add", name(host))
        ip("link", "add", "q%d" % host, "type", "veth", "peer", "name", "p", "netns", name(host))
        ip("link", "set", "q%d" % host, "master", "switch", "up")
        ip("-n", name(host), "address", "add", "10.9.0.%d/24" % host, "dev", "p")
        ip("-n", name(host), "link", "set", "p", "up")


def address(host):
    """What the host has learnt of the bond: an address of Ethernet, or None."""
    known = subprocess.run(["ip", "-j", "-n", name(host), "neigh", "show", "to", BOND], check=True,
                           stdout=subprocess.PIPE).stdout
    return next((entry.get("lladdr") for entry in json.loads(known or "[]")), None)


def await_(what, condition):
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("not within %d s: %s (hosts know %s)" % (LIMIT, what, known()))
        time.sleep(0.05)


def checksum(data):
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def ping():
    """In a host: pings until its input ends, then tells what was sent and answered, and the longest gap in seconds."""
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    raw.settimeout(PING_SECONDS)
    os.set_blocking(0, False)
    sent = 0
    answered = set()
    last = time.monotonic()
    longest = 0.0
    ends = 0.0  # half a second after the end of the input
    while not ends or time.monotonic() < ends:
        now = time.monotonic()
        if not ends:
            head = struct.pack(">BBHHH", 8, 0, 0, os.getpid() & 0xFFFF, sent & 0xFFFF)
            raw.sendto(head[:2] + struct.pack(">H", checksum(head)) + head[4:], (BOND, 0))
            sent += 1
            try:
                ends = now + 0.5 if os.read(0, 1) == b"" else 0.0
            except BlockingIOError:
                pass
        try:
            while time.monotonic() < now + PING_SECONDS:
                data = raw.recv(1500)
                if data[20] == 0 and data[24:26] == struct.pack(">H", os.getpid() & 0xFFFF):
                    answered.add(data[26:28])
                    longest = max(longest, time.monotonic() - last)
                    last = time.monotonic()
        except socket.timeout:
            pass
    print(sent, len(answered), max(longest, time.monotonic() - last - 0.5))


class Product:
    """A shell of the product, which answers ARP and pings on its bond."""

    def __init__(self, folder):
        self._log = open(folder + "/log", "w+b")
        self.process = subprocess.Popen(
            [HOTBUS, "shell", "--no-telemetry", "--forward-mode", "icmpecho", "--auto-start",
             "--vdev", "net_bonding0,mode=6,member=net_af_packet0,member=net_af_packet1",
             "--vdev", "net_af_packet0,iface=m0", "--vdev", "net_af_packet1,iface=m1"],
            stdin=subprocess.PIPE, stdout=self._log, stderr=subprocess.STDOUT)
        await_("the bond forwards", lambda: "forwarding started" in self.text())

    def text(self):
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def active(self):
        """The members that are used, as the shell names them."""
        before = len(self.text())
        self.process.stdin.write(b"show bonding config net_bonding0\n")
        self.process.stdin.flush()
        await_("the bond's configuration", lambda: re.search(r"(?m)^active: .*\n", self.text()[before:]))
        return re.search(r"(?m)^active: (.*)$", self.text()[before:]).group(1)


class Pings:
    """All hosts ping until the end of the block."""

    def __enter__(self):
        self._hosts = [subprocess.Popen(["ip", "netns", "exec", name(host), sys.executable, __file__, "ping"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE) for host in HOSTS]
        return self

    def __exit__(self, *_):
        self.results = []
        for host in self._hosts:
            self.results.append(host.communicate(timeout=LIMIT)[0].split())

    def lost(self):
        return sum(int(sent) - int(answered) for sent, answered, _ in self.results)

    def longest(self):
        return max(float(gap) for _, _, gap in self.results)


def known():
    """The addresses that the hosts have learnt."""
    return {address(host) for host in HOSTS}


def should_share_the_hosts_out(product):
    assert product.active() == "net_af_packet0, net_af_packet1", product.active()
    with Pings() as pings:
        await_("both members serve hosts", lambda: known() == {OF_BOND, MEMBERS["m1"]})
    print("  %d pings lost, longest gap %.0f ms" % (pings.lost(), pings.longest() * 1000))


def should_tell_the_hosts_of_a_member_that_is_gone(product):
    with Pings() as pings:
        time.sleep(1)
        ip("link", "del", "m0")
        await_("all hosts know the other member", lambda: known() == {OF_BOND})
        await_("the member has left", lambda: product.active() == "net_af_packet1")
    print("  %d pings lost, longest gap %.0f ms" % (pings.lost(), pings.longest() * 1000))
    assert pings.longest() < 5, pings.results


def should_share_them_out_again_when_it_returns(product):
    with Pings() as pings:
        member("m0")
        await_("the member is back", lambda: product.active() == "net_af_packet0, net_af_packet1")
        await_("both members serve hosts", lambda: known() == {OF_BOND, MEMBERS["m0"]})
    print("  %d pings lost, longest gap %.0f ms" % (pings.lost(), pings.longest() * 1000))
    assert pings.longest() < 5, pings.results


TESTS = (should_share_the_hosts_out, should_tell_the_hosts_of_a_member_that_is_gone,
         should_share_them_out_again_when_it_returns)


def main():
    if os.geteuid() != 0 or not shutil.which("ip"):
        print("SKIP alb: it needs root and ip (apt-get install iproute2)")
        return 0
    if IN_A_NAMESPACE not in os.environ:
        os.environ[IN_A_NAMESPACE] = "1"
        os.execvp("unshare", ["unshare", "--net", sys.executable, __file__])
    work = tempfile.mkdtemp()
    product = None
    failed = 0
    try:
        build()
        os.environ["HOTBUS_STATE_DIR"] = work + "/state"
        product = Product(work)
        for test in TESTS:
            try:
                test(product)
                print("ok", test.__name__)
            except (AssertionError, OSError, subprocess.SubprocessError) as e:
                failed += 1
                print("FAIL", test.__name__, e)
        if failed:
            print(product.text()[-4000:])
    finally:
        if product:
            product.process.kill()
            product.process.wait()
        for host in HOSTS:
            subprocess.run(["ip", "netns", "del", name(host)], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(work)
    print("\n%d passed, %d failed" % (len(TESTS) - failed, failed))
    return failed != 0


if sys.argv[1:] == ["ping"]:
    ping()
else:
    sys.exit(main())
