# SPDX-License-Identifier: Apache-2.0
"""Sends numbered frames at a steady rate to an address that returns them, until a file appears. Prints, as JSON, how
many were sent, when those were sent that did not return, and every time without one that was longer than the rate
explains.

    outage.py INTERFACE ADDRESS FRAMES_PER_SECOND FILE
"""
import json
import os
import socket
import struct
import sys
import time

ETHER_TYPE = 0x88B5  # local experiments
LENGTH = 60
GAP_SECONDS = 0.005
LAST_SECONDS = 2.0
# Of the socket's queue. By default it holds 300 frames, fewer than come while this process waits
# for a processor.
QUEUE_BYTES = 16 << 20
SO_RCVBUFFORCE = 33


def main(interface: str, address: str, rate: int, file: str) -> dict:
    other = bytes.fromhex(address.replace(":", ""))
    seen: set[int] = set()
    times: list[float] = []  # when each was sent
    twice = refused = 0
    gaps: list[tuple[float, float]] = []
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHER_TYPE)) as wire:
        wire.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, QUEUE_BYTES)
        wire.bind((interface, ETHER_TYPE))
        own = wire.getsockname()[4]
        head = other + own + struct.pack(">H", ETHER_TYPE)
        last = due = time.monotonic()
        end = 0.0
        while not end or time.monotonic() < end:
            now = time.monotonic()
            if not end and os.path.exists(file):
                end = now + LAST_SECONDS
            if now >= due and not end:
                try:
                    wire.send(head + struct.pack(">I", len(times)) + bytes(LENGTH - 18),
                              socket.MSG_DONTWAIT)
                    times.append(round(now, 4))
                except BlockingIOError:
                    refused += 1  # the guest's own interface is full
                due = max(due + 1 / rate, now - 1)
            wire.settimeout(max(0.0001, min(due - now, 0.01)) if not end else 0.1)
            try:
                got = wire.recv(2048)
            except TimeoutError:
                continue
            if got[:6] != own:
                continue  # the interface shows what it sends, too
            now = time.monotonic()
            number = struct.unpack_from(">I", got, 14)[0]
            if number in seen:
                twice += 1
                continue
            seen.add(number)
            if now - last > GAP_SECONDS:
                gaps.append((round(last, 4), round(now - last, 4)))
            last = now
    lost = [when for number, when in enumerate(times) if number not in seen]
    return {"sent": len(times), "refused": refused, "lost": lost, "twice": twice,
            "gaps": gaps}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])))
