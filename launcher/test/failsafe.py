#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A failsafe port on two network interfaces, of which one goes and comes back while frames flow.

launcher/test/failsafe.py [--device veth|tap] [--times N] [--rate FRAMES] [--replay on|off] [--dpdk] [--json FILE]

Runs against the product as it was built, as root, in a network namespace of its own. Numbered frames go through
hotbus from one interface to a failsafe port on two others, and are counted where they come out. The preferred one is
the end of a veth pair, which is moved into another namespace and back, or a tap interface, which is deleted, so that
the driver makes it again. Without --device, both are tried.
"""
from __future__ import annotations

import argparse
import ctypes
import json
import os
import re
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
LIMIT_SECONDS = 60.0
ETHERTYPE = 0x88B5  # for local experiments: IEEE 802
HEADER = bytes.fromhex("ffffffffffff" "020000000001") + struct.pack("!H", ETHERTYPE)
CLONE_NEWNET = 0x40000000
BUFFER = 64 << 20
AWAY_SECONDS = 0.5
SO_RCVBUFFORCE = 33
SOL_PACKET = 263
PACKET_STATISTICS = 6


class Failure(Exception):
    """What went wrong."""


def await_(what: str, condition) -> None:
    end = time.monotonic() + LIMIT_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise Failure(f"not within {LIMIT_SECONDS:.0f} s: {what}")
        time.sleep(0.005)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def packet_socket(interface: str) -> socket.socket:
    """Of one interface, or of all if that is empty."""
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE))
    if interface:
        opened.bind((interface, ETHERTYPE))
    opened.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
    opened.setblocking(False)
    return opened


class Sender(threading.Thread):
    """Sends numbered frames at a steady rate."""

    def __init__(self, interface: str, rate: int) -> None:
        super().__init__(daemon=True)
        self._socket = packet_socket(interface)
        self._rate = rate
        self.sent = 0
        self.stopped = False

    def run(self) -> None:
        begin = time.monotonic()
        while not self.stopped:
            due = int((time.monotonic() - begin) * self._rate)
            while self.sent < due:
                try:
                    self._socket.send(HEADER + struct.pack("!Q", self.sent) + bytes(38))
                except BlockingIOError:
                    break
                self.sent += 1
            time.sleep(0.001)


class Receiver(threading.Thread):
    """Counts the frames that arrive, and the longest time without any."""

    def __init__(self, source: str) -> None:
        """Of all interfaces but source, also of those that are made later."""
        super().__init__(daemon=True)
        self._socket = packet_socket("")
        self._source = source
        self._last = time.monotonic()
        self.numbers: set[int] = set()
        self.twice = 0
        self.longest_gap = 0.0
        self._dropped = 0
        self.stopped = False

    def dropped(self) -> int:
        """How many frames did not fit into the sockets."""
        self._dropped += struct.unpack("II", self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]
        return self._dropped

    def run(self) -> None:
        while not self.stopped:
            select.select([self._socket], [], [], 1)
            try:
                frame, (interface, *_) = self._socket.recvfrom(2048)
            except OSError:
                continue
            if interface != self._source:
                self._note(struct.unpack_from("!Q", frame, len(HEADER))[0])

    def _note(self, number: int) -> None:
        now = time.monotonic()
        self.longest_gap = max(self.longest_gap, now - self._last)
        self._last = now
        if number in self.numbers:
            self.twice += 1
        self.numbers.add(number)


class Product:
    """hotbus with its shell on a pipe, or dpdk-testpmd, which has the same verbs."""

    def __init__(self, out: Path, dpdk: bool, *devices: str) -> None:
        self._out = out
        command = [str(TOP / "launcher/hotbus"), "shell"]
        if dpdk:
            command = ["stdbuf", "-o0", "dpdk-testpmd", "--no-huge", "-m", "256", "--no-pci", "--lcores", "0@0,1@1",
                       f"--file-prefix=hotbus-failsafe-{os.getpid()}", "--no-telemetry"]
        command += [word for device in devices for word in ("--vdev", device)]
        if dpdk:
            command += ["--", "-i", "--total-num-mbufs=8192"]
        with open(out, "wb") as file:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file, stderr=subprocess.STDOUT)

    def say(self, line: str) -> None:
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def ask(self, line: str, pattern: str) -> re.Match[str]:
        """Says the line until what it prints matches; what it printed last."""
        found: list[re.Match[str]] = []

        def answered() -> bool:
            before = len(self.text())
            self.say(line)
            time.sleep(0.1)
            match = re.search(pattern, self.text()[before:])
            if match:
                found.append(match)
            return match is not None

        await_(f"'{line}' printed '{pattern}'", answered)
        return found[-1]

    def text(self) -> str:
        return self._out.read_text(errors="replace")

    def quit(self) -> int:
        self.say("quit")
        return self._process.wait(LIMIT_SECONDS)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@dataclass(frozen=True)
class Result:
    """What became of the frames."""

    removals: int
    sent: int
    received: int
    missed: int  # of no room in the ring of the port that received them first
    refused: int  # by the failsafe port, and dropped by the engine
    twice: int
    again: int | None  # how many were sent again, so that as many may come twice; None: it does not tell
    gaps: list[float]  # by removal, the longest time without a frame, in milliseconds

    @property
    def lost(self) -> int:
        return self.sent - self.received - self.missed - self.refused

    def __str__(self) -> str:
        gaps = sorted(self.gaps)
        return (f"{self.removals} removals at {self.sent} frames: missed {self.missed}, refused {self.refused}, "
                f"lost {self.lost}, twice {self.twice}, sent again {self.again}; longest gap "
                f"p50 {gaps[len(gaps) // 2]:.1f} ms, longest {gaps[-1]:.1f} ms")

    def wrong(self) -> str:
        """Why that is not what replay promises; empty if it is."""
        if self.lost > 0:
            return f"{self.lost} frames were lost"
        if self.again is not None and self.twice > self.again:
            return f"{self.twice} frames came twice, and {self.again} were sent again"
        return ""


class Veth:
    """A preferred interface that is moved into another namespace, and back."""

    devargs = "net_af_packet1,iface=a0"

    def __init__(self, dpdk: bool) -> None:
        self._dpdk = dpdk
        self._other = f"hotbus-failsafe-{os.getpid()}"
        ip("netns", "add", self._other)
        veth("a")

    def close(self) -> None:
        ip("link", "del", "a1")
        ip("netns", "del", self._other)

    def take_away(self, product: Product, removals: int) -> None:
        ip("link", "set", "a0", "netns", self._other)
        if self._dpdk:
            time.sleep(AWAY_SECONDS)
        else:
            product.ask("show failsafe net_failsafe0", rf"0 +\S+ +away .*removed {removals}\b")

    def bring_back(self) -> None:
        ip("-n", self._other, "link", "set", "a0", "netns", str(os.getpid()))
        ip("link", "set", "a0", "up")


class Tap:
    """A preferred interface that the driver makes, and makes again when it is deleted."""

    devargs = "net_tap0,iface=a0"

    def __init__(self, dpdk: bool) -> None:
        self._dpdk = dpdk

    def close(self) -> None:
        """It ends with the product."""

    def take_away(self, product: Product, removals: int) -> None:
        ip("link", "del", "a0")
        if self._dpdk:
            time.sleep(AWAY_SECONDS)
        else:
            product.ask("show failsafe net_failsafe0", rf"0 .*removed {removals}\b")

    def bring_back(self) -> None:
        """The driver does that."""


DEVICES = {"veth": Veth, "tap": Tap}


def veth(name: str) -> None:
    ip("link", "add", f"{name}0", "up", "type", "veth", "peer", "name", f"{name}1")
    ip("link", "set", f"{name}1", "up")


def run(kind: str, times: int, rate: int, replay: str, dpdk: bool, folder: Path) -> Result:
    preferred = DEVICES[kind](dpdk)
    veth("b")
    veth("c")
    ours = "" if dpdk else f"replay={replay},"
    product = Product(
        folder / "out", dpdk, "net_af_packet0,iface=c1",
        f"net_failsafe0,{ours}dev({preferred.devargs}),dev(net_af_packet2,iface=b0)")
    receiver = Receiver("c1")
    try:
        receiver.start()
        product.say("start")
        await_("packets are forwarded", lambda: re.search("packet forwarding - ports=[23]", product.text()))
        sender = Sender("c0", rate)
        sender.start()
        await_("the first frames arrive", lambda: len(receiver.numbers) > rate // 10)
        gaps = []
        for i in range(times):
            receiver.longest_gap = 0.0
            preferred.take_away(product, i + 1)
            gaps.append(receiver.longest_gap * 1000)
            preferred.bring_back()
            if dpdk:
                time.sleep(AWAY_SECONDS)
            else:
                product.ask("show failsafe net_failsafe0", r"0 +\S+ +started +link up +sends")
            time.sleep(0.1)
        sender.stopped = True
        sender.join()
        loses = dpdk or replay == "off"
        if loses:
            time.sleep(AWAY_SECONDS)
        return result(receiver, sender, gaps, product, dpdk, not loses)
    finally:
        receiver.stopped = True
        product.kill()
        for name in ("b0", "c0"):
            ip("link", "del", name)
        preferred.close()


def count(receiver: Receiver, sender: Sender, gaps: list[float], product: Product, dpdk: bool) -> Result:
    missed = int(product.ask("show port stats 0", r"RX-missed: (\d+)")[1])
    if dpdk:
        # The engine may forward to its sub-devices, too, by numbers that depend on the order: what all ports refused.
        shown = product.ask("show fwd stats all", r"(?s)Forward statistics.*Accumulated[^+]*\+")[0]
        refused = sum(map(int, re.findall(r"TX-dropped: (\d+)", shown.partition("Accumulated")[0])))
        again = None
    else:
        refused = int(product.ask("show fwd stats all", r"port 1 [^+]*?TX-dropped: (\d+)")[1])
        again = int(product.ask("show port xstats 1", r"tx_q0_replayed_packets: (\d+)")[1])
    return Result(len(gaps), sender.sent, len(receiver.numbers), missed + receiver.dropped(), refused,
                  receiver.twice, again, gaps)


def result(receiver: Receiver, sender: Sender, gaps: list[float], product: Product, dpdk: bool,
           replay: bool) -> Result:
    seen = count(receiver, sender, gaps, product, dpdk)
    end = time.monotonic() + LIMIT_SECONDS
    while replay and seen.lost and time.monotonic() < end:  # they may be under way
        seen = count(receiver, sender, gaps, product, dpdk)
    code = 0 if dpdk else product.quit()
    if code:
        raise Failure(f"hotbus ended with {code}")
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=DEVICES, help="which kind of interface goes")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--rate", type=int, default=5000)
    parser.add_argument("--replay", choices=("on", "off"), default="on")
    parser.add_argument("--dpdk", action="store_true", help="the same with DPDK's net_failsafe, to compare")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was counted to FILE")
    options = parser.parse_args()
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        print("SKIP failsafe: root, and a network namespace, are needed")
        return 0
    failed = [kind for kind in ([options.device] if options.device else DEVICES) if not try_(kind, options)]
    if not options.dpdk:
        tried = 1 if options.device else len(DEVICES)
        print(f"\n{tried - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def try_(kind: str, options: argparse.Namespace) -> bool:
    """Whether nothing was wrong."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOTBUS_STATE_DIR"] = f"{folder}/state"
        try:
            seen = run(kind, options.times, options.rate, options.replay, options.dpdk, Path(folder))
            print(f"{'dpdk-testpmd, ' if options.dpdk else ''}{kind}: {seen}")
            if options.json:
                options.json.write_text(json.dumps(asdict(seen) | {"lost": seen.lost}))
            if seen.wrong() and options.replay == "on" and not options.dpdk:
                raise Failure(seen.wrong())
        except Failure as e:
            print("\n".join((Path(folder) / "out").read_text(errors="replace").splitlines()[-30:]))
            print(f"FAIL failsafe: {kind}: {e}")
            return False
    if not options.dpdk:
        print(f"ok a failsafe port loses no frame when a {kind} interface goes")
    return True


if __name__ == "__main__":
    sys.exit(main())
