// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README lists each sentence of the contract, under the class that tests it. */
class ReadmeTest {
    private static final Path CLASSES = Path.of("target/classes/io/hotbus/tck");

    @Test
    void shouldListEverySentence() throws Exception {
        List<String> readme = Files.readAllLines(Path.of("README.md"));
        for (Class<?> tests : contracts()) {
            int heading = readme.indexOf("### " + tests.getSimpleName());
            assertThat(heading).as("heading of %s", tests.getSimpleName()).isNotNegative();
            assertThat(readme.subList(heading, readme.size())).as(tests.getSimpleName())
                    .containsAll(rows(tests));
        }
    }

    @Test
    void shouldCiteAContractInEveryTest() throws Exception {
        for (Class<?> tests : contracts()) {
            assertThat(testMethods(tests)).as(tests.getSimpleName())
                    .isNotEmpty().allMatch(test -> test.isAnnotationPresent(Contract.class));
        }
    }

    private static List<Class<?>> contracts() throws IOException, ClassNotFoundException {
        try (Stream<Path> files = Files.list(CLASSES)) {
            List<Path> found = files.filter(f -> f.toString().endsWith("ContractTest.class"))
                    .sorted().toList();
            Class<?>[] classes = new Class<?>[found.size()];
            for (int i = 0; i < classes.length; i++) {
                classes[i] = Class.forName("io.hotbus.tck." + found.get(i).getFileName().toString()
                        .replace(".class", ""));
            }
            return List.of(classes);
        }
    }

    private static List<Method> testMethods(Class<?> tests) {
        return Arrays.stream(tests.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class)).toList();
    }

    private static List<String> rows(Class<?> tests) {
        return testMethods(tests).stream().map(method -> method.getAnnotation(Contract.class))
                .map(contract -> "| %s | %s |".formatted(contract.of(), contract.says())).toList();
    }
}
