# SPDX-License-Identifier: Apache-2.0
"""A client of DPDK's telemetry, version 2, and where its sockets are."""
from __future__ import annotations

import json
import os
import socket
from pathlib import Path

SOCKET = "dpdk_telemetry.v2"
ANSWER_SECONDS = 5.0
GREETING_BYTES = 1024


class NoAnswer(Exception):
    """A process that is not there, or no longer there, or says what nobody understands."""


def folders() -> list[Path]:
    """The folders in which processes keep their sockets, in DPDK's order."""
    runtime = os.environ.get("RUNTIME_DIRECTORY")
    if runtime:
        return [Path(runtime, "dpdk")]
    if os.geteuid() == 0:
        return [Path("/var/run/dpdk")]
    return [Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp"), "dpdk")]


def listening() -> dict[str, Path]:
    """The sockets by file prefix, of processes that answer."""
    found = {}
    for folder in folders():
        for path in sorted(folder.glob(f"*/{SOCKET}")):
            try:
                Client(path).close()
                found[path.parent.name] = path
            except NoAnswer:
                continue  # left behind by a process that was killed
    return found


class Client:
    """A connection. Every method raises NoAnswer if the process does not answer in time."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(ANSWER_SECONDS)
        try:
            self._socket.connect(str(path))
            self._longest = GREETING_BYTES
            greeting = self._receive()
            self._longest = int(greeting["max_output_len"])
            self.version = str(greeting["version"])
            self.pid = int(greeting["pid"])
        except (OSError, KeyError, TypeError, ValueError) as e:
            self.close()
            raise NoAnswer(f"{path}: {e}") from e
        except NoAnswer:
            self.close()
            raise

    def ask(self, command: str, parameter: object = None):
        """What the process answers; None if there is nothing to answer, or no such command."""
        asked = command if parameter is None else f"{command},{parameter}"
        try:
            self._socket.send(asked.encode())
            return self._receive()[command]
        except (OSError, KeyError, TypeError) as e:
            raise NoAnswer(f"{asked}: {e}") from e

    def _receive(self) -> dict:
        try:
            data = self._socket.recv(self._longest)
            if not data:
                raise NoAnswer("the connection has ended")
            return json.loads(data)
        except (OSError, ValueError) as e:
            raise NoAnswer(str(e)) from e

    def close(self) -> None:
        self._socket.close()
