// SPDX-License-Identifier: Apache-2.0
/**
 * Hot-plug: the services that detect a device that comes or goes, repair faults, decide, and are
 * notified.
 */
@Version("1.1.0")
package io.hotbus.eal.hotplug;

import org.osgi.annotation.versioning.Version;
