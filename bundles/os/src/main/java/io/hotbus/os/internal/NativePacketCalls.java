// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import io.hotbus.os.PacketCalls;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@link PacketCalls} by libhotbus.so. */
@Component
public final class NativePacketCalls implements PacketCalls {
    private final NativeHotbus hotbus;

    @Activate
    public NativePacketCalls(@Reference NativeHotbus hotbus) {
        this.hotbus = hotbus;
    }

    @Override
    public int kick(int fd) {
        return hotbus.hb_kick(fd);
    }

    @Override
    public int readFrames(int fd, long burst) {
        return hotbus.hb_read_frames(fd, burst);
    }

    @Override
    public int writeFrames(int fd, long burst) {
        return hotbus.hb_write_frames(fd, burst);
    }
}
