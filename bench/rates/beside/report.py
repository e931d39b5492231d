# SPDX-License-Identifier: Apache-2.0
"""Results as a table, as JSON, and as one HTML page without assets."""
from __future__ import annotations

import html
import json
from dataclasses import asdict, dataclass
from statistics import median

HEADING = f"{'row':<22} {'hotbus':>9} {'beside':>9} {'ratio':>6}  {'lowest':>6} {'highest':>7}"
_BAR = 420


@dataclass(frozen=True)
class Result:
    """Packets a second of both programs: one of each for each pair of runs."""
    name: str
    what: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    def ratios(self) -> list[float]:
        """Ours to theirs, pair by pair."""
        return [a / b for a, b in zip(self.ours, self.theirs)]


def line(result: Result) -> str:
    """A row of the table, in millions of packets a second."""
    ratios = result.ratios()
    return (f"{result.name:<22} {median(result.ours) / 1e6:>9.2f} "
            f"{median(result.theirs) / 1e6:>9.2f} {median(ratios):>6.2f}  "
            f"{min(ratios):>6.2f} {max(ratios):>7.2f}")


def as_json(results: list[Result], about: dict[str, str]) -> str:
    """Everything that was measured."""
    return json.dumps({"about": about, "unit": "packets per second",
                       "results": [asdict(result) for result in results]}, indent=2) + "\n"


def as_html(results: list[Result], about: dict[str, str]) -> str:
    """A page with a bar for each program and row."""
    facts = "".join(f"<dt>{html.escape(k)}<dd>{html.escape(v)}" for k, v in about.items())
    rows = "".join(map(_row, results))
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>hotbus beside dpdk-testpmd</title>
<style>
body {{ font: 15px/1.4 sans-serif; margin: 2em; color-scheme: light dark }}
td, th {{ padding: .2em .8em; text-align: right }} td:first-child, th:first-child {{ text-align: left }}
dt {{ float: left; clear: left; width: 8em }} .ours {{ fill: #2a78d6 }} .theirs {{ fill: #8a8a86 }}
text {{ fill: currentColor; font-size: 12px }}
</style>
<h1>hotbus beside dpdk-testpmd</h1><dl>{facts}</dl>
<table><tr><th>row<th>Mpps, hotbus above dpdk-testpmd<th>ratio<th>lowest to highest</tr>{rows}</table>
</html>
"""


def _row(result: Result) -> str:
    ours, theirs = median(result.ours), median(result.theirs)
    scale = _BAR / max(ours, theirs)
    ratios = result.ratios()
    bars = "".join(
        f'<rect class="{kind}" x="0" y="{y}" width="{value * scale:.1f}" height="14"/>'
        f'<text x="{value * scale + 6:.1f}" y="{y + 12}">{value / 1e6:.2f}</text>'
        for kind, y, value in (("ours", 2, ours), ("theirs", 20, theirs)))
    return (f"<tr><td>{html.escape(result.name)}<br><small>{html.escape(result.what)}</small>"
            f'<td><svg width="{_BAR + 80}" height="38" role="img" aria-label="hotbus '
            f'{ours / 1e6:.2f} Mpps, dpdk-testpmd {theirs / 1e6:.2f} Mpps">{bars}</svg>'
            f"<td>{median(ratios):.2f}<td>{min(ratios):.2f} to {max(ratios):.2f}</tr>\n")
