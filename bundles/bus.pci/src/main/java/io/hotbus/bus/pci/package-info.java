// SPDX-License-Identifier: Apache-2.0
/** The PCI bus: functions as sysfs shows them, kernel drivers that hand them out, and devices. */
@Version("1.0.0")
package io.hotbus.bus.pci;

import org.osgi.annotation.versioning.Version;
