// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.hotbus.app.UsageException;
import io.hotbus.eal.hotplug.SigbusFault;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Writes the file of {@code --json} in one step at the end; checks at the start that it can. */
final class JsonReport {
    private final Path file;
    /** Read early, because later an lcore keeps the JVM off its CPU. */
    private final int cpus = Runtime.getRuntime().availableProcessors();

    /**
     * Checks that {@code file} can be written.
     *
     * @throws UsageException it cannot
     */
    JsonReport(Path file) throws UsageException {
        this.file = file.toAbsolutePath();
        if (Files.isDirectory(this.file)) {
            throw new UsageException("--json " + file + ": is a folder");
        }
        if (!Files.isDirectory(this.file.getParent())) {
            throw new UsageException("--json " + file + ": there is no such folder");
        }
        try {
            Files.delete(temporary());
        } catch (IOException e) {
            throw new UsageException("--json %s: nothing can be written in its folder: %s"
                    .formatted(file, e));
        }
    }

    /** Creates a file in the same folder, so that it can be moved in one step. */
    private Path temporary() throws IOException {
        return Files.createTempFile(file.getParent(), "." + file.getFileName(), ".tmp");
    }

    /**
     * Writes the file.
     *
     * @throws IOException naming the file
     */
    void write(Result result) throws IOException {
        Path temporary = temporary();
        try {
            try (OutputStream out = Files.newOutputStream(temporary);
                    JsonGenerator json = new JsonFactory().createGenerator(out)) {
                write(result, json.useDefaultPrettyPrinter());
                json.writeRaw(System.lineSeparator());
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private void write(Result result, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeNumberField("cycles", result.wanted());
        json.writeNumberField("survived", result.cycles().size());
        json.writeNumberField("faults", result.faults());
        spread(json, "faultToResumeMicros", result.faultToResume(), 1e3);
        spread(json, "yankToDetachedMillis", result.yankToDetached(), 1e6);
        spread(json, "plugToForwardingMillis", result.plugToForwarding(), 1e6);
        if (result.balance().isPresent()) {
            Balance balance = result.balance().get();
            json.writeNumberField("otherPortsInjectedPackets", balance.injected());
            json.writeNumberField("otherPortsForwardedPackets", balance.forwarded());
            json.writeNumberField("otherPortsLostPackets", balance.lost());
        } else {
            json.writeNullField("otherPortsLostPackets");
        }
        json.writeNumberField("mbufsLeaked", result.mbufsLeaked());
        json.writeNumberField("firstPacketSeconds", rounded(result.firstPacketSeconds()));
        json.writeArrayFieldStart("removals");
        for (Cycle cycle : result.cycles()) {
            if (cycle.faultToResume().isPresent()) {
                json.writeStartObject();
                SigbusFault first = cycle.faults().get(0);
                json.writeNumberField("faultNanoTime", first.timeNanos());
                json.writeNumberField("repairMicros", rounded(first.repairNanos() / 1e3));
                json.writeNumberField("faultToResumeMicros",
                        rounded(cycle.faultToResume().getAsLong() / 1e3));
                json.writeEndObject();
            }
        }
        json.writeEndArray();
        json.writeArrayFieldStart("problems");
        for (String problem : result.problems()) {
            json.writeString(problem);
        }
        json.writeEndArray();
        json.writeStringField("java", Runtime.version().toString());
        json.writeStringField("jvm", System.getProperty("java.vm.name"));
        json.writeStringField("kernel", System.getProperty("os.version"));
        json.writeNumberField("cpus", cpus);
        json.writeEndObject();
    }

    private static void spread(JsonGenerator json, String name, Optional<Spread> spread,
            double nanosPerUnit) throws IOException {
        if (spread.isEmpty()) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        json.writeNumberField("p50", rounded(spread.get().p50() / nanosPerUnit));
        json.writeNumberField("p99", rounded(spread.get().p99() / nanosPerUnit));
        json.writeNumberField("max", rounded(spread.get().max() / nanosPerUnit));
        json.writeEndObject();
    }

    private static double rounded(double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
