// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.BundleException;

/** Turns exceptions into sentences for an operator. */
final class Causes {
    private static final Pattern CLASS_FILE = Pattern.compile("class file version (\\d+)\\.");
    /** A class file of Java 17 says 61. */
    private static final int CLASS_FILE_OF_JAVA_0 = 44;
    /**
     * The class that the log service keeps instead of an exception. Its message begins with the
     * type.
     */
    private static final String LOGGED = "org.apache.felix.log.LogException";

    private Causes() {
    }

    /** The sentence of the innermost cause, with its type if that is informative. */
    static String sentence(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String text = root.toString();
        if (root instanceof BundleException || root.getClass().getName().equals(LOGGED)) {
            text = String.valueOf(root.getMessage());
        }
        return readable(text);
    }

    /** The same for a printed stack trace. */
    static String sentenceOf(String stackTrace) {
        String last = stackTrace.lines().findFirst().orElse("");
        for (String line : stackTrace.lines().toList()) {
            if (line.startsWith("Caused by: ")) {
                last = line.substring("Caused by: ".length());
            }
        }
        return readable(last);
    }

    /** @param text type and message, the type with its package */
    private static String readable(String text) {
        Matcher version = CLASS_FILE.matcher(text);
        return text.contains("UnsupportedClassVersionError") && version.find()
                ? needsJava(Integer.toString(
                        Integer.parseInt(version.group(1)) - CLASS_FILE_OF_JAVA_0))
                : text.replaceFirst("^(\\w+\\.)+(?=[\\w$]+(:|$))", "");
    }

    /** @param version as 21 */
    static String needsJava(String version) {
        int present = Runtime.version().feature();
        return "needs Java %s, this is %s: start with a later JDK (JAVA_HOME), or build it for %s"
                .formatted(version, present, present);
    }
}
