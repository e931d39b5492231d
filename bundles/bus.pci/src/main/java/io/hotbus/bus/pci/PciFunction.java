// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci;

import java.util.List;
import java.util.Optional;

/**
 * A PCI function as a scan found it.
 *
 * @param address      its address
 * @param id           its ids
 * @param numaNode     -1 if the machine has none or does not say
 * @param kernelDriver the name of the kernel driver bound to it
 * @param physical     for a virtual function: its physical function
 * @param bars         the BARs that have an address, by index
 */
public record PciFunction(PciAddress address, PciId id, int numaNode,
        Optional<String> kernelDriver, Optional<PciAddress> physical, List<Bar> bars) {
    public PciFunction {
        bars = List.copyOf(bars);
    }

    /** The BAR of that index, if it has an address. */
    public Optional<Bar> bar(int index) {
        return bars.stream().filter(bar -> bar.index() == index).findFirst();
    }
}
