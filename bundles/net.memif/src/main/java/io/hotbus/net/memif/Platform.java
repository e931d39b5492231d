// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Linux;
import io.hotbus.os.Sockets;

/** The services that the driver uses. */
record Platform(Linux linux, Sockets sockets, InterruptThread interrupts, ControlThread control,
        MmioMapper mapper, HotUnplug unplug) {
}
