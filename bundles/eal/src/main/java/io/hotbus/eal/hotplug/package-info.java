// SPDX-License-Identifier: Apache-2.0
/**
 * What happens when a device comes or goes: the services that detect, repair, decide and are
 * told.
 */
@Version("1.1.0")
package io.hotbus.eal.hotplug;

import org.osgi.annotation.versioning.Version;
