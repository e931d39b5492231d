// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

/** The peer does not keep to the protocol, or is refused. The message is sent to the peer, too. */
final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    ProtocolException(String reason) {
        super(reason);
    }
}
