# SPDX-License-Identifier: Apache-2.0
"""The statistics that the product prints, in the shape of DPDK's testpmd."""
from __future__ import annotations

import re

_BLOCK = re.compile(
    r"NIC statistics for port (?P<number>\d+)\s+\((?P<name>[^)]+)\)[^\n]*\n"
    r" *RX-packets: +(?P<rx>\d+).*?TX-packets: +(?P<tx>\d+)", re.DOTALL)
_LOSS = re.compile(r"(?:RX-missed|RX-errors|RX-nombuf|TX-errors): +(\d+)")


def counts(printed: str, port: str) -> list[tuple[int, int]]:
    """Packets received and sent by `port`, from each print of its statistics."""
    return [(int(block["rx"]), int(block["tx"])) for block in _BLOCK.finditer(printed)
            if block["name"] == port]


def went_on(printed: str, port: str) -> bool:
    """Whether each print shows more received packets of `port` than the one before it."""
    received = [rx for rx, _ in counts(printed, port)]
    return len(received) > 1 and all(a < b for a, b in zip(received, received[1:]))


def moved_on(printed: str, port: str) -> bool:
    """Whether `port` had received more, or sent more, at each print than at the one before it."""
    counted = counts(printed, port)
    return len(counted) > 1 and any(
        all(a[way] < b[way] for a, b in zip(counted, counted[1:])) for way in (0, 1))


def ports(printed: str, port: str) -> set[int]:
    """The numbers that `port` had."""
    return {int(block["number"]) for block in _BLOCK.finditer(printed) if block["name"] == port}


def lost(printed: str, port: str) -> int:
    """Packets that `port` lost or refused, by the last print of its statistics."""
    _, _, last = printed.rpartition(f"({port})")
    return sum(map(int, _LOSS.findall(last.partition("Throughput")[0])))
