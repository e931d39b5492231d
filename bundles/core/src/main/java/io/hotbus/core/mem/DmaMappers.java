// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import io.hotbus.core.plugin.DrainingServices;
import io.hotbus.core.plugin.PlugIn;
import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.eal.mem.DmaMapper;
import io.hotbus.eal.mem.DmaMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps all DMA memory in all mappers, in whatever order memory and mappers arrive. Any thread.
 *
 * <p>A lock allows one call at a time. The removal of a mapper does not wait for the lock, only for
 * the calls inside that mapper, so it does not wait for other mappers.
 */
@Component(service = DmaMappers.class)
public final class DmaMappers {
    private static final Logger LOG = LoggerFactory.getLogger(DmaMappers.class);

    /** A class of its own rather than a lambda, which would be linked during the first removal. */
    private record Unmapping(DmaMemory memory)
            implements PlugIn.Call<DmaMapper, DmaMapper, RuntimeException> {
        @Override
        public DmaMapper apply(DmaMapper mapper) {
            mapper.unmap(memory);
            return mapper;
        }
    }

    private final DrainingServices<DmaMapper> mappers;
    /** Held during each call of a mapper. */
    private final Object calls = new Object();
    /** The memory that is mapped in every mapper. Guarded by calls. */
    private final Set<DmaMemory> live = new LinkedHashSet<>();

    @Activate
    public DmaMappers(@Reference CoreSettings settings) {
        // Pinning gigabytes takes seconds.
        mappers = new DrainingServices<>(settings::serviceDrain);
    }

    /**
     * Adds {@code mapper} and maps all existing memory in it before this method returns. Later
     * memory follows when it is allocated.
     */
    public void add(DmaMapper mapper, ServiceProperties properties) {
        synchronized (calls) {
            PlugIn<DmaMapper> added = mappers.add(mapper, properties);
            LOG.debug("{}: maps DMA memory, {} so far", added, live.size());
            for (DmaMemory memory : List.copyOf(live)) {
                try {
                    map(added, memory);
                } catch (Throwable e) {
                    // Errors too: a bundle that is going away may fail to link.
                    LOG.error("{}: its devices cannot reach {}", added, memory, e);
                }
            }
        }
    }

    /**
     * Removes {@code mapper}. Returns when the call inside it has returned. The mapper is not
     * called again, not even to unmap.
     */
    public void remove(DmaMapper mapper, ServiceProperties properties) {
        mappers.remove(mapper, properties);
    }

    /**
     * Maps new memory in all mappers.
     *
     * @param free frees the memory, if one mapper could not map it
     * @throws IOException a mapper failed; the memory is unmapped and freed
     */
    void publish(DmaMemory memory, Runnable free) throws IOException {
        synchronized (calls) {
            List<PlugIn<DmaMapper>> asked = new ArrayList<>();
            for (PlugIn<DmaMapper> mapper : mappers.snapshot()) {
                asked.add(mapper);
                try {
                    map(mapper, memory);
                } catch (Throwable e) {
                    // Errors too: a bundle that is going away may fail to link.
                    unmapAndFree(asked, memory, free);
                    throw e instanceof IOException failure ? failure
                            : new IOException(mapper + " cannot map " + memory + ": " + e, e);
                }
            }
            live.add(memory);
        }
    }

    /** Unmaps published memory in all mappers, then frees it. */
    void withdraw(DmaMemory memory, Runnable free) {
        synchronized (calls) {
            live.remove(memory);
            unmapAndFree(mappers.snapshot(), memory, free);
        }
    }

    private static void map(PlugIn<DmaMapper> mapper, DmaMemory memory) throws IOException {
        mapper.call(m -> {
            m.map(memory);
            return m;
        });
    }

    /**
     * Unmaps the memory in all mappers, then frees it. If a mapper failed to unmap it, the memory
     * is not freed, because devices might still write into it.
     */
    private static void unmapAndFree(List<PlugIn<DmaMapper>> mappedIn, DmaMemory memory,
            Runnable free) {
        boolean unmapped = true;
        for (PlugIn<DmaMapper> mapper : mappedIn) {
            try {
                mapper.call(new Unmapping(memory));
            } catch (Throwable e) {
                LOG.error("{}: cannot unmap {}, which therefore is not freed", mapper, memory, e);
                unmapped = false;
            }
        }
        if (unmapped) {
            free.run();
        }
    }
}
