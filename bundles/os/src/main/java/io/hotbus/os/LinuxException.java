// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os;

import java.io.IOException;

/** A Linux call failed: {@code mmap(net_sim0 BAR0): ENOMEM (Cannot allocate memory)}. */
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param call  the call and its subject
     * @param errno the positive errno
     * @param error its symbol and text
     */
    public LinuxException(String call, int errno, String error) {
        super(call + ": " + error);
        this.errno = errno;
    }

    /** The positive errno, as in {@link Errno}. */
    public int errno() {
        return errno;
    }
}
