# SPDX-License-Identifier: Apache-2.0
"""Two of QEMU's sockets: QMP for commands and events, qtest for registers."""
from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any, Callable

from hotrig.errors import GuestError, RigError


CONNECT_SECONDS = 30.0


def _connect(path: Path) -> socket.socket:
    """Connects, with retries: a socket exists for a moment before its server listens."""
    deadline = time.monotonic() + CONNECT_SECONDS
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(path))
            return connection
        except ConnectionRefusedError as refused:
            connection.close()
            if time.monotonic() > deadline:
                raise GuestError(f"nobody listens at {path}") from refused
            time.sleep(0.01)


class Lines:
    """Lines of a stream socket, each awaited up to a deadline."""

    def __init__(self, path: Path) -> None:
        self._socket = _connect(path)
        self._received = b""

    def send(self, data: bytes) -> None:
        self._socket.settimeout(30)
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise GuestError(f"QEMU has gone ({error})") from error

    def line(self, seconds: float) -> str | None:
        """The next line without its end, or None after `seconds`."""
        found = self._until(lambda: self._received.find(b"\n"), seconds)
        if found is None:
            return None
        line, self._received = self._received[:found], self._received[found + 1:]
        return line.decode(errors="replace")

    def exactly(self, size: int, seconds: float) -> bytes | None:
        """The next `size` bytes, or None after `seconds`."""
        if self._until(lambda: size if len(self._received) >= size else -1, seconds) is None:
            return None
        data, self._received = self._received[:size], self._received[size:]
        return data

    def _until(self, found: Callable[[], int], seconds: float) -> int | None:
        deadline = time.monotonic() + seconds
        while True:
            position = found()
            if position >= 0:
                return position
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._socket.settimeout(left)
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                return None
            except OSError as error:
                raise GuestError(f"QEMU has gone ({error})") from error
            if not data:
                raise GuestError("QEMU has gone")
            self._received += data

    def close(self) -> None:
        self._socket.close()


class Qmp:
    """The QEMU machine protocol. All messages in both directions go to `log`."""

    ANSWER_SECONDS = 60.0

    def __init__(self, path: Path, log: Callable[[str], None]) -> None:
        self._lines = Lines(path)
        self._log = log
        self._events: list[dict[str, Any]] = []
        self._lines.line(self.ANSWER_SECONDS)  # the greeting
        self.execute("qmp_capabilities")

    def execute(self, command: str, **arguments: Any) -> Any:
        """Returns the result of the command. RigError with QEMU's message if it fails."""
        request = {"execute": command, "arguments": arguments}
        self._log(f"qmp -> {json.dumps(request)}")
        self._lines.send(json.dumps(request).encode() + b"\n")
        while True:
            message = self._message(self.ANSWER_SECONDS)
            if message is None:
                raise GuestError(f"QEMU did not answer {command}")
            if "error" in message:
                raise RigError(f"{command}: {message['error'].get('desc')}")
            if "return" in message:
                return message["return"]

    def forget_events(self) -> None:
        while self._message(0) is not None:
            pass
        self._events.clear()

    def await_event(self, name: str, seconds: float, **data: Any) -> bool:
        """Waits; returns whether an event `name` with all of `data` came in time or before."""
        deadline = time.monotonic() + seconds
        while True:
            for event in self._events:
                found = event.get("data", {})
                if event["event"] == name and data.items() <= found.items():
                    self._events.remove(event)
                    return True
            if self._message(deadline - time.monotonic()) is None:
                return False

    def _message(self, seconds: float) -> dict[str, Any] | None:
        """The next message; events are also stored."""
        line = self._lines.line(max(seconds, 0.001))
        if line is None:
            return None
        self._log(f"qmp <- {line[:500]}")
        message: dict[str, Any] = json.loads(line)
        if "event" in message:
            self._events.append(message)
        return message

    def close(self) -> None:
        self._lines.close()


class Qtest:
    """Reads and writes guest-physical memory."""

    def __init__(self, path: Path, log: Callable[[str], None]) -> None:
        self._lines = Lines(path)
        self._log = log

    def readb(self, address: int) -> int:
        return self._value(f"readb {address:#x}")

    def readw(self, address: int) -> int:
        return self._value(f"readw {address:#x}")

    def write_words(self, *writes: tuple[int, int]) -> None:
        """Writes (address, value) in one go: nothing else happens in QEMU in between."""
        text = "".join(f"writew {address:#x} {value:#x}\n" for address, value in writes)
        self._log(f"qtest -> {text.strip()!r}")
        self._lines.send(text.encode())
        for _ in writes:
            self._answer()

    def _value(self, command: str) -> int:
        self._lines.send(command.encode() + b"\n")
        return int(self._answer().split()[1], 16)

    def _answer(self) -> str:
        line = self._lines.line(30)
        if line is None or not line.startswith("OK"):
            raise GuestError(f"qtest answered {line}")
        return line

    def close(self) -> None:
        self._lines.close()
