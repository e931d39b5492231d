// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import io.hotbus.core.thread.EventLoop;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The thread {@code sigbus-dispatcher}. Everything that follows a fault runs on it. */
@Component(service = SigbusThread.class)
public final class SigbusThread {
    private final EventLoop loop;

    @Activate
    public SigbusThread(@Reference Linux linux) throws LinuxException {
        loop = new EventLoop(linux, "sigbus-dispatcher", () -> { });
        loop.start();
    }

    EventLoop loop() {
        return loop;
    }

    @Deactivate
    public void close() {
        loop.close();
    }
}
