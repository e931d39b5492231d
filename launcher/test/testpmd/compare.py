#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what two programs answered to the same script, where they answer in the same words.

compare.py FILE: the lines of FILE that testpmd and hotbus both print, in their order and without
what may differ: rates, addresses that are random, the name of a device in a title.
"""
import re
import sys

SHARED = re.compile(
    r"^  (-{5,}|\+{5,}|#{5,})|^ +(RX|TX)-|^ +Throughput|^ +[RT]x-pps|Forward Stats for|"
    r"packet forwarding - ports|^Logical Core|^  RX P=|^Number of (segments|available)|"
    r"^Segment sizes|^Split packet|^List of forwarding|NIC (extended )?statistics for port|"
    r"^([rt]x_good|rx_missed|[rt]x_errors|rx_mbuf)|^Port MAC|^\d +MAC|Offloading|^  Per |"
    r"^  Port :|^  Queue\[|Infos for port|Port not stopped|lcores to finish|^Done\.|"
    r"Number of forwarding cores set|Number of packets per burst")
CHANGES = [
    (r"^(hotbus|testpmd)> .*", ""),                      # the prompt and what was typed
    (r"^Number of forwarding cores set.*", "cores set"),
    (r"NUMA support \w+", "NUMA"),
    (r"([0-9A-F]{2}:){5}[0-9A-F]{2} (?=net_)", "MAC "),
    (r"^.*Port not stopped.*", "Port not stopped"),
    (r"^ *#+( NIC statistics for port \d+ ).*", r"##\1"),
    (r"^(###### NIC extended statistics for port \d+) *$", r"\1"),
    (r"^( +[RT]x-pps: ).*", r"\1"),
    (r"([RT]X-bytes: ).*", r"\1"),                       # testpmd's net_null counts none
    (r"^([rt]x_good_bytes: ).*", r"\1"),
]


def shared(text: str) -> list[str]:
    """The lines that both programs print."""
    lines = []
    for line in text.splitlines():
        for pattern, replacement in CHANGES:
            line = re.sub(pattern, replacement, line)
        if SHARED.search(line):
            lines.append(line.rstrip())
    return lines


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8", errors="replace") as answers:
        print("\n".join(shared(answers.read())))
