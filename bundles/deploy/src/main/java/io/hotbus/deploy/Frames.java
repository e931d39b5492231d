// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleWiring;

/** Describes the place of a thread, and the bundle of that code. Any thread. */
final class Frames {
    /** Frames of a bundle's own code that are shown. */
    private static final int SHOWN = 3;
    /** Code that calls bundles, or that bundles call: not where a bundle hangs. */
    private static final Predicate<String> MACHINERY = Pattern.compile(
            "(java|javax|jdk|sun|com\\.sun|org\\.apache\\.felix|org\\.osgi)\\..*"
                    + "|io\\.hotbus\\.deploy\\.[A-Z].*").asMatchPredicate();

    private static final Predicate<String> JAVA =
            Pattern.compile("(java|javax|jdk|sun|com\\.sun)\\..*").asMatchPredicate();

    private final BundleContext context;

    Frames(BundleContext context) {
        // The framework's own context, which stays valid when this bundle has stopped.
        this.context = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getBundleContext();
    }

    /** Does {@link #where(Thread, Bundle)} for the thread whose name begins with {@code name}. */
    String where(String name, Bundle own) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(name)).findFirst()
                .map(thread -> where(thread, own)).orElse("");
    }

    /** {@code , in org.acme.x 1.0.0: at A; B; C}, if the bundle is not {@code own}. */
    String where(Thread thread, Bundle own) {
        StackTraceElement[] stack = thread.getStackTrace();
        return owner(stack, own).filter(bundle -> !bundle.equals(own))
                .map(bundle -> ", in " + Bundles.label(bundle)).orElse("") + ": " + top(stack);
    }

    /** The thread that is inside the bundle's code now, and where; empty if there is none. */
    Optional<String> inside(Bundle bundle) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> owner(entry.getValue(), bundle).filter(bundle::equals).isPresent())
                .map(Map.Entry::getKey).findFirst()
                .map(thread -> "on the thread " + thread.getName() + where(thread, bundle));
    }

    /** The innermost frame, and those of the bundle's own code that lead to it. */
    private static String top(StackTraceElement[] stack) {
        int first = first(stack, MACHINERY).orElseGet(() -> first(stack, JAVA).orElse(0));
        Stream<StackTraceElement> own = Arrays.stream(stack).skip(first).limit(SHOWN)
                .takeWhile(frame -> !MACHINERY.test(frame.getClassName()));
        return stack.length == 0 ? "it has just ended"
                : "at " + Stream.concat(Stream.of(stack[0]), own).distinct().map(Frames::text)
                        .collect(Collectors.joining("; "));
    }

    /** The text of a frame, without its module. */
    private static String text(StackTraceElement frame) {
        return "%s.%s(%s)".formatted(frame.getClassName(), frame.getMethodName(),
                frame.isNativeMethod() ? "Native Method"
                        : frame.getFileName() + ":" + frame.getLineNumber());
    }

    private static OptionalInt first(StackTraceElement[] stack, Predicate<String> skipped) {
        return IntStream.range(0, stack.length)
                .filter(i -> !skipped.test(stack[i].getClassName())).findFirst();
    }

    private Optional<Bundle> owner(StackTraceElement[] stack, Bundle own) {
        List<String> classes = Arrays.stream(stack).map(StackTraceElement::getClassName)
                .filter(MACHINERY.negate()).distinct().toList();
        for (String type : classes) {
            if (contains(own, type)) {
                return Optional.of(own);
            }
            Optional<Bundle> owner = Arrays.stream(context.getBundles())
                    .filter(bundle -> contains(bundle, type)).findFirst();
            if (owner.isPresent()) {
                return owner;
            }
        }
        return Optional.empty();
    }

    private static boolean contains(Bundle bundle, String type) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        String file = type.replace('.', '/') + ".class";
        int slash = file.lastIndexOf('/');
        return wiring != null && bundle.getBundleId() != Constants.SYSTEM_BUNDLE_ID
                && !wiring.listResources(slash < 0 ? "/" : file.substring(0, slash),
                        file.substring(slash + 1), BundleWiring.LISTRESOURCES_LOCAL).isEmpty();
    }
}
