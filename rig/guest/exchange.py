# SPDX-License-Identifier: Apache-2.0
"""Sends frames by a network interface of the guest's kernel to an address that returns them with
both addresses swapped, and compares every byte. Prints what came of them as JSON.

    exchange.py INTERFACE ADDRESS COUNT SECONDS
"""
import json
import random
import socket
import struct
import sys
import time

ETHER_TYPE = 0x88B5  # local experiments; QEMU's e1000e looks into frames of IPv4
AT_A_TIME = 16
HEADER = 14
ONCE_MORE_SECONDS = 1.0  # a frame that was lost is not waited for longer


def frame(number: int, own: bytes, other: bytes) -> bytes:
    """60 to 1514 bytes; the payload follows from the number."""
    length = 46 + (number * 769) % 1455
    body = struct.pack(">I", number) + random.Random(number).randbytes(length - 4)
    return other + own + struct.pack(">H", ETHER_TYPE) + body


def main(interface: str, address: str, count: int, seconds: float) -> dict[str, int]:
    other = bytes.fromhex(address.replace(":", ""))
    seen = {"sent": 0, "returned": 0, "wrong": 0}
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHER_TYPE)) as wire:
        wire.bind((interface, ETHER_TYPE))
        wire.settimeout(ONCE_MORE_SECONDS)
        own = wire.getsockname()[4]
        deadline = time.monotonic() + seconds
        while seen["sent"] < count and time.monotonic() < deadline:
            numbers = range(seen["sent"], min(seen["sent"] + AT_A_TIME, count))
            for number in numbers:
                wire.send(frame(number, own, other))
            seen["sent"] += len(numbers)
            receive(wire, set(numbers), own, other, seen)
    return seen


def receive(wire: socket.socket, missing: set[int], own: bytes, other: bytes,
            seen: dict[str, int]) -> None:
    """Receives until nothing is missing, or nothing comes any more."""
    while missing:
        try:
            got = wire.recv(65536)
        except TimeoutError:
            return
        if got[:6] != own:
            continue  # the interface shows what it sends, too
        number = struct.unpack_from(">I", got, HEADER)[0]
        if number in missing and got == own + other + frame(number, own, other)[12:]:
            missing.discard(number)
            seen["returned"] += 1
        else:
            seen["wrong"] += 1


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))
