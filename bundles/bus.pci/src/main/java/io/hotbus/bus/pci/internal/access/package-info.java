// SPDX-License-Identifier: Apache-2.0
/** What a kernel driver gives user space of one function: sysfs, igb_uio, uio_pci_generic. */
package io.hotbus.bus.pci.internal.access;
