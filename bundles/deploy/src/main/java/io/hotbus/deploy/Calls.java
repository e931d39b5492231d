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
 * Makes calls that run the code of bundles, which may never return. Each call has a thread of its
 * own and is waited for up to a limit. A call that takes longer is left to its thread: it is
 * remembered with the place where it hangs, and told of again when it returns. Any thread.
 */
final class Calls {
    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);
    /** The name of the threads, as it is in the log. */
    private static final String THREAD = "deploy";

    /** What a call does. */
    @FunctionalInterface
    interface Call {
        void run() throws BundleException, IOException;
    }

    /** Told of a bundle that hangs, and of the same when it has returned. On any thread. */
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
        /** Where it was when the limit was over. Guarded by this, as is whether it has ended. */
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
            } catch (Throwable e) { // whatever a bundle throws: it is told to who waits
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

        /** Whether it has ended; if not, it hangs from now on. */
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
    /** By the bundle's id. */
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

    /** Whether a call is under way that is waited for. */
    boolean isCalled(Bundle bundle) {
        Running call = running.get(bundle.getBundleId());
        return call != null && call.hang().isEmpty();
    }

    /**
     * Makes a call.
     *
     * @param doing what is called, after "hangs in"
     * @throws HangException it has not returned within the limit, or an earlier call has not
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

    /** Interrupts all calls that hang, and does not wait. */
    void interruptAll() {
        running.values().stream().filter(call -> call.hang().isPresent())
                .forEach(call -> call.thread.interrupt());
    }
}
