// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import static io.hotbus.core.testing.TestOs.LINUX;

import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.testing.LogLines;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaMemory;
import org.slf4j.event.Level;

/** A program that takes four hugepages, writes to each, and prints warnings and page size. */
final class TakeHugepages {
    private static final int BYTES = 8 << 20;

    private TakeHugepages() {
    }

    public static void main(String[] arguments) throws Exception {
        CoreSettings settings = new CoreSettings();
        try (LogLines log = new LogLines();
                DmaMemory memory = new HugepageAllocator(LINUX, new DmaMappers(settings), settings)
                        .allocate("pool", BYTES)) {
            for (long at = 0; at < memory.length(); at += memory.pageSize()) {
                RawMemory.putLong(memory.address() + at, at);
            }
            log.of(Level.WARN).forEach(System.out::println);
            System.out.println("pages of " + memory.pageSize());
        }
    }
}
