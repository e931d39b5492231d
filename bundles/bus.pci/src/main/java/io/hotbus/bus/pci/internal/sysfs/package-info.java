// SPDX-License-Identifier: Apache-2.0
/** What sysfs says of PCI functions, and how they are given to one kernel driver or another. */
package io.hotbus.bus.pci.internal.sysfs;
