// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.testpmd.PortPlan;
import java.time.Duration;

/** A device that a file describes, and how far it has come. Guarded by {@link WantedDevices}. */
final class Wanted {
    /** Between the first attempts to attach; later ones are further apart. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final int MAX_DOUBLINGS = 3;

    private DeviceSpec spec;
    private PortPlan plan;
    private Lease number = () -> { };
    private int id = -1;
    private boolean attached;
    private String reason = "";
    private int attempts;
    private long nextNanos;

    Wanted(DeviceSpec spec, PortPlan plan) {
        this.spec = spec;
        this.plan = plan;
    }

    DeviceSpec spec() {
        return spec;
    }

    String name() {
        return spec.name();
    }

    /** What is planned for its port: that of its file, unless the device refused that. */
    PortPlan plan() {
        return plan;
    }

    void change(DeviceSpec next) {
        spec = next;
        reason = "";
    }

    void plan(PortPlan next) {
        plan = next;
    }

    /** The number that is kept for its port; -1: none. */
    int id() {
        return id;
    }

    void number(int kept, Lease lease) {
        number.close();
        id = kept;
        number = lease;
    }

    /** Whether it was attached since its file changed last; it may be gone again. */
    boolean attached() {
        return attached;
    }

    void setAttached() {
        attached = true;
        reason = "";
    }

    /** Why it is not as its file says; empty if there is no reason. */
    String reason() {
        return reason;
    }

    void refused(String why) {
        reason = why;
    }

    /** The next attempt may be made at once. */
    void retry() {
        attached = false;
        hurry();
    }

    void hurry() {
        attempts = 0;
        nextNanos = System.nanoTime();
    }

    boolean isDue(long now) {
        return !attached && now - nextNanos >= 0;
    }

    /** Notes a failed attempt. Returns whether it failed for another reason than before. */
    boolean failed(String why) {
        boolean news = !why.equals(reason);
        reason = why;
        nextNanos = System.nanoTime()
                + (FIRST_PAUSE.toNanos() << Math.min(attempts++, MAX_DOUBLINGS));
        return news;
    }
}
