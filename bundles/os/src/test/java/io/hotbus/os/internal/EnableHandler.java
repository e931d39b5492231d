// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import io.hotbus.os.LinuxException;

/** A program: enables the handler, and exits with the errno if that fails. */
public final class EnableHandler {
    private EnableHandler() {
    }

    public static void main(String[] args) {
        try {
            new NativeSigbusWindows(TestLibrary.HOTBUS).enable();
        } catch (LinuxException e) {
            System.out.println(e.getMessage());
            System.exit(e.errno());
        }
    }
}
