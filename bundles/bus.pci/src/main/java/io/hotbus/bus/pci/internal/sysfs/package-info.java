// SPDX-License-Identifier: Apache-2.0
/** PCI functions as sysfs shows them, and binding them to kernel drivers. */
package io.hotbus.bus.pci.internal.sysfs;
