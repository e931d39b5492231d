// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.pci.NicRig;
import io.hotbus.testkit.pci.TestFunction;
import java.util.List;
import java.util.Map;

/** The driver, and the model of an 82574 in a slot. */
final class Rig extends NicRig<Fake82574> {
    static final PciId ID = new PciId(0x8086, 0x10d3, 0x8086, 0, 0x020000);
    static final Bar BAR0 = new Bar(0, 0xfebc0000L, E1000eRegs.BAR0_LENGTH, true, false);

    Rig(Map<String, Object> settings, NicPatience patience) throws Exception {
        super(Fake82574::new, (services, chip) ->
                new E1000eDriver(services, new E1000eSettings(settings), patience));
    }

    @Override
    protected TestFunction insert(Devargs devargs) {
        return new TestFunction(this, devargs, ID, List.of(BAR0));
    }

    /** A function with other BARs, in the slot. */
    TestFunction functionWith(Bar... bars) throws DeviceException {
        return added(new TestFunction(this, Devargs.parse(ADDRESS), ID, List.of(bars)));
    }
}
