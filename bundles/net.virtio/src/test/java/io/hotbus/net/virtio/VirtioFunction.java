// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.testkit.pci.TestFunction;
import java.util.List;

/** A slot with the model in it, and the capabilities of a virtio device. */
final class VirtioFunction extends TestFunction {
    static final PciId ID = new PciId(0x1af4, 0x1041, 0x1af4, 0x1100, 0x020000);
    static final int COMMON = 0x40;
    static final int NOTIFY = 0x50;
    static final int ISR = 0x64;
    static final int NET = 0x74;
    private static final int MODERN_BAR = 4;

    VirtioFunction(Rig rig, Devargs devargs) {
        super(rig, devargs, ID, List.of(new Bar(1, 0xfebd0000L, 4096, true, false),
                new Bar(MODERN_BAR, 0xfe000000L, FakeVirtioNet.LENGTH, true, true)));
        config.putShort(0x06, (short) (1 << 4));
        config.put(0x34, (byte) COMMON);
        capability(COMMON, NOTIFY, 16, VirtioRegs.TYPE_COMMON, 0, 0x1000);
        capability(NOTIFY, ISR, 20, VirtioRegs.TYPE_NOTIFY, FakeVirtioNet.NOTIFY, 0x1000);
        config.putInt(NOTIFY + VirtioRegs.CAP_NOTIFY_MULTIPLIER, FakeVirtioNet.MULTIPLIER);
        capability(ISR, NET, 16, VirtioRegs.TYPE_ISR, FakeVirtioNet.ISR, 0x1000);
        capability(NET, 0, 16, VirtioRegs.TYPE_DEVICE, FakeVirtioNet.NET, 0x1000);
    }

    private void capability(int at, int next, int length, int type, long offset, int size) {
        config.put(at, (byte) VirtioRegs.CAP_VENDOR).put(at + 1, (byte) next)
                .put(at + VirtioRegs.CAP_LENGTH, (byte) length)
                .put(at + VirtioRegs.CAP_TYPE, (byte) type)
                .put(at + VirtioRegs.CAP_BAR, (byte) MODERN_BAR)
                .putInt(at + VirtioRegs.CAP_OFFSET, (int) offset)
                .putInt(at + VirtioRegs.CAP_SIZE, size);
    }

    /** All structures lie in one BAR. */
    @Override
    protected int modelBar(int index) {
        return 0;
    }
}
