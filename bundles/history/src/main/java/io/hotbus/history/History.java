// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The removals and faults that are kept: those of this process and, if there is a file, those of
 * earlier ones. A service of this bundle; any thread. At the start, a call waits until the file is
 * read.
 */
@ProviderType
public interface History {
    /**
     * Returns removals, the newest first.
     *
     * @param before only those with a lower number; {@link Long#MAX_VALUE} for all
     * @param limit  at most so many
     */
    List<Removal> removals(long before, int limit);

    /** The removal of that number, if it is kept. */
    Optional<Removal> removal(long number);

    /** Returns faults, the newest first; the parameters are as in {@link #removals}. */
    List<Fault> faults(long before, int limit);

    /** How many there were since the bundle was started. */
    HistoryCounts counts();

    /** The file; empty if removals and faults are kept in memory alone. */
    Optional<Path> file();
}
