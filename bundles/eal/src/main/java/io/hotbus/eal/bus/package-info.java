// SPDX-License-Identifier: Apache-2.0
/** Buses, their devices and drivers, and the devargs that name them. */
@Version("1.2.0")
package io.hotbus.eal.bus;

import org.osgi.annotation.versioning.Version;
