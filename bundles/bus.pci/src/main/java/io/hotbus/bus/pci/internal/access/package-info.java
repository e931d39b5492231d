// SPDX-License-Identifier: Apache-2.0
/** Access to a function through a kernel driver: sysfs, igb_uio, uio_pci_generic. */
package io.hotbus.bus.pci.internal.access;
