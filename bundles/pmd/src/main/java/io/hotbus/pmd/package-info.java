// SPDX-License-Identifier: Apache-2.0
/**
 * The ground under poll-mode drivers, whatever their devices are: letting go of a device in the
 * right order, registers, statistics registers, and memory for descriptor rings. Nothing here knows
 * a bus or Ethernet.
 */
@Version("1.0.0")
package io.hotbus.pmd;

import org.osgi.annotation.versioning.Version;
