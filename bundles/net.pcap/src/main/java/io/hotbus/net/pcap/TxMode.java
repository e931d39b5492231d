// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What becomes of a file to be written that is there when its device is attached. */
enum TxMode {
    /** New frames are written after those that are in the file. */
    APPEND,
    /** The file is emptied. */
    TRUNCATE,
    /** The device is not attached. */
    NEW;

    static Optional<TxMode> of(String word) {
        return Stream.of(values()).filter(mode -> mode.word().equals(word)).findFirst();
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
