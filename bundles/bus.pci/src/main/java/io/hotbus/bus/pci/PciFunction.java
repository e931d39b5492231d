// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci;

import java.util.List;
import java.util.Optional;

/**
 * A PCI function as a scan found it.
 *
 * @param address      where it is
 * @param id           what it is
 * @param numaNode     -1 where the machine has none or does not say
 * @param kernelDriver the name of the kernel driver bound to it
 * @param physical     for a virtual function: its physical function
 * @param bars         those that are assigned, by index
 */
public record PciFunction(PciAddress address, PciId id, int numaNode,
        Optional<String> kernelDriver, Optional<PciAddress> physical, List<Bar> bars) {
    public PciFunction {
        bars = List.copyOf(bars);
    }

    /** The BAR of that index, if it is assigned. */
    public Optional<Bar> bar(int index) {
        return bars.stream().filter(bar -> bar.index() == index).findFirst();
    }
}
