# SPDX-License-Identifier: Apache-2.0
"""Reads the apt sources from which this machine gets Debian, in both formats.

See sources.list(5).
"""
from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from hotrig.errors import MissingError

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# A suite of Debian's own. Group 2 is empty for a release itself.
SUITE = re.compile(r"(bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|"
                   r"unstable)(-updates|-proposed-updates|-backports|-backports-sloppy|"
                   r"-security|/updates)?/?")
SECURITY = ("-security", "/updates")
# Options of the one-line format that have another name in deb822.
OPTIONS = {"arch": "Architectures", "lang": "Languages", "target": "Targets"}
# These say what is fetched, which the rig decides for itself.
DROPPED = {"Types", "Enabled", "Uris", "Suites", "Components", "Architectures", "Languages",
           "Targets"}


@dataclass(frozen=True)
class Source:
    """Suites of one archive. `options`: the deb822 fields that tell how to fetch and trust it."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()

    @property
    def signed_by(self) -> str:
        return dict(self.options).get("Signed-By", "")

    @property
    def shown(self) -> str:
        """The URI without the password that may be in it."""
        return re.sub(r"//[^/@]*@", "//", self.uri)

    def stanza(self, architecture: str) -> str:
        """As deb822."""
        fields = (("Types", "deb"), ("URIs", self.uri), ("Suites", " ".join(self.suites)),
                  ("Components", "main"), ("Architectures", architecture), *self.options)
        return "".join(f"{name}: {value}\n" for name, value in fields) + "\n"


def read(file: Path, parts: Path) -> list[Source]:
    """The sources in sources.list and sources.list.d that are switched on."""
    texts = [(file.suffix, file)] if file.is_file() else []
    texts += [(part.suffix, part) for part in sorted(parts.glob("*"))
              if part.suffix in (".list", ".sources") and part.is_file()]
    sources: list[Source] = []
    for suffix, path in texts:
        text = path.read_text(errors="replace")
        sources += deb822(text) if suffix == ".sources" else one_line(text)
    return sources


def one_line(text: str) -> list[Source]:
    """`deb [ signed-by=KEY ] URI SUITE COMPONENT...`"""
    sources = []
    for line in text.splitlines():
        match = re.fullmatch(r"deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)((?:\s+\S+)*)\s*",
                             line.partition("#")[0].strip())
        if match:
            options, uri, suite, components = match.groups()
            sources.append(Source(uri.rstrip("/"), (suite,), tuple(components.split()),
                                  _kept(_options(options or ""))))
    return sources


def _options(text: str) -> list[tuple[str, str]]:
    options = (word.partition("=") for word in shlex.split(text) if "=" in word)
    return [(OPTIONS.get(name, name), value.replace(",", " ")) for name, _, value in options]


def deb822(text: str) -> list[Source]:
    """Stanzas of fields; a line that begins with a blank goes on with the field before it."""
    sources = []
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", lines):
        fields = {name.lower(): (name, value.rstrip()) for name, value in re.findall(
            r"^([^\s:]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza, re.MULTILINE)}

        def words(name: str) -> list[str]:
            return fields.get(name, ("", ""))[1].split()

        if "deb" in words("types") and words("enabled") not in (["no"], ["false"], ["0"]):
            sources += [Source(uri.rstrip("/"), tuple(words("suites")),
                               tuple(words("components")), _kept(fields.values()))
                        for uri in words("uris")]
    return sources


def _kept(options) -> tuple[tuple[str, str], ...]:
    named = ((name.title(), value) for name, value in options if name[-1] not in "+-")
    return tuple((name, value) for name, value in named if name not in DROPPED)


def of_debian(found: list[Source], release: str) -> list[Source]:
    """`release` (`bookworm`), its security updates and its backports, by what was found.

    A suite that the machine does not list comes from the mirror of the suites that it does.
    Raises MissingError where the machine has no source of Debian.
    """
    debian = [s for s in found if "main" in s.components and any(map(_kind, s.suites))]
    archive = _best(debian, lambda kind: kind not in SECURITY, found)
    security = _best(debian, lambda kind: kind in SECURITY, found)
    if archive is None:
        raise MissingError("apt has no source of Debian on this machine: add one to"
                           " /etc/apt/sources.list.d, whose mirror the rig is to use")
    wanted = [(archive, release), (archive, f"{release}-backports")]
    if security is not None:
        wanted.insert(1, (security, f"{release}-security"))
    return [replace(_serving(suite, source, debian), suites=(suite,)) for source, suite in wanted]


def _kind(suite: str) -> str:
    """What a suite of Debian's own is to its release: `release`, `-updates`...; else empty."""
    match = SUITE.fullmatch(suite)
    return (match[2] or "release") if match else ""


def _best(debian: list[Source], wanted, found: list[Source]) -> Source | None:
    """The likeliest Debian source with a wanted suite; others also call a suite `bookworm`."""
    def likelihood(source: Source) -> int:
        own_key = not source.signed_by or "debian-archive" in source.signed_by
        name = source.uri.split("/")[-1]
        updates = any(_kind(suite) == "-updates" for other in found if other.uri == source.uri
                      for suite in other.suites)
        return 4 * own_key + 2 * name.startswith("debian") + updates

    able = [s for s in debian if any(_kind(suite) and wanted(_kind(suite)) for suite in s.suites)]
    return max(able, key=likelihood, default=None)


def _serving(suite: str, mirror: Source, debian: list[Source]) -> Source:
    """The source that lists `suite` on that mirror, else the mirror with a key for it."""
    for source in debian:
        if source.uri == mirror.uri and suite in source.suites:
            return source
    if "debian-archive" not in mirror.signed_by or not Path(KEYRING).exists():
        return mirror
    # The key of one release does not do for another one; all are in the keyring.
    return replace(mirror, options=(*(o for o in mirror.options if o[0] != "Signed-By"),
                                    ("Signed-By", KEYRING)))
