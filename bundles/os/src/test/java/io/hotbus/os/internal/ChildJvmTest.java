// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotbus.os.Errno;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that need a separate JVM: other collectors, the interpreter, libjsig. */
@Timeout(300)
class ChildJvmTest {
    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

    private record Exit(int status, String output) {
    }

    @ParameterizedTest
    @ValueSource(strings = {"SerialGC", "ParallelGC", "G1GC", "ZGC"})
    void shouldSurviveRemovalsUnderEveryCollector(String collector) throws Exception {
        final Exit exit = run(List.of("-XX:+Use" + collector, "-Xmx64m"),
                RemovalStorm.class, "10", "20000");

        assertThat(exit.output()).endsWith("10 removals survived\n");
        assertThat(exit.status()).isZero();
    }

    @Test
    void shouldSurviveRemovalsInTheInterpreter() throws Exception {
        final Exit exit = run(List.of("-Xint", "-Xmx64m"), RemovalStorm.class, "10", "500");

        assertThat(exit.output()).endsWith("10 removals survived\n");
        assertThat(exit.status()).isZero();
    }

    @Test
    void shouldRefuseToWorkBehindLibjsig() throws Exception {
        final Path libjsig = JAVA_HOME.resolve("lib/libjsig.so");
        assumeTrue(Files.exists(libjsig), "this JDK has no libjsig");

        final Exit exit = run(List.of(), EnableHandler.class, libjsig);

        assertThat(exit.status()).isEqualTo(Errno.ENOTSUP);
        assertThat(exit.output()).contains("SIGBUS handler: ENOTSUP (Operation not supported): "
                + "libjsig is loaded in this JVM and would call every other handler first; "
                + "start it without LD_PRELOAD=libjsig.so");
    }

    private static Exit run(List<String> flags, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        return run(command(flags, program, arguments));
    }

    private static Exit run(List<String> flags, Class<?> program, Path preload)
            throws IOException, InterruptedException {
        final ProcessBuilder builder = command(flags, program);
        builder.environment().put("LD_PRELOAD", preload.toString());
        return run(builder);
    }

    private static ProcessBuilder command(
            List<String> flags, Class<?> program, String... arguments) {
        final List<String> command = new ArrayList<>();
        command.add(JAVA_HOME.resolve("bin/java").toString());
        command.addAll(flags);
        // What allows native access and Unsafe has been given to this JVM where it needs it.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--enable-native-access")
                        || argument.startsWith("--sun-misc-unsafe"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    private static Exit run(ProcessBuilder builder) throws IOException, InterruptedException {
        final Process process = builder.start();
        try {
            final String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Exit(process.waitFor(), output);
        } finally {
            process.destroyForcibly();
        }
    }
}
