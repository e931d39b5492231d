// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest.flawed;

/** A flaw of the bus or of its driver. */
public enum Flaw {
    NONE,
    CLAIMS_EVERY_ADDRESS,
    CLAIMS_EVERY_NAME,
    THROWS_AT_A_SECOND_DETACH,
    KEEPS_ITS_WINDOW,
    KEEPS_A_FILE_OPEN,
    TELLS_A_REMOVAL_TWICE,
    DOES_NOT_REPLACE_ITS_WINDOW,
    TAKES_ANY_DEVARG,
    LEAKS_A_BUFFER,
    FORGETS_ITS_STATISTICS,
    DOES_NOT_NOTICE_THAT_IT_IS_GONE
}
