// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.pci.NicRig;
import io.hotbus.testkit.pci.TestFunction;
import java.util.List;
import java.util.Map;

/** The driver, and the model of a virtual function in a slot. */
final class Rig extends NicRig<FakeVf> {
    static final PciId ID = new PciId(0x8086, 0x10ca, 0x8086, 0, 0x020000);

    Rig(Map<String, Object> settings, NicPatience patience) throws Exception {
        super(FakeVf::new, (services, chip) ->
                new VfDriver(services, new VfSettings(settings), patience));
    }

    @Override
    protected TestFunction insert(Devargs devargs) {
        return new TestFunction(this, devargs, ID,
                List.of(new Bar(0, 0xfebc0000L, VfRegs.BAR0_LENGTH, true, false)),
                PciAddress.parse("0000:01:00.1"));
    }
}
