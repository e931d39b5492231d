// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import io.hotbus.history.Fault;
import io.hotbus.history.HistoryListener;
import io.hotbus.history.Removal;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Counts changes in the history. It does not ask the history, which asks for its listeners before
 * it is there itself. Any thread.
 */
@Component(service = {Changes.class, HistoryListener.class})
public final class Changes implements HistoryListener {
    private final AtomicLong count = new AtomicLong();
    private volatile Runnable listener = () -> { };

    /** Counts from now on. */
    @Activate
    public Changes() {
    }

    /** Calls {@code listener} when something has changed, on the thread of the history. */
    void onChange(Runnable listener) {
        this.listener = listener;
    }

    /** A number that is another one when something has changed. */
    long count() {
        return count.get();
    }

    @Override
    public void onFault(Fault fault) {
        changed();
    }

    @Override
    public void onRemoval(Removal removal) {
        changed();
    }

    private void changed() {
        count.incrementAndGet();
        listener.run();
    }
}
