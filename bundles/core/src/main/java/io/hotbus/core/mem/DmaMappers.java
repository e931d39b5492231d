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
 * Brings memory and mappers together, in whichever order they come. Any thread.
 *
 * <p>A lock makes it one call at a time. A mapper that leaves does not wait for the lock, only for
 * the calls inside it, so it may be taken away while another one is at work.
 */
@Component(service = DmaMappers.class)
public final class DmaMappers {
    private static final Logger LOG = LoggerFactory.getLogger(DmaMappers.class);

    private final DrainingServices<DmaMapper> mappers;
    /** Held during each call of a mapper. */
    private final Object calls = new Object();
    /** Mapped in every mapper. Guarded by calls. */
    private final Set<DmaMemory> live = new LinkedHashSet<>();

    @Activate
    public DmaMappers(@Reference CoreSettings settings) {
        // Pinning gigabytes takes seconds.
        mappers = new DrainingServices<>(settings::serviceDrain);
    }

    /** Called for all memory there is before this returns, and for what is allocated later. */
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

    /** Returns when the call inside it has; it is not called any more, not even to unmap. */
    public void remove(DmaMapper mapper, ServiceProperties properties) {
        mappers.remove(mapper, properties);
    }

    /**
     * Maps new memory in all mappers.
     *
     * @param free frees it, where it could not be mapped in one of them
     * @throws IOException that mapper's; the memory is unmapped and freed
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

    /** It is not freed where one failed to unmap it: its devices might write into it still. */
    private static void unmapAndFree(List<PlugIn<DmaMapper>> mappedIn, DmaMemory memory,
            Runnable free) {
        boolean unmapped = true;
        for (PlugIn<DmaMapper> mapper : mappedIn) {
            try {
                mapper.call(m -> {
                    m.unmap(memory);
                    return m;
                });
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
