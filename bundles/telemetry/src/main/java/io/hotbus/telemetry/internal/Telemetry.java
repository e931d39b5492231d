// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import io.hotbus.os.Linux;
import io.hotbus.os.Sockets;
import io.hotbus.os.UnixSockets;
import io.hotbus.telemetry.TelemetryCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DPDK's telemetry: serves the commands of all bundles on a socket at DPDK's place, unless {@code
 * --no-telemetry} is given. A process without it works as well, so a failure is a warning.
 */
@Component(service = {}, configurationPid = Telemetry.PID)
@Designate(ocd = TelemetryConfiguration.class)
public final class Telemetry {
    /** The settings. */
    static final String PID = "io.hotbus.telemetry";
    private static final Logger LOG = LoggerFactory.getLogger(Telemetry.class);

    private final Registry registry;
    private final Optional<Server> server;

    /** Opens the socket. */
    @Activate
    public Telemetry(BundleContext context, Map<String, Object> properties,
            @Reference Linux linux, @Reference Sockets sockets) {
        final Version version = context.getBundle().getVersion();
        final Map<String, Object> info = new LinkedHashMap<>();
        info.put("version", "hotbus %s.%s.%s".formatted(
                version.getMajor(), version.getMinor(), version.getMicro()));
        info.put("pid", ProcessHandle.current().pid());
        info.put("max_output_len", Reply.MAX_LENGTH);
        this.registry = new Registry(info);
        Optional<Server> started = Optional.empty();
        try {
            final Arguments arguments = Arguments.of(context);
            if (!arguments.flag(Arguments.NO_TELEMETRY)) {
                final String group = Settings.read(PID, properties, s -> s.text("group"));
                started = Optional.of(start(
                        linux, sockets, arguments.filePrefix(), group, info));
            }
        } catch (UsageException e) {
            LOG.debug("no telemetry: {}", e.getMessage()); // the command says so and ends
        } catch (IOException | SettingException e) {
            LOG.warn("no telemetry: {}", e.getMessage());
        }
        this.server = started;
    }

    private Server start(Linux linux, Sockets sockets, String prefix, String group,
            Map<String, Object> info) throws IOException {
        final Path base = RuntimeFolder.base(System.getenv(), RuntimeFolder.uid());
        final Access access = Access.of(group, base);
        final Path folder = RuntimeFolder.create(base, prefix, access);
        final UnixSockets unix = new UnixSockets(linux, sockets, UnixSockets.SOCK_SEQPACKET);
        final List<Server.Entrance> entrances = new ArrayList<>();
        try {
            entrances.add(new Server.Entrance(SocketFile.listen(unix, folder), Reply.json(info),
                    request -> Conversation.Step.reply(registry.answer(request))));
            legacy(unix, folder).ifPresent(entrances::add);
            for (Server.Entrance entrance : entrances) {
                access.openSocket(Path.of(entrance.file().name().toString()));
            }
            LOG.debug("telemetry: {}", entrances.get(0).file().name());
            return new Server(linux, sockets, entrances);
        } catch (IOException e) {
            entrances.forEach(x -> unix.stopListening(x.file().name(), x.file().fd()));
            throw e;
        }
    }

    /** As in DPDK, only the first process of a prefix has the older protocol. */
    private Optional<Server.Entrance> legacy(UnixSockets unix, Path folder) {
        try {
            return Optional.of(new Server.Entrance(
                    SocketFile.listen(unix, folder, SocketFile.LEGACY), new byte[0],
                    new Legacy(registry)::register));
        } catch (IOException e) {
            LOG.debug("no telemetry in the older protocol: {}", e.getMessage());
            return Optional.empty();
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addCommands(TelemetryCommands commands) {
        registry.add(commands);
    }

    void removeCommands(TelemetryCommands commands) {
        registry.remove(commands);
    }

    /** Closes the socket. */
    @Deactivate
    void deactivate() {
        server.ifPresent(Server::close);
    }
}
