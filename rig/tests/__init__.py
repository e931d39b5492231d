# SPDX-License-Identifier: Apache-2.0
"""Tests of what happens on the host; no guest is booted: python3 -m unittest discover -s rig -t rig"""
