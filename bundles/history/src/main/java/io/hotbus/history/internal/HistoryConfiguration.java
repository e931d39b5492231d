// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The settings under {@link HistoryKeeper#PID}, for tools; an underscore is a dot. */
@ObjectClassDefinition(name = "hotbus: history",
        description = "Where removals and faults are kept. After a change, what is kept in memory "
                + "alone is forgotten.")
@interface HistoryConfiguration {
    boolean FILE = true;
    int SIZE_KIB = 32_768;
    int KEPT = 10_000;

    @AttributeDefinition(name = "File",
            description = "Whether removals and faults are kept in a file: by the commands run "
                    + "and shell, and by others if a folder is set.")
    boolean file() default FILE;

    @AttributeDefinition(name = "Folder", required = false,
            description = "The folder of the file, below which each --file-prefix has its own. By "
                    + "default STATE_DIRECTORY of the environment, "
                    + "/var/lib/hotbus/history for root, and "
                    + "XDG_STATE_HOME/hotbus or ~/.local/state/hotbus for others.")
    String folder() default "";

    @AttributeDefinition(name = "Size", min = "64", max = "1048576",
            description = "KiB that the file and the one before it may take together.")
    int size_kib() default SIZE_KIB;

    @AttributeDefinition(name = "Kept", min = "1", max = "1000000",
            description = "How many removals, and how many faults, are kept in memory.")
    int kept() default KEPT;
}
