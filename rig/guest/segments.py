# SPDX-License-Identifier: Apache-2.0
"""One of two hosts that exchange data by TCP and UDP. The receiver looks at each packet on its
interface: are the checksums right, and how long is the longest segment?

    segments.py send ADDRESS
    segments.py receive INTERFACE ADDRESS   prints JSON
"""
import json
import random
import socket
import struct
import sys
import threading
import time

PORT = 5001
TCP_BYTES = 4 << 20
DATAGRAMS, DATAGRAM_BYTES = 200, 4000
TCP, UDP = 6, 17
SECONDS = 60.0
SOL_PACKET, PACKET_OUTGOING = 263, 4


def stream() -> bytes:
    return random.Random(1).randbytes(TCP_BYTES)


def send(address: str) -> None:
    with socket.create_connection((address, PORT), SECONDS) as wire:
        wire.sendall(stream())
        wire.shutdown(socket.SHUT_WR)
        wire.recv(1)  # all is there
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        for number in range(DATAGRAMS):
            wire.sendto(struct.pack(">I", number) + bytes(DATAGRAM_BYTES - 4), (address, PORT))
            time.sleep(0.005)
        for _ in range(20):
            wire.sendto(b"end", (address, PORT))
            time.sleep(0.05)


def total(data: bytes, before: int = 0) -> int:
    """The ones' complement sum."""
    data += b"\0" * (len(data) % 2)
    result = before + sum(struct.unpack(f">{len(data) // 2}H", data))
    while result > 0xffff:
        result = (result & 0xffff) + (result >> 16)
    return result


class Watch(threading.Thread):
    """Looks at the packets that the interface receives, as they came from the wire."""

    def __init__(self, interface: str) -> None:
        super().__init__(daemon=True)
        self.seen = {"tcp": 0, "udp": 0, "wrong": 0, "longest": 0}
        self._wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
        self._wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUFFORCE, 64 << 20)
        self._wire.bind((interface, 0x0800))

    def run(self) -> None:
        while True:
            frame, come_from = self._wire.recvfrom(70000)
            if come_from[2] != PACKET_OUTGOING:
                self._look(frame[14:])

    def _look(self, packet: bytes) -> None:
        header = (packet[0] & 15) * 4
        length = struct.unpack_from(">H", packet, 2)[0]
        above = packet[header:length]
        protocol, fragment = packet[9], struct.unpack_from(">H", packet, 6)[0] & 0x3fff
        if protocol not in (TCP, UDP) or fragment:
            return
        right = total(packet[:header]) == 0xffff and (
            total(above, total(packet[12:20]) + protocol + len(above)) == 0xffff)
        self.seen["wrong"] += not right
        self.seen["tcp" if protocol == TCP else "udp"] += 1
        if protocol == TCP:
            payload = len(above) - (above[12] >> 4) * 4
            self.seen["longest"] = max(self.seen["longest"], payload)

    def lost(self) -> int:
        """Packets that this could not look at."""
        return struct.unpack("II", self._wire.getsockopt(SOL_PACKET, 6, 8))[1]


def receive(interface: str, address: str) -> dict[str, object]:
    watch = Watch(interface)
    watch.start()
    with socket.create_server((address, PORT)) as server, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind((address, PORT))
        datagrams.settimeout(SECONDS)
        server.settimeout(SECONDS)
        print("ready", flush=True)
        wire, _ = server.accept()
        with wire:
            wire.settimeout(SECONDS)
            got = bytearray()
            while part := wire.recv(1 << 20):
                got += part
            wire.send(b"!")
        numbers = set()
        while (datagram := datagrams.recv(70000)) != b"end":
            numbers.add(struct.unpack_from(">I", datagram)[0])
    return {**watch.seen, "same": bytes(got) == stream(), "datagrams": len(numbers),
            "overlooked": watch.lost()}


if __name__ == "__main__":
    if sys.argv[1] == "send":
        send(sys.argv[2])
    else:
        print(json.dumps(receive(sys.argv[2], sys.argv[3])))
