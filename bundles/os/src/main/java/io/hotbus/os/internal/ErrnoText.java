// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import io.hotbus.os.Errno;
import jnr.ffi.LibraryLoader;

/** The name and text of an errno: {@code EACCES (Permission denied)}. */
final class ErrnoText {
    /** Not translated, unlike strerror. Public for JNR-FFI only. */
    public interface Names {
        String strerrorname_np(int errno);

        String strerrordesc_np(int errno);
    }

    private static final Names NAMES = LibraryLoader.create(Names.class).load("c");

    private ErrnoText() {
    }

    static String of(int errno) {
        try {
            final String name = NAMES.strerrorname_np(errno);
            return name == null ? number(errno)
                    : symbol(errno, name) + " (" + NAMES.strerrordesc_np(errno) + ")";
        } catch (UnsatisfiedLinkError e) {
            return number(errno); // glibc before 2.32, or another C library
        }
    }

    /** glibc has one name for two symbols of the same value: EOPNOTSUPP. */
    private static String symbol(int errno, String name) {
        return errno == Errno.ENOTSUP ? "ENOTSUP" : name;
    }

    private static String number(int errno) {
        return "errno " + errno;
    }
}
