// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.os.LinuxException;
import java.io.IOException;

/** Adapts a device to {@link TransientFaults}. */
record DeviceFaults(LivePciDevice device, HotUnplug hotUnplug) implements TransientFaults.Target {
    @Override
    public String name() {
        return device.name();
    }

    @Override
    public boolean isGone() {
        return device.isGone();
    }

    @Override
    public boolean isPresent() {
        return device.isPresent();
    }

    @Override
    public boolean decodesMemory() throws LinuxException {
        return device.decodesMemory();
    }

    @Override
    public void restoreWindows() throws IOException {
        device.restoreWindows();
    }

    @Override
    public void giveUp() {
        hotUnplug.report(device, RemovalCause.SIGBUS);
    }
}
