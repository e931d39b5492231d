// SPDX-License-Identifier: Apache-2.0
/**
 * The network interfaces of the kernel: what they are, how they are set, and when they come, change
 * and go. For drivers of devices that are network interfaces.
 */
@Version("1.0.0")
package io.hotbus.netif;

import org.osgi.annotation.versioning.Version;
