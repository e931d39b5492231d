// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

/** The back end cannot be used. The text is a sentence about it, without subject. */
final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1;

    ProtocolException(String message) {
        super(message);
    }
}
