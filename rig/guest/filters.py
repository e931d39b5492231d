# SPDX-License-Identifier: Apache-2.0
"""Sends frames of several kinds to a NIC, and says how many of each kind it received, by the
product's telemetry. Prints JSON: of each kind, in percent.

    filters.py INTERFACE ADDRESS PORT QUEUES
"""
import json
import socket
import struct
import sys
import time

from flows import received

COUNT = 20
SECONDS = 10.0
SETTLED_SECONDS = 0.5
LOCAL = struct.pack(">H", 0x88b5)


def kinds(address: bytes) -> dict[str, bytes]:
    """A frame of each kind, without its source address, which follows the first six bytes."""
    def tagged(vlan: int) -> bytes:
        return address + struct.pack(">HH", 0x8100, vlan) + LOCAL + bytes(46)
    return {
        "own": address + LOCAL + bytes(46),
        "vlan 5": tagged(5),
        "vlan 6": tagged(6),
        "group 5": bytes.fromhex("01005e000005") + LOCAL + bytes(46),
        "group 6": bytes.fromhex("01005e000006") + LOCAL + bytes(46),
        "another's": bytes.fromhex("020000000099") + LOCAL + bytes(46),
        "long": address + LOCAL + bytes(4000),
    }


def main(interface: str, address: str, port: int, queues: int) -> dict[str, int]:
    seen = {}
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as wire:
        wire.bind((interface, 0))
        own = wire.getsockname()[4]

        def send(frame: bytes) -> None:
            for _ in range(COUNT):
                wire.send(frame[:6] + own + frame[6:])
                time.sleep(0.002)

        frames = kinds(bytes.fromhex(address.replace(":", "")))
        for kind, frame in frames.items():
            before = sum(received(port, queues))
            send(frame)
            send(frames["own"])  # those arrive, and what was sent before them has been looked at
            deadline = time.monotonic() + SECONDS
            last, since = -1, time.monotonic()
            while time.monotonic() < deadline and (
                    last < COUNT or time.monotonic() - since < SETTLED_SECONDS):
                now = sum(received(port, queues)) - before
                last, since = now, (since if now == last else time.monotonic())
                time.sleep(0.05)
            seen[kind] = (last - COUNT) * 100 // COUNT
    return seen


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
