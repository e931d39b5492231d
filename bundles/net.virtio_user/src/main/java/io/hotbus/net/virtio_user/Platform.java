// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Linux;
import io.hotbus.os.Sockets;

/** The services that the driver uses. */
record Platform(Linux linux, Sockets sockets, InterruptThread interrupts, ControlThread control,
        DmaAllocator allocator, HotUnplug unplug) {
}
