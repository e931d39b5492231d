# SPDX-License-Identifier: Apache-2.0
"""Packets a second of hotbus beside those of dpdk-testpmd, with the same devices on the same CPUs."""
