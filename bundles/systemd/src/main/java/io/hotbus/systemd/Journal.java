// SPDX-License-Identifier: Apache-2.0
package io.hotbus.systemd;

import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.os.UnixSocketName;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;

/**
 * Sends the log to the journal, where the launcher's logger makes records for it: it has no socket
 * of datagrams by itself. What the journal does not take at once, the logger prints. Source:
 * systemd, JOURNAL_NATIVE_PROTOCOL.
 */
@Component(service = {})
public final class Journal {
    private static final String SOCKET = "/run/systemd/journal/socket";

    private final Optional<Consumer<Predicate<byte[]>>> logger;
    private final MessageSocket socket;

    /** {@code logger} is the launcher's; null where the log is not for the journal. */
    @Activate
    public Journal(@Reference Linux linux, @Reference Sockets sockets,
            @Reference(target = "(hotbus.journal=records)",
                    cardinality = ReferenceCardinality.OPTIONAL)
                    Consumer<Predicate<byte[]>> logger) {
        this.logger = Optional.ofNullable(logger);
        this.socket = new MessageSocket(linux, sockets, "journal", UnixSocketName.path(SOCKET));
        this.logger.ifPresent(it -> it.accept(this::send));
    }

    private boolean send(byte[] message) {
        try {
            socket.send(message);
            return true;
        } catch (LinuxException e) {
            return false;
        }
    }

    /** The logger prints from now on. */
    @Deactivate
    void deactivate() {
        logger.ifPresent(it -> it.accept(message -> false));
        socket.close();
    }
}
