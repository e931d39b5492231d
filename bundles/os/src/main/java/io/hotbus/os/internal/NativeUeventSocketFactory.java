// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.UeventSocket;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@link UeventSocket.Factory} by libhotbus. */
@Component
public final class NativeUeventSocketFactory implements UeventSocket.Factory {
    private final NativeHotbus hotbus;
    private final Linux linux;

    @Activate
    public NativeUeventSocketFactory(@Reference NativeHotbus hotbus, @Reference Linux linux) {
        this.hotbus = hotbus;
        this.linux = linux;
    }

    @Override
    public UeventSocket open(int receiveBuffer) throws LinuxException {
        final int fd = hotbus.hb_uevent_open(receiveBuffer);
        if (fd < 0) {
            throw new LinuxException("uevent socket", -fd, ErrnoText.of(-fd));
        }
        return new NativeUeventSocket(hotbus, linux, fd);
    }
}
