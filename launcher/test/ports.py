# SPDX-License-Identifier: Apache-2.0
"""Ports of TCP for tests and benchmarks; as a program, prints one that is free."""

import random
import socket


def free_port() -> int:
    """A port that is free, and that the kernel gives to no client or server of its own accord."""
    while True:
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", random.randrange(10000, 32768)))
            except OSError:
                continue
            return tried.getsockname()[1]


if __name__ == "__main__":
    print(free_port())
