// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

/** What can be wrong with a capture. The number in each sentence is that of the capture. */
enum Flaw {
    /** The input failed. */
    UNREADABLE("it cannot be read"),
    EMPTY("it is empty, without the header of a capture"),
    NO_CAPTURE("it begins with %#x: this is neither pcap nor pcapng"),
    VERSION("its version is not known (%s.x)"),
    LINK_TYPE("the link type is %s, and only Ethernet (1) is possible"),
    CUT_OFF("it is cut off: %s bytes more are needed"),
    BLOCK_CUT_OFF("it is cut off within a block of %s bytes"),
    FRAME_TOO_LONG("a frame of %s bytes is longer than any (262144)"),
    BLOCK_LENGTH("a block cannot have %s bytes"),
    BLOCK_TRAILER("the end of a block says that it has %s bytes, its beginning says otherwise"),
    FRAME_IN_BLOCK("a frame of %s bytes does not fit in its block"),
    BYTE_ORDER("a section has the byte-order magic %#x"),
    NO_INTERFACE("a frame is of interface %s, which is not described before it"),
    OPTION("an option of %s bytes does not fit in its block"),
    INTERFACES("it has more than %s interfaces");

    private final String words;

    Flaw(String words) {
        this.words = words;
    }

    String words(long number) {
        return words.formatted(number);
    }
}
