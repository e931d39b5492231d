// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.config.WholeNumber;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.pmd.members.MemberSource;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Says which device a sub-device is, now. Control threads, one at a time. Source: DPDK's failsafe
 * driver, whose devargs are the same but for {@code dev(mac=...)}.
 */
abstract sealed class SubDeviceSource implements MemberSource {
    private static final int MAX_DEVARGS = 4096;

    private final String text;

    private SubDeviceSource(String text) {
        this.text = text;
    }

    /** As it was given. */
    @Override
    public final String toString() {
        return text;
    }

    /**
     * @param port name of the failsafe device, for messages
     * @param key  {@code dev}, {@code exec} or {@code fd}
     * @param text what stands in the parentheses
     * @throws DeviceException the text is wrong
     */
    static SubDeviceSource parse(String port, String key, String text) throws DeviceException {
        String shown = key + "(" + text + ")";
        return switch (key) {
            case "exec" -> new Command(shown, port, text);
            case "fd" -> new Descriptor(shown, port, WholeNumber.decode(text, 0, Integer.MAX_VALUE)
                    .orElseThrow(() -> new DeviceException(
                            port + ": " + shown + ": the number of an open descriptor is needed")));
            default -> text.startsWith("mac=") ? new Address(shown, MacAddress.parse(
                    text.substring("mac=".length())).filter(MacAddress::isUnicast).orElseThrow(
                            () -> new DeviceException(
                                    port + ": " + shown + ": a unicast address is needed")))
                    : new Fixed(shown, read(port + ": " + shown, text));
        };
    }

    private static Devargs read(String where, String text) throws DeviceException {
        try {
            return Devargs.parse(text);
        } catch (DeviceException e) {
            throw new DeviceException(where + ": " + e.getMessage(), e);
        }
    }

    /** {@code dev(DEVARGS)}. */
    private static final class Fixed extends SubDeviceSource {
        private final Devargs devargs;

        Fixed(String text, Devargs devargs) {
            super(text);
            this.devargs = devargs;
        }

        @Override
        public Optional<Devargs> devargs() {
            return Optional.of(devargs);
        }
    }

    /** {@code dev(mac=ADDRESS)}. */
    private static final class Address extends SubDeviceSource {
        private final MacAddress mac;

        Address(String text, MacAddress mac) {
            super(text);
            this.mac = mac;
        }

        @Override
        public Optional<Devargs> devargs() {
            return Optional.empty();
        }

        @Override
        public Optional<MacAddress> mac() {
            return Optional.of(mac);
        }
    }

    /** {@code exec(COMMAND)}: the first line that a shell command prints. */
    private static final class Command extends SubDeviceSource {
        private static final int LIMIT_SECONDS = 5;

        private final String port;
        private final String command;

        Command(String text, String port, String command) {
            super(text);
            this.port = port;
            this.command = command;
        }

        @Override
        public Optional<Devargs> devargs() throws DeviceException {
            try {
                Process process = new ProcessBuilder("/bin/sh", "-c", command)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new DeviceException("%s: %s: did not end within %s s"
                            .formatted(port, this, LIMIT_SECONDS));
                }
                String line = new String(process.getInputStream().readNBytes(MAX_DEVARGS + 1),
                        StandardCharsets.UTF_8).lines().findFirst().orElse("").strip();
                return line.isEmpty() ? Optional.empty()
                        : Optional.of(read(port + ": " + this + ": printed", line));
            } catch (IOException e) {
                throw new DeviceException(port + ": " + this + ": " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DeviceException(port + ": " + this + ": interrupted", e);
            }
        }
    }

    /** {@code fd(NUMBER)}: the last whole line that was written to a descriptor of the process. */
    private static final class Descriptor extends SubDeviceSource {
        private final String port;
        private final int number;
        private final StringBuilder begun = new StringBuilder();
        private Optional<Devargs> last = Optional.empty();

        Descriptor(String text, String port, int number) {
            super(text);
            this.port = port;
            this.number = number;
        }

        @Override
        public Optional<Devargs> devargs() throws DeviceException {
            try (InputStream in = new FileInputStream("/proc/self/fd/" + number)) {
                byte[] there = new byte[Math.min(in.available(), MAX_DEVARGS)];
                int read = in.read(there);
                begun.append(new String(there, 0, Math.max(0, read), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new DeviceException(port + ": " + this + ": " + e.getMessage(), e);
            }
            int end = begun.lastIndexOf("\n");
            if (end >= 0) {
                String line = begun.substring(begun.lastIndexOf("\n", end - 1) + 1, end).strip();
                begun.delete(0, end + 1);
                last = line.isEmpty() ? Optional.empty()
                        : Optional.of(read(port + ": " + this + ": read", line));
            }
            return last;
        }
    }
}
