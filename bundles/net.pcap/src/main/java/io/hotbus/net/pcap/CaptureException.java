// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

/** A capture cannot be used. The message says at which byte and why, but not which file. */
final class CaptureException extends Exception {
    private static final long serialVersionUID = 1L;

    CaptureException(String message) {
        super(message);
    }
}
