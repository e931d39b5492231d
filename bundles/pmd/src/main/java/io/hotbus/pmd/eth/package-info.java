// SPDX-License-Identifier: Apache-2.0
/**
 * The ground under poll-mode drivers of Ethernet devices: the life of a device under its port, and
 * which buffers its queues own. The bursts stay with each driver, where they are fast and say what
 * the device does.
 */
@Version("1.0.0")
package io.hotbus.pmd.eth;

import org.osgi.annotation.versioning.Version;
