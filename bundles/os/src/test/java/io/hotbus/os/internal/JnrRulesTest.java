// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import org.junit.jupiter.api.Test;

/** What JNR-FFI gets wrong must not be met: of this bundle alone, as no other imports it. */
class JnrRulesTest {
    private static final Path CLASSES = Path.of("target", "classes");
    /** The compiler has checked what this file says of sizes and offsets. */
    private static final Path ASSERTIONS = Path.of("..", "..", "native", "internal.h");
    private static final Set<Class<?>> INTEGERS =
            Set.of(byte.class, short.class, int.class, long.class);
    /** Of its stubs for plain integers, the one with so many loses the last. */
    private static final int LOSING = 6;

    /** An interface that breaks each rule. */
    private interface Wrong {
        void six(int a, long b, double c, int d, short e, long f, byte g);

        void out(@Out long[] words);

        void callback(Runnable called);
    }

    private static boolean losesTheSixth(Method method) {
        List<Class<?>> types = List.of(method.getParameterTypes());
        return types.stream().filter(INTEGERS::contains).count() == LOSING
                && types.stream().allMatch(Class::isPrimitive);
    }

    private static boolean returnsGarbage(Parameter parameter) {
        return parameter.isAnnotationPresent(Out.class) && !parameter.isAnnotationPresent(In.class);
    }

    /** Its exceptions would come out of the call of C only by chance. */
    private static boolean takesACallback(Method method) {
        return Arrays.stream(method.getParameterTypes()).anyMatch(Class::isInterface);
    }

    /** The functions of C that this bundle declares. */
    private static List<Method> functions() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            List<Method> functions = files.map(file -> CLASSES.relativize(file).toString())
                    .filter(name -> name.contains("internal") && name.endsWith(".class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .map(JnrRulesTest::load)
                    .filter(type -> type.isInterface()
                            && !type.isAnnotationPresent(FunctionalInterface.class))
                    .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                    .filter(method -> Modifier.isAbstract(method.getModifiers())).toList();
            assertThat(functions).extracting(Method::getName)
                    .contains("mmap", "syscall", "hb_fault_take", "strerrorname_np");
            return functions;
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(
                    name.replace('/', '.'), false, JnrRulesTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldHaveNoFunctionOfSixIntegers() throws Exception {
        assertThat(functions()).noneMatch(JnrRulesTest::losesTheSixth);
        assertThat(Wrong.class.getDeclaredMethods()).filteredOn(JnrRulesTest::losesTheSixth)
                .extracting(Method::getName).containsExactly("six");
    }

    @Test
    void shouldLetNothingOutThatDoesNotGoIn() throws Exception {
        assertThat(functions()).flatMap(method -> List.of(method.getParameters()))
                .noneMatch(JnrRulesTest::returnsGarbage);
        assertThat(returnsGarbage(Wrong.class.getDeclaredMethod("out", long[].class)
                .getParameters()[0])).isTrue();
    }

    @Test
    void shouldHaveNoCallback() throws Exception {
        assertThat(functions()).noneMatch(JnrRulesTest::takesACallback);
        assertThat(takesACallback(Wrong.class.getDeclaredMethod("callback", Runnable.class)))
                .isTrue();
    }

    @Test
    void shouldLeaveAloneWhatCDoesNotWrite() throws Exception {
        LinuxCalls linux = new LinuxCalls();
        int empty = linux.eventfd();
        for (int i = 0; i < 1000; i++) {
            long[] words = {0x0123456789abcdefL};
            assertThat(LibC.C.read(empty, words, Long.BYTES)).isEqualTo(-1);
            assertThat(words).containsExactly(0x0123456789abcdefL);
        }
        linux.close(empty);
    }

    @Test
    void shouldLayOutStructuresAsCDoes() throws Exception {
        Runtime runtime = Runtime.getRuntime(LibC.C);
        String assertions = Files.readString(ASSERTIONS);
        check(assertions, "hb_fault", new NativeHotbus.Fault(runtime));
        check(assertions, "hb_window_info", new NativeHotbus.WindowInfo(runtime));
        check(assertions, "hb_totals", new NativeHotbus.Totals(runtime));
        check(assertions, "hb_uevent_sender", new NativeHotbus.UeventSender(runtime));
        assertThat(NativeHotbus.FAULT_BYTES).isEqualTo(sizeOf(assertions, "hb_fault"));
        long structures = Arrays.stream(NativeHotbus.class.getDeclaredClasses())
                .filter(Struct.class::isAssignableFrom).count();
        assertThat(structures).as("structures, each of which is checked here").isEqualTo(4);
    }

    private static void check(String assertions, String name, Struct struct) throws Exception {
        assertThat(Struct.size(struct)).as("sizeof " + name).isEqualTo(sizeOf(assertions, name));
        Matcher fields = Pattern.compile(
                "offsetof\\(struct " + name + ", (\\w+)\\) == (\\d+)").matcher(assertions);
        int found = 0;
        for (; fields.find(); found++) {
            Struct.NumberField field = (Struct.NumberField) declared(struct, fields.group(1));
            assertThat(field.offset()).as(name + "." + fields.group(1))
                    .isEqualTo(Long.parseLong(fields.group(2)));
        }
        assertThat(found).as("fields of " + name).isEqualTo(struct.getClass()
                .getDeclaredFields().length);
    }

    /** C's {@code time_ns} is Java's {@code timeNs}. */
    private static Object declared(Struct struct, String name) throws Exception {
        String java = Pattern.compile("_(.)").matcher(name)
                .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
        return struct.getClass().getDeclaredField(java).get(struct);
    }

    private static int sizeOf(String assertions, String name) {
        Matcher size = Pattern.compile("sizeof\\(struct " + name + "\\) == (\\d+)")
                .matcher(assertions);
        assertThat(size.find()).as("sizeof in " + ASSERTIONS + ": " + name).isTrue();
        return Integer.parseInt(size.group(1));
    }
}
