# SPDX-License-Identifier: Apache-2.0
"""The statistics that the product prints, in the shape of DPDK's testpmd."""
from __future__ import annotations

import re

_BLOCK = re.compile(
    r"NIC statistics for port \d+\s+\((?P<name>[^)]+)\)[^\n]*\n"
    r" *RX-packets: +(?P<rx>\d+).*?TX-packets: +(?P<tx>\d+)", re.DOTALL)


def counts(printed: str, port: str) -> list[tuple[int, int]]:
    """Packets received and sent by `port`, from each print of its statistics."""
    return [(int(block["rx"]), int(block["tx"])) for block in _BLOCK.finditer(printed)
            if block["name"] == port]


def went_on(printed: str, port: str) -> bool:
    """Whether each print shows more received packets of `port` than the one before it."""
    received = [rx for rx, _ in counts(printed, port)]
    return len(received) > 1 and all(a < b for a, b in zip(received, received[1:]))
