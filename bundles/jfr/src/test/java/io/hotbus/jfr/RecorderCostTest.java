// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.hotbus.eal.hotplug.DeviceStep;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;

/** What a step costs that is not recorded. In a JVM of its own, in which nothing was recorded. */
class RecorderCostTest {
    private static final int STEPS = 1_000_000;

    /** Prints what steps allocate and take: before any recording, and in one of other events. */
    static final class Off {
        private Off() {
        }

        public static void main(String[] arguments) {
            final Recorder recorder = new Recorder();
            System.out.println("before " + bytesAndNanos(recorder));
            try (Recording recording = new Recording()) {
                recording.start();
                System.out.println("during " + bytesAndNanos(recorder));
            }
        }

        /** Of a step. */
        private static String bytesAndNanos(Recorder recorder) {
            final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            final long self = Thread.currentThread().getId();
            final DeviceStep step = new DeviceStep(DeviceStep.Kind.PROBE, "vdev", "net_sim0",
                    "control", 1, 2, Optional.empty());
            long bytes = 0;
            long nanos = 0;
            for (int round = 0; round < 2; round++) { // the first one warms up
                bytes = thread.getThreadAllocatedBytes(self);
                nanos = thread.getThreadCpuTime(self);
                for (int i = 0; i < STEPS; i++) {
                    recorder.onDeviceStep(step);
                }
                nanos = thread.getThreadCpuTime(self) - nanos;
                bytes = thread.getThreadAllocatedBytes(self) - bytes;
            }
            return bytes / STEPS + " bytes " + nanos / (STEPS / 1000) + " ps";
        }
    }

    @Test
    void shouldCostNothingWhileNothingIsRecorded() throws Exception {
        final Process child = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xlog:class+load", "-cp", System.getProperty("java.class.path"),
                Off.class.getName()).redirectErrorStream(true).start();
        final List<String> said = new String(child.getInputStream().readAllBytes(),
                StandardCharsets.UTF_8).lines().toList();
        assertThat(child.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(said).filteredOn(line -> line.matches("(before|during) .*"))
                .allSatisfy(line -> System.out.println(line)).hasSize(2)
                .first().asString().startsWith("before 0 bytes ");
        final int before = said.indexOf(said.stream()
                .filter(line -> line.startsWith("before ")).findFirst().orElseThrow());
        assertThat(said.subList(0, before)).as("classes that are loaded by then")
                .noneMatch(line -> line.contains("io.hotbus.jfr.StepEvent"))
                .anyMatch(line -> line.contains("io.hotbus.jfr.Recorder "));
        assertThat(said.subList(before, said.size()))
                .anyMatch(line -> line.contains("io.hotbus.jfr.StepEvent"));
    }
}
