// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import io.hotbus.os.internal.NativeLibrary.UnavailableException;
import java.nio.file.Path;

/** libhotbus.so outside a framework. */
final class TestLibrary {
    static final Path DIRECTORY = Path.of("target", "test-library");
    static final NativeHotbus HOTBUS = load();

    private TestLibrary() {
    }

    private static NativeHotbus load() {
        try {
            return NativeLibrary.load(DIRECTORY);
        } catch (UnavailableException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
