// SPDX-License-Identifier: Apache-2.0
/** Functions through vfio-pci, and the memory their IOMMU lets them reach. */
package io.hotbus.bus.pci.internal.vfio;
