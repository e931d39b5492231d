# SPDX-License-Identifier: Apache-2.0
"""When a removal began, by the guest's own clock.

Every time of the rig is of the guest's CLOCK_MONOTONIC: System.nanoTime in the JVM is that clock,
and the guest's tracefs is told to use it, too (`trace_clock` = mono). T0 of a removal is

- unbind, remove, slot-power: a mark that the guest's shell writes to `trace_marker` right before
  it writes to sysfs, without a process being started in between;
- surprise: such a mark right before the host is asked to tear the NIC out. The time the request
  takes to get there counts against the product;
- device-del, device-del-acpi: the kernel's own call of pci_stop_and_remove_bus_device(), seen by a
  kprobe. A request alone removes nothing: pciehp, for one, blinks for 5 s first.
"""
from __future__ import annotations

import re

MARK = "hotbus-removal"
KPROBE = "hotbus_removal"
KPROBE_FUNCTION = "pci_stop_and_remove_bus_device"

TRACING = "/sys/kernel/tracing"
MARK_SCRIPT = f"echo {MARK} >{TRACING}/trace_marker"
PREPARE_SCRIPT = f"""\
echo mono >{TRACING}/trace_clock
echo 'p:hotbus/{KPROBE} {KPROBE_FUNCTION}' >{TRACING}/kprobe_events
echo 1 >{TRACING}/events/hotbus/{KPROBE}/enable
echo 1 >{TRACING}/tracing_on"""
CLEAR_SCRIPT = f"echo >{TRACING}/trace"
READ_SCRIPT = f"cat {TRACING}/trace"

# "  bash-123  [001] d..1.  12.345678: tracing_mark_write: hotbus-removal"
_LINE = re.compile(r"^.*\[\d+\]\s+\S+\s+(\d+)\.(\d{6}): (\S+): (.*)$", re.MULTILINE)


def began_nanos(trace: str, by_kernel: bool) -> int | None:
    """T0 in nanoseconds; None where the trace does not show it.

    `by_kernel`: the kprobe counts, not the mark.
    """
    for match in _LINE.finditer(trace):
        what, text = match[3], match[4]
        if what == KPROBE if by_kernel else text.startswith(MARK):
            return int(match[1]) * 1_000_000_000 + int(match[2]) * 1000
    return None
