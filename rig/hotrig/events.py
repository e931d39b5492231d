# SPDX-License-Identifier: Apache-2.0
"""Reads the product's event log (`--event-log`): one JSON object per line."""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable


@dataclass(frozen=True)
class Event:
    """Something that the product noticed or did."""

    kind: str  # ADD, REMOVE, FAULT ... of a device, NEW, DESTROY ... of its port, DETACHED
    device: str
    nanos: int  # CLOCK_MONOTONIC of the guest
    cause: str | None = None  # of REMOVE: the detector that noticed first


class EventLog:
    """Follows the file as it grows."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._position = file.stat().st_size if file.exists() else 0
        self._events: list[Event] = []

    def events(self) -> list[Event]:
        """All events since this object was created."""
        with self._file.open("rb") as log:
            log.seek(self._position)
            whole, newline, _ = log.read().rpartition(b"\n")
        self._position += len(whole) + len(newline)
        self._events += parse(whole.decode(errors="replace").splitlines())
        return self._events

    def forget(self) -> None:
        """Forgets all events until now."""
        self.events()
        self._events.clear()

    def find(self, device: str, kind: str) -> Event | None:
        return first(self.events(), device, kind)


def parse(lines: Iterable[str]) -> list[Event]:
    """The events of devices. Skips other lines, which may be anything: a guest wrote them."""
    events = []
    for line in lines:
        try:
            fields: dict[str, Any] = json.loads(line)
            events.append(Event(str(fields["event"]), str(fields["device"]),
                                int(fields["timeNanos"]), fields.get("cause")))
        except (ValueError, KeyError, TypeError):
            continue
    return events


def first(events: Iterable[Event], device: str, kind: str) -> Event | None:
    return next((e for e in events if e.device == device and e.kind == kind), None)
