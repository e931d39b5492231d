// SPDX-License-Identifier: Apache-2.0
/**
 * Building blocks for poll-mode drivers of any device: release of a device in the right order,
 * registers, statistics registers, and memory for descriptor rings. Nothing here depends on a bus
 * or on Ethernet.
 */
@Version("1.0.0")
package io.hotbus.pmd;

import org.osgi.annotation.versioning.Version;
