# SPDX-License-Identifier: Apache-2.0
"""What happens on the host, without a guest: python3 -m unittest discover -s rig -t rig"""
