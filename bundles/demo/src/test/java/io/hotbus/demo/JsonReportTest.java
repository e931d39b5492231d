// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.hotbus.app.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonReportTest {
    @TempDir
    private Path folder;

    /** Every value by its path, {@code a.b} or {@code a[0]}, as text. */
    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
            JsonToken token;
            while ((token = parser.nextToken()) != null) {
                if (token.isScalarValue()) {
                    values.put(parser.getParsingContext().pathAsPointer().toString(),
                            parser.getText());
                }
            }
        }
        return values;
    }

    @Test
    void shouldWriteTheFigures() throws Exception {
        Path file = folder.resolve("demo.json");

        new JsonReport(file).write(Samples.good());

        assertThat(read(file))
                .containsEntry("/cycles", "2")
                .containsEntry("/survived", "2")
                .containsEntry("/faults", "1")
                .containsEntry("/faultToResumeMicros/p50", "12.0")
                .containsEntry("/faultToResumeMicros/p99", "12.0")
                .containsEntry("/removals/0/faultNanoTime", "0")
                .containsEntry("/removals/0/repairMicros", "8.5")
                .containsEntry("/removals/0/faultToResumeMicros", "12.0")
                .doesNotContainKey("/removals/1/faultNanoTime")
                .containsEntry("/yankToDetachedMillis/p50", "3.0")
                .containsEntry("/yankToDetachedMillis/max", "101.0")
                .containsEntry("/plugToForwardingMillis/p99", "5.5")
                .containsEntry("/otherPortsLostPackets", "0")
                .containsEntry("/mbufsLeaked", "0")
                .containsEntry("/firstPacketSeconds", "1.5")
                .containsKeys("/java", "/kernel", "/cpus");
        assertThat(Files.readString(file)).as("pretty").startsWith("{\n  \"cycles\" : 2,\n");
    }

    @Test
    void shouldWriteWhatWentWrong() throws Exception {
        Path file = folder.resolve("demo.json");

        new JsonReport(file).write(Samples.failed());

        assertThat(read(file))
                .containsEntry("/survived", "1")
                .containsEntry("/otherPortsLostPackets", "null")
                .containsEntry("/problems/0", "cycle 2: net_sim0 was not detached within 20 s");
    }

    @Test
    void shouldReplaceAnOldFileAndLeaveNothingElse() throws Exception {
        Path file = Files.writeString(folder.resolve("demo.json"), "old");

        JsonReport report = new JsonReport(file);
        assertThat(file).content().isEqualTo("old");
        report.write(Samples.good());

        assertThat(read(file)).containsEntry("/survived", "2");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void shouldSayAtOnceThatItCannotBeWritten() {
        assertThatThrownBy(() -> new JsonReport(folder.resolve("none/demo.json")))
                .isInstanceOf(UsageException.class).hasMessageEndingWith("there is no such folder");
        assertThatThrownBy(() -> new JsonReport(folder))
                .isInstanceOf(UsageException.class).hasMessageEndingWith("is a folder");
        assertThatThrownBy(() -> new JsonReport(Path.of("/proc/demo.json")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("nothing can be written in its folder");
    }
}
