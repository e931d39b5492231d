# SPDX-License-Identifier: Apache-2.0
"""Complaints in the kernel's log."""
from __future__ import annotations

import re

from hotrig.guest import Guest

# Bugs of the kernel or of a module; a task that waits for ever; a device that reached for memory
# that is not its own (DMAR: the IOMMU said no).
_COMPLAINT = re.compile(
    r"WARNING:|\bBUG[: ]|\bOops\b|Call Trace|leaking|blocked for more than|general protection"
    r"|KASAN|UBSAN|refcount_t|Kernel panic|rcu.*stall|DMAR: \[|DMAR:.*fault addr")


def begin_script(name: str) -> str:
    """A guest's script that marks the begin of the scenario `name` in the log."""
    return f"echo '{_mark(name)}' >/dev/kmsg"


def complaints_of(guest: Guest, name: str) -> list[str]:
    """The complaining lines of the guest's kernel since the scenario `name` began."""
    return complaints(guest.check("dmesg"), name)


def complaints(log: str, name: str) -> list[str]:
    """The complaining lines since the scenario `name` began."""
    _, _, since = log.rpartition(_mark(name))
    return [line for line in since.splitlines() if _COMPLAINT.search(line)]


def _mark(name: str) -> str:
    return f"hotbus-rig: {name} begins"
