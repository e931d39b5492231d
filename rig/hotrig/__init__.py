# SPDX-License-Identifier: Apache-2.0
"""A virtual machine with a real hot-pluggable NIC, and the ways to take it away."""
