# SPDX-License-Identifier: Apache-2.0
"""The kinds of errors, by who must act on them."""


class RigError(Exception):
    """A step of a scenario failed: the scenario did not pass."""


class GuestError(RigError):
    """The guest died, hangs, or does not boot: nothing more can be done in it."""


class MissingError(Exception):
    """Something is missing on this machine; the message says how to get it."""


class UsageError(Exception):
    """The command line is wrong."""
