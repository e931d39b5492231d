// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * The program of the launcher: starts the framework with the bundles of the product; one of them
 * runs the command. Its arguments are the command and the command's own arguments.
 *
 * <p>System properties: {@value #HOME} is the folder of the launcher, {@value #CACHE} an empty one
 * for the framework. {@value #START_LIMIT}, {@value #BEGIN_LIMIT} and {@value #STOP_LIMIT} change
 * the limits, in seconds.
 *
 * <p>A start that fails or hangs ends the process with one sentence and an exit code: 3 if the
 * product is damaged or its folder cannot be used, otherwise 1. After the start, the bundle that
 * runs the command ends the process.
 */
public final class Main {
    static final String HOME = "hotbus.home";
    static final String CACHE = "hotbus.cache";
    static final String START_LIMIT = "hotbus.start.limit.s";
    static final String BEGIN_LIMIT = "hotbus.begin.limit.s";
    static final String EXIT_CODE = "hotbus.exit.code";
    static final String STOP_LIMIT = "hotbus.stop.limit.s";

    private static final int DEFAULT_START_LIMIT = 120;
    private static final int DEFAULT_BEGIN_LIMIT = 20;
    private static final int DEFAULT_STOP_LIMIT = 60;

    private Main() {
    }

    public static void main(String[] arguments) {
        // The framework writes and parses the Java version with the digits of the locale.
        Locale.setDefault(Locale.ROOT);
        ErrorLines errors = new ErrorLines(System.err);
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        Launch launch = new Launch(Path.of(System.getProperty(HOME, ".")), errors,
                limit(STOP_LIMIT, DEFAULT_STOP_LIMIT));
        StartLimit limit = new StartLimit(launch, limit(START_LIMIT, DEFAULT_START_LIMIT),
                limit(BEGIN_LIMIT, DEFAULT_BEGIN_LIMIT));
        try {
            launch.start(Path.of(System.getProperty(CACHE, "cache")), arguments);
            limit.reached();
            launch.waitForStop();
        } catch (LaunchException e) {
            end(e.getMessage(), e.exitCode());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) { // an Error on this thread would leave a process that does nothing
            end("the start failed: " + Sentences.of(e), 1);
        }
        System.exit(0);
    }

    static void end(String sentence, int exitCode) {
        System.err.println("hotbus: " + sentence);
        System.setProperty(EXIT_CODE, String.valueOf(exitCode)); // for code that halts the process
        System.exit(exitCode);
    }

    private static Duration limit(String property, int fallback) {
        return Duration.ofSeconds(Math.max(1, Integer.getInteger(property, fallback)));
    }
}
