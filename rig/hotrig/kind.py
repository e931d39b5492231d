# SPDX-License-Identifier: Apache-2.0
"""What the kinds of scenarios with a product of their own have in common."""
from __future__ import annotations

from hotrig.guest import Guest
from hotrig.nic import Nic, Peer
from hotrig.product import Build
from hotrig.progress import Progress


class Kind:
    """A kind of scenarios in one guest, with its NIC, the peer of that, and the product."""

    def __init__(self, guest: Guest, hardware: Nic, peer: Peer, build: Build,
                 progress: Progress) -> None:
        self._guest = guest
        self._nic = hardware
        self._peer = peer
        self._build = build
        self._progress = progress
