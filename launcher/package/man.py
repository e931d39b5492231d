#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes manual pages of the texts that `hotbus COMMAND --help` prints.

Usage: man.py HELP-FOLDER OUTPUT-FOLDER VERSION SECONDS
"""

import itertools
import re
import sys
import time
from pathlib import Path

# Beginning of an entry: two blanks, a term; then, after two blanks or more, or on the next line, what it is.
ENTRY = re.compile(r"^  (\S.*?)(?:  +(\S.*))?$")
OPENING = re.compile(r"^([A-Z][^:]*?)((?: \([^)]*\))?):(?: (.*))?$")
DEEP = 8


def roff(text):
    """The text with what roff would take for its own made harmless."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "\\&" + text if text.startswith((".", "\\(aq")) else text


def verbatim(lines):
    return [".PP", ".nf", *(roff(line) for line in lines), ".fi"]


def entries(lines):
    """A block of indented lines: terms with their descriptions, or lines to show as they are."""
    out = []
    for line in lines:
        entry = ENTRY.match(line)
        if entry is None or len(line) - len(line.lstrip()) >= DEEP:
            out.append(roff(line.strip()))
        else:
            out += [".TP", ".B " + roff(entry.group(1)).replace('"', "\\(dq")]
            out += [roff(entry.group(2))] if entry.group(2) else []
    return out


def described(lines):
    """Whether the block describes its terms."""
    return any(ENTRY.match(line) and ENTRY.match(line).group(2) for line in lines)


def block(lines):
    """A paragraph of lines, and lines listed below it, which may be several."""
    out, opening = [], None
    for indented, group in itertools.groupby(lines, lambda line: line.startswith(" ")):
        run = list(group)
        if not indented:
            opening = OPENING.match(run[0]) if len(run) == 1 else None
            plain = [".PP", *(roff(line) for line in run)]
            out += plain
        elif opening:
            rest = (opening.group(2).strip(" ()"), opening.group(3))
            out[-len(plain):] = [".SH " + roff(opening.group(1).upper()),
                                 *(roff(text) for text in rest if text)]
            listed = described(run) or not opening.group(3)
            out += shown(run) if listed else [roff(line.strip()) for line in run]
        else:
            out += shown(run)
    return out


def shown(lines):
    return entries(lines) if described(lines) else verbatim(lines)


def page(name, text, summary, others, version, date):
    first, _, body = text.partition("\n\n")
    out = [f'.TH {name.upper()} 1 "{date}" "hotbus {version}" "hotbus"', ".SH NAME",
           roff(name) + " \\- " + roff(summary)]
    if not first.startswith("Usage:"):  # the overview has a title first
        first, _, body = body.partition("\n\n")
    out += [".SH SYNOPSIS", ".nf",
            *(roff(line.replace("Usage: ", "").strip()) for line in first.split("\n")), ".fi",
            ".SH DESCRIPTION"]
    for part in re.split(r"\n\n+", body.strip("\n")):
        out += block(part.split("\n"))
    out += [".SH SEE ALSO", *(f".BR {roff(other)} (1)," for other in others[:-1]),
            f".BR {roff(others[-1])} (1)"]
    return "\n".join(line for line in out if line) + "\n"


def summaries(overview):
    return dict(re.findall(r"^  ([a-z]+) {2,}(\S.*)$", overview, re.MULTILINE))


def main(folder, out, version, seconds):
    texts = {file.stem: file.read_text().partition("\n")[2] for file in sorted(Path(folder).glob("*.txt"))}
    what = summaries(texts["hotbus"])
    date = time.strftime("%Y-%m-%d", time.gmtime(int(seconds)))
    names = {command: "hotbus" if command == "hotbus" else "hotbus-" + command for command in texts}
    Path(out).mkdir(parents=True, exist_ok=True)
    for command, text in texts.items():
        summary = what.get(command) or text.partition("\n")[0].partition(" - ")[2]
        others = [name for name in names.values() if name != names[command]]
        Path(out, names[command] + ".1").write_text(
            page(names[command], text, summary, others, version, date))


if __name__ == "__main__":
    main(*sys.argv[1:])
