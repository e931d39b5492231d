// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules for the classes of our bundles, as javac has made them. */
class CompiledCodeTest {
    /** What javac lets the JVM call to make code for a concatenation when it is first executed. */
    private static final String LATE_CONCATENATION = "makeConcatWithConstants";

    @Test
    void shouldCompileConcatenationsSoThatTheFirstRemovalHasNoneToLink() throws IOException {
        List<Path> classes = classes();

        assertThat(classes).hasSizeGreaterThan(500);
        assertThat(classes).filteredOn(file -> contains(file, LATE_CONCATENATION))
                .as("concatenations that are linked late (compiled before that rule? mvn clean)")
                .isEmpty();
    }

    private static List<Path> classes() throws IOException {
        try (Stream<Path> bundles = Files.list(Path.of(".."))) {
            return bundles.map(bundle -> bundle.resolve("target/classes"))
                    .filter(Files::isDirectory).flatMap(CompiledCodeTest::walk)
                    .filter(file -> file.toString().endsWith(".class")).toList();
        }
    }

    private static Stream<Path> walk(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                    .contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
