#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes away what lies under virtual devices, many times, while two lcores forward at full load.

launcher/test/unplug.py [--times N] [DRIVER...]      run by hand, as root; builds nothing

Two devices of each driver stand between two null ports, so that each lcore sends to them as fast as they go. Two rings
wired to each other are the other ports: 64 packets go round and round in them. Passed if the process survives each removal, both
devices are detached and attached again and forward, no packet of the rings is lost, and no descriptor, mapping or
buffer is left over.
"""
from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
RING = "nodeaction=a:0:{0},nodeaction=b:0:{0}"
LIMIT_SECONDS = 60.0
LOAD_SECONDS = 0.1  # between two removals
WARM_UP = 5  # removals after which a JVM has opened what it keeps open
IN_RINGS = 64


class Failure(Exception):
    """What went wrong, for the last line of the report."""


def await_(what: str, condition) -> None:
    end = time.monotonic() + LIMIT_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise Failure(f"not within {LIMIT_SECONDS:.0f} s: {what}")
        time.sleep(0.002)


class Veth:
    """A driver of network interfaces, on both ends of a veth pair: both go at once."""

    def __init__(self, driver: str, namespace: str) -> None:
        self.namespace = namespace
        self.devargs = [f"{driver}0,iface=l0", f"{driver}1,iface=l1"]
        self.restore()

    def remove(self) -> None:
        self.ip("link", "del", "l0")

    def restore(self) -> None:
        self.ip("link", "add", "l0", "up", "type", "veth", "peer", "name", "l1")
        self.ip("link", "set", "l1", "up")

    def await_load(self, product: "Product", names: list[str]) -> None:
        """Frames flow as soon as the ports are started."""

    def ip(self, *words: str) -> None:
        subprocess.run(["ip", "-n", self.namespace, *words], check=True)

    def close(self) -> None:
        """The interfaces go with their namespace."""


class Tap(Veth):
    """Two tap interfaces, on which the kernel's own stack is the peer; the driver makes them anew."""

    def __init__(self, driver: str, namespace: str) -> None:
        self.namespace = namespace
        self.devargs = [f"{driver}0", f"{driver}1"]

    def remove(self) -> None:
        self.ip("link", "del", "dtap0")
        self.ip("link", "del", "dtap1")

    def restore(self) -> None:
        """Nothing to do."""


class Memif:
    """Two servers, with dpdk-testpmd as the client of both, which is killed."""

    def __init__(self, driver: str, namespace: str) -> None:
        self.namespace = namespace
        self.socket = f"hotbus-unplug-{os.getpid()}"
        self.devargs = [f"{driver}{i},role=server,id={i},socket={self.socket}" for i in range(2)]
        self.peer: subprocess.Popen | None = None

    def remove(self) -> None:
        assert self.peer is not None
        os.killpg(self.peer.pid, signal.SIGKILL)
        self.peer.wait()
        self.peer = None

    def peers(self) -> list[str]:
        """The devices of dpdk-testpmd."""
        return [f"net_memif{i},role=client,id={i},socket={self.socket}" for i in range(2)]

    def restore(self) -> None:
        self.peer = subprocess.Popen(
            ["ip", "netns", "exec", self.namespace, "dpdk-testpmd", "-l", "0,1", "--no-pci", "--no-huge", "-m", "256",
             "--no-telemetry", "--file-prefix", self.socket,
             *(word for device in self.peers() for word in ("--vdev", device)), "--", "--auto-start", "--forward-mode=io", "--total-num-mbufs=8192"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def await_load(self, product: "Product", names: list[str]) -> None:
        if self.peer is None: # DPDK's client dials once, so the server has to be there
            self.restore()
        for name in names:
            await_(f"link of {name}", lambda: product.links_up(name))

    def close(self) -> None:
        if self.peer is not None:
            self.remove()


class VirtioUser(Memif):
    """A server with split rings and a client with packed ones, with dpdk-testpmd as the back end of both."""

    def __init__(self, driver: str, namespace: str) -> None:
        super().__init__(driver, namespace)
        self.folder = Path(tempfile.mkdtemp(prefix="hotbus-vhost-"))
        self.devargs = [f"{driver}0,path={self.folder}/0,server=1", f"{driver}1,path={self.folder}/1,packed_vq=1"]
        # Without hugepages the memory has to be shared all the same.
        (self.folder / "io.hotbus.core.cfg").write_text("shared.memory = true\n")
        os.environ["HOTBUS_ETC"] = str(self.folder)

    def peers(self) -> list[str]:
        (self.folder / "1").unlink(missing_ok=True)  # a killed server leaves it, and DPDK does not start
        return [f"net_vhost0,iface={self.folder}/0,client=1", f"net_vhost1,iface={self.folder}/1"]

    def close(self) -> None:
        super().close()
        del os.environ["HOTBUS_ETC"]
        shutil.rmtree(self.folder)


KINDS = {"net_af_packet": Veth, "net_af_xdp": Veth, "net_pcap": Veth, "net_tap": Tap, "net_memif": Memif,
         "net_virtio_user": VirtioUser}


class Product:
    """hotbus shell, driven through a pipe and watched through its event log."""

    def __init__(self, devargs: list[str], namespace: str, folder: Path) -> None:
        self.log = folder / "log"
        self.events = folder / "events"
        self.events.touch()
        vdevs = ["net_null0", *devargs, "net_null1", "net_ring0," + RING.format("CREATE"),
                 # the other way round: each receives from what the other sends to
                 "net_ring1,nodeaction=b:0:ATTACH,nodeaction=a:0:ATTACH"]
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", namespace, "launcher/hotbus", "shell", "-l", "0,1", "--nb-cores", "2",
                 "--event-log", str(self.events), *(word for v in vdevs for word in ("--vdev", v))],
                cwd=TOP, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, text=True)

    def say(self, *verbs: str) -> None:
        self.process.stdin.write("".join(verb + "\n" for verb in verbs))
        self.process.stdin.flush()

    def count(self, event: str, device: str) -> int:
        return len(self.times(event, device))

    def times(self, event: str, device: str) -> list[int]:
        lines = self.events.read_text(encoding="utf-8").splitlines()
        events = [json.loads(line) for line in lines if f'"{event}"' in line and line.endswith("}")]
        return [e["timeNanos"] for e in events if e.get("device") == device]

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def alive(self) -> None:
        if self.process.poll() is not None:
            raise Failure(f"hotbus ended with {self.process.returncode}")

    def links_up(self, name: str) -> bool:
        """Whether the link of a port has come up since its device was last attached."""
        return self.times("INTR_LSC", name)[-1:] > self.times("REATTACHED", name)[-1:]

    def resources(self) -> tuple[int, int]:
        """Open descriptors of the JVM, which has taken the launcher's place, and its mappings of
        sockets, memory files and devices."""
        descriptors = len(os.listdir(f"/proc/{self.process.pid}/fd"))
        maps = Path(f"/proc/{self.process.pid}/maps").read_text(encoding="utf-8")
        return descriptors, len(re.findall(r"socket:|memfd:|/dev/net/tun|bpf", maps))


