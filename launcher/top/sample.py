# SPDX-License-Identifier: Apache-2.0
"""What a process says of itself at one moment, and the rates between two of them."""
from __future__ import annotations

import time
from dataclasses import dataclass, field

from telemetry import Client

COUNTERS = ("ipackets", "opackets", "ibytes", "obytes", "imissed", "ierrors", "oerrors", "rx_nombuf")
BITS_OF_FRAME = 20 * 8  # preamble, start of frame and gap, which a wire carries with each frame


@dataclass(frozen=True)
class Port:
    """A port. Counters are since the port was set up, or reset."""

    id: int
    name: str
    started: bool
    link: str  # "UP", "DOWN", or "" if unknown
    mbit: int
    counters: dict[str, int]


@dataclass(frozen=True)
class Sample:
    """One look at a process. `seconds` is a clock that never goes back."""

    version: str
    pid: int
    seconds: float
    ports: list[Port] = field(default_factory=list)
    devices: dict[str, dict] = field(default_factory=dict)
    lcores: list[int] = field(default_factory=list)
    usage: dict[str, list] = field(default_factory=dict)
    faults: dict = field(default_factory=dict)
    removals: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Rates:
    """Of one port, per second. `wire` is in bits, with what a wire carries around each frame."""

    rx: float
    tx: float
    rx_wire: float
    tx_wire: float


def look(client: Client) -> Sample:
    """Asks for everything. Raises NoAnswer."""
    known = set(client.ask("/") or [])
    ports = [port for port in (_port(client, i) for i in client.ask("/ethdev/list") or []) if port]
    return Sample(client.version, client.pid, time.monotonic(), ports,
                  *(_if_known(client, known, command) for command in (
                      "/hotbus/devices", "/eal/lcore/list", "/eal/lcore/usage", "/hotbus/faults", "/hotbus/removals")))


def _if_known(client: Client, known: set[str], command: str):
    """A process of DPDK has no commands of ours."""
    empty: object = [] if command.endswith("list") else {}
    return (client.ask(command) if command in known else None) or empty


def _port(client: Client, port_id: int) -> Port | None:
    info = client.ask("/ethdev/info", port_id)
    stats = client.ask("/ethdev/stats", port_id)
    link = client.ask("/ethdev/link_status", port_id)
    if not info or stats is None:
        return None  # it went between two questions
    link = link or {}
    return Port(port_id, str(info.get("name", "?")), bool(info.get("dev_started")),
                str(link.get("status", "")), int(link.get("speed", 0)),
                {name: int(stats.get(name, 0)) for name in COUNTERS})


def busy(before: Sample | None, now: Sample) -> dict[int, float]:
    """The share of the time between two samples that each lcore was busy, of those that say it."""
    if before is None or before.pid != now.pid:
        return {}
    earlier = _cycles(before)
    found = {}
    for lcore, (total, spent) in _cycles(now).items():
        total_then, spent_then = earlier.get(lcore, (total, spent))
        if total > total_then and spent >= spent_then:
            found[lcore] = min(1.0, (spent - spent_then) / (total - total_then))
    return found


def _cycles(sample: Sample) -> dict[int, tuple[int, int]]:
    usage = sample.usage
    return {lcore: (total, spent) for lcore, total, spent in zip(
        usage.get("lcore_ids", []), usage.get("total_cycles", []), usage.get("busy_cycles", []))}


def rates(before: Sample | None, now: Sample) -> dict[int, Rates]:
    """By port, of those that both samples have, and that were not reset between them."""
    if before is None or before.pid != now.pid or now.seconds <= before.seconds:
        return {}
    seconds = now.seconds - before.seconds
    earlier = {(port.id, port.name): port.counters for port in before.ports}
    found = {}
    for port in now.ports:
        old = earlier.get((port.id, port.name))
        if old is None or any(port.counters[name] < old[name] for name in COUNTERS[:4]):
            continue
        rx, tx, rx_bytes, tx_bytes = ((port.counters[name] - old[name]) / seconds for name in COUNTERS[:4])
        found[port.id] = Rates(rx, tx, rx_bytes * 8 + rx * BITS_OF_FRAME, tx_bytes * 8 + tx * BITS_OF_FRAME)
    return found
