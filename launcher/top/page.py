# SPDX-License-Identifier: Apache-2.0
"""The page as lines of text."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sample import Port, Rates, Sample

UNITS = ("", "k", "M", "G", "T")
ORDERS = ("port", "rx", "tx", "errors")
ERRORS = ("imissed", "ierrors", "oerrors", "rx_nombuf")
WIDE = 108  # columns from which on each kind of error has a column
HEADING = "heading"
ALARM = "alarm"
PLAIN = "plain"


@dataclass(frozen=True)
class Line:
    """A line, and what is special about it."""

    text: str
    kind: str = PLAIN


def short(value: float) -> str:
    """A number in at most six characters: 999, 1.23k, 45.6M."""
    unit = 0
    while value >= 999.5 and unit < len(UNITS) - 1:
        value /= 1000
        unit += 1
    if unit == 0:
        return f"{value:.0f}"
    return f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f}{UNITS[unit]}"


def errors(port: Port) -> int:
    """All that was not received or sent as it should."""
    return sum(port.counters[name] for name in ERRORS)


def _rank(order: str, port: Port, rate: Rates | None) -> tuple:
    value = {"rx": rate.rx if rate else 0, "tx": rate.tx if rate else 0, "errors": errors(port)}.get(order, 0)
    return -value, port.id


def _row(wide: bool, port: object, name: str, state: str, link: str, numbers: list[str]) -> str:
    room = 24 if wide else 16
    return f"{port:>4} {name:<{room}.{room}} {state:<8}{link:<5}" + "".join(f"{number:>8}" for number in numbers)


def _four(rate: Rates) -> list[str]:
    return [short(value) for value in (rate.rx, rate.tx, rate.rx_wire, rate.tx_wire)]


def _port_line(wide: bool, port: Port, rate: Rates | None, device: dict | None) -> Line:
    numbers = _four(rate) if rate else ["-"] * 4
    numbers += [short(port.counters[name]) for name in ERRORS] if wide else [short(errors(port))]
    gone = device is not None and device.get("state") in ("GONE", "FAILED")
    link = "gone" if gone else port.link.lower() or "?"
    return Line(_row(wide, port.id, port.name, "started" if port.started else "stopped", link, numbers),
                ALARM if gone or port.started and port.link == "DOWN" else PLAIN)


def _ports(wide: bool, sample: Sample, rates: dict[int, Rates], order: str) -> list[Line]:
    if not sample.ports:
        return [Line("no ports", HEADING)]
    headings = ["RX-PPS", "TX-PPS", "RX-BIT", "TX-BIT"] + (
        ["MISSED", "RX-ERR", "TX-ERR", "NOBUF"] if wide else ["ERRORS"])
    lines = [Line(_row(wide, "PORT", "NAME", "STATE", "LINK", headings), HEADING)]
    lines += [_port_line(wide, port, rates.get(port.id), sample.devices.get(port.name))
              for port in sorted(sample.ports, key=lambda port: _rank(order, port, rates.get(port.id)))]
    if len(sample.ports) > 1 and rates:
        lines.append(Line(_row(wide, "", "all", "", "", _four(_sum(rates)))))
    return lines


def _sum(rates: dict[int, Rates]) -> Rates:
    return Rates(*(sum(getattr(rate, name) for rate in rates.values()) for name in ("rx", "tx", "rx_wire", "tx_wire")))


def _devices(sample: Sample) -> list[Line]:
    """Those without a port: they wait for a driver, or are on their way out."""
    with_port = {port.name for port in sample.ports}
    rest = [(name, device) for name, device in sample.devices.items() if name not in with_port]
    if not rest:
        return []
    return [Line(""), Line(f"{'DEVICE':<29} {'BUS':<8}STATE", HEADING)] + [
        Line(f"{name:<29.29} {device.get('bus', ''):<8}{device.get('state', '').lower()}") for name, device in rest]


def _clock(text: str) -> str:
    try:
        return datetime.fromisoformat(text[:19] + "+00:00").astimezone().strftime("%H:%M:%S")
    except ValueError:
        return "?"


def _removals(sample: Sample) -> list[Line]:
    if not sample.removals:
        return []
    lines = [Line(""), Line(f"REMOVALS {sample.removals.get('count', 0)}  "
                            + "  ".join(f"{cause} {count}" for cause, count
                                        in sorted(sample.removals.get("causes", {}).items())), HEADING)]
    for removal in sample.removals.get("last", []):
        gone = removal.get("detached_ns")
        after = f", detached after {gone / 1e6:.1f} ms" if gone is not None else ""
        lines.append(Line(f"{_clock(removal.get('time', '')):>8} {removal.get('device', '?'):<24} "
                          f"noticed by {removal.get('cause', '?')}{after}"))
    return lines


def _lcores(sample: Sample, busy: dict[int, float]) -> str:
    return "lcores " + ", ".join(f"{lcore} ({busy[lcore]:.0%} busy)" if lcore in busy else str(lcore)
                                 for lcore in sample.lcores)


def _head(sample: Sample, busy: dict[int, float]) -> Line:
    faults = sample.faults
    parts = [f"{sample.version}, pid {sample.pid}", f"{len(sample.ports)} port(s)"]
    if sample.lcores:
        parts.append(_lcores(sample, busy))
    if faults:
        parts.append(f"{faults.get('count', 0)} fault(s) repaired"
                     + (f", the longest in {faults['longest_repair_ns'] / 1e3:.0f} us"
                        if faults.get("longest_repair_ns") else ""))
    return Line("   ".join(parts))


def lines(sample: Sample, rates: dict[int, Rates], busy: dict[int, float], order: str, width: int) -> list[Line]:
    """The whole page, from the most to the least important, for a terminal of `width` columns."""
    return [_head(sample, busy), Line(""), *_ports(width >= WIDE, sample, rates, order), *_devices(sample), *_removals(sample)]
