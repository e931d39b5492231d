// SPDX-License-Identifier: Apache-2.0
/**
 * Base classes for poll-mode drivers of Ethernet devices: the life cycle of a device below its
 * port, and the buffers that its queues own. Each driver keeps its own burst loops, which are fast
 * there and show what the device does.
 */
@Version("1.0.0")
package io.hotbus.pmd.eth;

import org.osgi.annotation.versioning.Version;