def counters(text: str) -> dict[str, int]:
    """What the rings received and sent, of the last `show port stats all`."""
    found = {}
    for name in ("net_ring0", "net_ring1"):
        block = text[text.rindex(f"({name}) #"):]
        for direction in ("RX", "TX"):
            found[name + direction] = int(re.search(direction + r"-packets: (\d+)", block).group(1))
    return found


def cycle(product: Product, kind, names: list[str], i: int) -> float:
    """One removal and return; milliseconds from the start of the command to the last device's REMOVE."""
    time.sleep(LOAD_SECONDS)
    product.alive()
    begun = time.monotonic_ns()
    kind.remove()
    for name in names:
        await_(f"removal {i} of {name}", lambda: product.count("DETACHED", name) == i)
    kind.restore()
    for name in names:
        await_(f"return {i} of {name}", lambda: product.count("REATTACHED", name) == i)
    kind.await_load(product, names)
    return max((product.times("REMOVE", name)[-1] - begun) / 1e6 for name in names)


def run(driver: str, times: int, folder: Path) -> str:
    namespace = f"hotbus-unplug-{os.getpid()}"
    subprocess.run(["ip", "netns", "add", namespace], check=True)
    kind = None
    product = None
    try:
        kind = KINDS[driver](driver, namespace)
        product = Product(kind.devargs, namespace, folder)
        names = [devargs.split(",")[0] for devargs in kind.devargs]
        product.say("start tx_first")
        await_("start", lambda: "packet forwarding - ports=6" in product.text())
        kind.await_load(product, names)
        notices = []
        for i in range(1, times + 1):
            notices.append(cycle(product, kind, names, i))
            if i == WARM_UP:
                before = product.resources()
            print(f"\r{driver}: {i} of {times}", end="", file=sys.stderr, flush=True)
        after = product.resources()
        return judge(product, before, after, notices)
    finally:
        print(file=sys.stderr)
        if product is not None and product.process.poll() is None:
            product.process.kill()
            product.process.wait()
        if kind is not None:
            kind.close()
        subprocess.run(["ip", "netns", "del", namespace], check=True)


def judge(product: Product, before: tuple[int, int], after: tuple[int, int], notices: list[float]) -> str:
    """Ends the product; what to report, or Failure."""
    product.say("stop", "show port stats all", "quit")
    product.process.stdin.close()
    await_("end", lambda: product.process.poll() is not None)
    text = product.text()
    if product.process.returncode != 0:
        raise Failure(f"hotbus ended with {product.process.returncode}")
    for line in text.splitlines():
        if " ERROR " in line or "still in use" in line:
            raise Failure(line)
    if before != after:
        raise Failure(f"descriptors and mappings: {before} after {WARM_UP} removals, {after} in the end")
    seen = counters(text)
    there = seen["net_ring0TX"] + seen["net_ring1TX"] - seen["net_ring0RX"] - seen["net_ring1RX"]
    if there != IN_RINGS or re.search(r"port [45]  -.*\n.*\n.*TX-dropped: [1-9]", text):
        raise Failure(f"{there} of {IN_RINGS} packets are in the rings")
    notices.sort()
    return (f"{len(notices)} removals of both devices, noticed after the command began: p50 {notices[len(notices) // 2]:.1f}, "
            f"longest {notices[-1]:.1f} ms; rings: {seen['net_ring0TX'] + seen['net_ring1TX']} packets sent, none lost")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=200, help="removals of each driver, default 200")
    parser.add_argument("driver", nargs="*", help=f"default: all of {', '.join(KINDS)}")
    options = parser.parse_args()
    if unknown := [d for d in options.driver if d not in KINDS]:
        parser.error(f"no such driver: {', '.join(unknown)} (there are {', '.join(KINDS)})")
    if options.times <= WARM_UP:
        parser.error(f"--times: more than {WARM_UP}, with which the others are compared")
    if os.geteuid() != 0:
        parser.error("needs root")
    failed = 0
    for driver in options.driver or KINDS:
        folder = Path(tempfile.mkdtemp(prefix="hotbus-unplug-"))
        try:
            print(f"ok {driver}: {run(driver, options.times, folder)}", flush=True)
            shutil.rmtree(folder)
        except Failure as e:
            failed += 1
            print(f"FAIL {driver}: {e} (see {folder})", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
