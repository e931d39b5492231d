// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import java.util.Optional;

/** What the server says to a client. For the thread {@code telemetry}. */
@FunctionalInterface
interface Conversation {
    /**
     * What follows a request.
     *
     * @param reply the message to the client
     * @param dial  a path that the client listens on, to talk to it there
     * @param then  the conversation there
     * @param end   whether the client is disconnected
     */
    record Step(Optional<byte[]> reply, Optional<String> dial, Conversation then, boolean end) {
        /** A reply; the conversation goes on. */
        static Step reply(byte[] message) {
            return new Step(Optional.of(message), Optional.empty(), null, false);
        }

        /** The client is disconnected. */
        static Step bye() {
            return new Step(Optional.empty(), Optional.empty(), null, true);
        }

        /** The client is disconnected, and dialled. */
        static Step dial(String path, Conversation then) {
            return new Step(Optional.empty(), Optional.of(path), then, true);
        }
    }

    /** Handles a request. Does not throw. */
    Step next(byte[] request);
}
