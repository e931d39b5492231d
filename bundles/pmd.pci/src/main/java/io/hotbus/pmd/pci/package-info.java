// SPDX-License-Identifier: Apache-2.0
/**
 * Building blocks for PMDs of NICs on PCI: the driver, the periodic check of a device, and the
 * decision whether a device is gone, needs a new setup, or is of no use.
 */
@Version("1.0.0")
package io.hotbus.pmd.pci;

import org.osgi.annotation.versioning.Version;
