// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import java.nio.file.Path;

/**
 * Where a receive queue gets its frames from, or a transmit queue puts them, as the devargs say.
 *
 * @param name the name of the file or of the interface
 */
record Place(Kind kind, String name) {
    /** The kinds of places. */
    enum Kind {
        /** A capture file. */
        FILE,
        /** A network interface; a receive queue gets all frames, those of this host, too. */
        INTERFACE,
        /** The frames that a network interface receives. */
        INCOMING
    }

    boolean isFile() {
        return kind == Kind.FILE;
    }

    /** The path of a file. */
    Path path() {
        return Path.of(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
