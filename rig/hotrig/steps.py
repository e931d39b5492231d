# SPDX-License-Identifier: Apache-2.0
"""The steps that followed a removal, and the time of each: from the history that the product
keeps in a file."""
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

READ_SCRIPT = "cat /var/lib/hotbus/history/*/history.jsonl 2>/dev/null || true"
# The last step before the device is gone from its bus; what follows is its return.
LAST = "DETACH"


@dataclass(frozen=True)
class Step:
    """A step of a removal, in milliseconds after its first sign."""

    kind: str  # HOT_UNPLUG, PORT_STOP ...; see DeviceStep.Kind
    thread: str
    begin: float
    end: float


def of_last_removal(history: str, device: str) -> list[Step]:
    """The steps of the last removal of `device` until it was detached, in the order in which they
    ended. Skips lines that cannot be read: a guest wrote them."""
    for line in reversed(history.splitlines()):
        try:
            fields: dict[str, Any] = json.loads(line)
            if "removal" in fields and fields["device"] == device:
                return _until_detached([
                    Step(str(step["kind"]), str(step["thread"]),
                         round(step["beginNanos"] / 1e6, 1), round(step["endNanos"] / 1e6, 1))
                    for step in fields["steps"]])
        except (ValueError, KeyError, TypeError):
            continue
    return []


def _until_detached(steps: list[Step]) -> list[Step]:
    kinds = [step.kind for step in steps]
    return steps[:kinds.index(LAST) + 1] if LAST in kinds else steps


def text(steps: list[Step]) -> str:
    """One line: each step with its beginning and its end."""
    return ", ".join(f"{step.kind.lower()} {step.begin:.0f}-{step.end:.0f}" for step in steps)
