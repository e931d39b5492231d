// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes calls that run the code of bundles, which may never return. Each call runs on its own
 * thread, and the caller waits up to a limit. A call that takes longer keeps its thread. Its place
 * is remembered, and its return is reported. Any thread.
 */
final class Calls {
    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);
    /** The name of the threads, as it is in the log. */
    private static final String THREAD = "deploy";

    /** The work of a call. */
    @FunctionalInterface
    interface Call {
        void run() throws BundleException, IOException;
    }

    /** Receives the bundles that hang, and those that have returned. On any thread. */
    @FunctionalInterface
    interface Listener {
        void changed(Bundle bundle, boolean hangs);
    }

    private final class Running {
        private final Bundle bundle;
        private final String doing;
        private final Call call;
        private final long since = System.nanoTime();
        private final CountDownLatch ended = new CountDownLatch(1);
        private final Thread thread = new Thread(this::run, THREAD);
        private volatile Throwable thrown;
        /**
         * The place at the end of the limit. Guarded by this, like the check whether the call has
         * ended.
         */
        private String where;

        Running(Bundle bundle, String doing, Call call) {
            this.bundle = bundle;
            this.doing = doing;
            this.call = call;
            thread.setDaemon(true);
        }

        private void run() {
            try {
                call.run();
            } catch (Throwable e) { // anything that a bundle throws; the waiting caller gets it
                thrown = e;
            }
            boolean late;
            synchronized (this) {
                running.remove(bundle.getBundleId(), this);
                ended.countDown();
                late = where != null;
            }
            if (late) {
                Thread.interrupted(); // see free(): that was for the bundle
                LOG.info("{}: has returned from {} after {} s", Bundles.label(bundle), doing,
                        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since));
                tell();
            }
        }

        private void tell() {
            try {
                listeners.forEach(listener -> listener.changed(bundle, false));
            } catch (IllegalStateException e) {
                LOG.debug("{} returned after the framework had stopped", doing, e);
            }
        }

        /** Whether the call has ended. If not, it counts as hanging from now on. */
        private boolean endedOrHangs(String place) {
            synchronized (this) {
                if (ended.getCount() > 0) {
                    where = place;
                }
                return ended.getCount() == 0;
            }
        }

        private synchronized Optional<String> hang() {
            return Optional.ofNullable(where).map(place -> "hangs in " + doing + place);
        }
    }

    private final Duration limit;
    private final Frames frames;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    /** The calls by the id of the bundle. */
    private final Map<Long, Running> running = new ConcurrentHashMap<>();

    Calls(Duration limit, Frames frames) {
        this.limit = limit;
        this.frames = frames;
    }

    void listen(Listener listener) {
        listeners.add(listener);
    }

    Duration limit() {
        return limit;
    }

    /** In which call the bundle hangs, and where, as the rest of a sentence. */
    Optional<String> hang(Bundle bundle) {
        return Optional.ofNullable(running.get(bundle.getBundleId())).flatMap(Running::hang);
    }

    /** Whether a call is running and does not hang. */
    boolean isCalled(Bundle bundle) {
        Running call = running.get(bundle.getBundleId());
        return call != null && call.hang().isEmpty();
    }

    /**
     * Makes a call.
     *
     * @param doing the name of the call, as in "hangs in ..."
     * @throws HangException this call, or an earlier one, has not returned within the limit
     */
    void run(Bundle bundle, String doing, Call call)
            throws HangException, BundleException, IOException {
        Running mine = new Running(bundle, doing, call);
        Running before = running.putIfAbsent(bundle.getBundleId(), mine);
        if (before != null) {
            throw new HangException(before.hang().orElse("is in " + before.doing + " still"));
        }
        mine.thread.start();
        if (!await(mine) && !mine.endedOrHangs(frames.where(mine.thread, bundle))) {
            listeners.forEach(listener -> listener.changed(bundle, true));
            throw new HangException(mine.hang().orElseThrow());
        }
        rethrow(mine.thrown);
    }

    private boolean await(Running call) {
        try {
            return call.ended.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void rethrow(Throwable thrown) throws BundleException, IOException {
        if (thrown instanceof BundleException e) {
            throw e;
        } else if (thrown instanceof IOException e) {
            throw e;
        } else if (thrown instanceof RuntimeException e) {
            throw e;
        } else if (thrown != null) {
            throw new BundleException(thrown.toString(), thrown);
        }
    }

    /**
     * Interrupts the call that the bundle hangs in, if there is one, and waits until it returns.
     *
     * @throws HangException it does not return within the limit
     */
    void free(Bundle bundle) throws HangException {
        Running call = running.get(bundle.getBundleId());
        if (call != null && call.hang().isPresent()) {
            call.thread.interrupt();
            if (!await(call)) {
                throw new HangException(call.hang().orElse("") + " (also after an interrupt)");
            }
        }
    }

    /** Interrupts all calls that hang. Does not wait. */
    void interruptAll() {
        running.values().stream().filter(call -> call.hang().isPresent())
                .forEach(call -> call.thread.interrupt());
    }
}
