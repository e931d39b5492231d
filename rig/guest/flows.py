# SPDX-License-Identifier: Apache-2.0
"""Sends packets of many flows to a NIC that spreads them over its queues by RSS, and says how many
each queue should receive, by a hash of its own, and did, by the product's telemetry. Prints JSON.

    flows.py INTERFACE ADDRESS PORT QUEUES
"""
import json
import random
import socket
import struct
import sys
import time

# The usual key, and so many entries of the table, which has the queues in turn.
KEY = int("6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa", 16)
KEY_BITS, ENTRIES = 320, 128
TELEMETRY = "/var/run/dpdk/rte/dpdk_telemetry.v2"
TCP, UDP, ICMP = 6, 17, 1
COUNT = 400
BURST = 20  # the NIC's rings, of 256, are emptied in between
SECONDS = 20.0


def toeplitz(fields: bytes) -> int:
    """For each bit of the fields that is set, the 32 bits of the key from its place on."""
    result = 0
    for place in range(len(fields) * 8):
        if fields[place // 8] & 0x80 >> place % 8:
            result ^= KEY >> (KEY_BITS - 32 - place) & 0xffffffff
    return result


def total(data: bytes) -> int:
    """The ones' complement sum of IP."""
    result = sum(struct.unpack(f">{len(data) // 2}H", data))
    return (result - 1) % 0xffff + 1 if result else 0


def packet(number: int) -> tuple[bytes, bytes | None]:
    """What follows the addresses of Ethernet, and what of it is hashed; None: nothing."""
    rand = random.Random(number)
    kind = number % 7
    if kind == 6:
        return struct.pack(">H", 0x88b5) + bytes(46), None
    protocol = (TCP, UDP, ICMP)[kind % 3]
    above = rand.randbytes(4) + (bytes([0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0]) + bytes(6)
                                 if protocol == TCP else
                                 struct.pack(">HH", 28, 0) + bytes(20))
    ports = above[:4] if protocol != ICMP else b""
    if kind < 3:
        addresses = rand.randbytes(8)
        # A bridge whose host filters what crosses it drops a packet with a wrong sum.
        head = struct.pack(">BBHHHBB", 0x45, 0, 20 + len(above), 0, 0, 64, protocol)
        return (b"\x08\x00" + head + struct.pack(">H", 0xffff - total(head + addresses))
                + addresses + above, addresses + ports)
    addresses = b"\x20" + rand.randbytes(15) + b"\x20" + rand.randbytes(15)
    body = struct.pack(">IHBB", 6 << 28, len(above), 58 if protocol == ICMP else protocol, 64)
    return b"\x86\xdd" + body + addresses + above, addresses + ports


def received(port: int, queues: int) -> list[int]:
    """Packets that each queue of the product's port has received."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        client.connect(TELEMETRY)
        client.recv(16384)
        client.send(f"/ethdev/xstats,{port}".encode())
        counters = json.loads(client.recv(65536))["/ethdev/xstats"]
    return [counters[f"rx_q{queue}_packets"] for queue in range(queues)]


def main(interface: str, address: str, port: int, queues: int) -> dict[str, list[int]]:
    before = received(port, queues)
    expected = [0] * queues
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as wire:
        wire.bind((interface, 0))
        own = wire.getsockname()[4]
        for number in range(COUNT):
            body, fields = packet(number)
            wire.send(bytes.fromhex(address.replace(":", "")) + own + body.ljust(46, b"\0"))
            expected[0 if fields is None else toeplitz(fields) % ENTRIES % queues] += 1
            if number % BURST == BURST - 1:
                time.sleep(0.05)
    deadline = time.monotonic() + SECONDS
    while True:
        now = [last - first for first, last in zip(before, received(port, queues))]
        if sum(now) >= COUNT or time.monotonic() > deadline:
            return {"expected": expected, "received": now}
        time.sleep(0.1)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
