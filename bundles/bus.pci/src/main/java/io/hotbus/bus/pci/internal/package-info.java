// SPDX-License-Identifier: Apache-2.0
/** The PCI bus itself. */
package io.hotbus.bus.pci.internal;
