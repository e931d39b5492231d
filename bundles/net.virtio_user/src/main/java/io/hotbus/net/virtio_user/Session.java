// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.net.virtio_user.VhostChannel.Reply;
import io.hotbus.net.virtio_user.VhostMessage.Request;
import io.hotbus.pmd.virtio.VirtioFeature;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * A connection with a back end, from its first message to its end. A request waits until the one
 * before was answered. Under the monitor of {@link Meetings}, except {@link #release}.
 */
final class Session {
    /** What is done with the number in a reply. */
    @FunctionalInterface
    private interface Answer {
        void take(long number) throws ProtocolException;
    }

    /**
     * A request.
     *
     * @param answer for a request that is always answered; null for one that is answered by 0 for
     *     success if the back end can do that
     */
    private record Step(VhostMessage message, Answer answer) {
    }

    private final Platform platform;
    private final Endpoint endpoint;
    private final Contract contract;
    private final VhostChannel channel;
    private final Deque<Step> steps = new ArrayDeque<>();
    private Lease watch;
    /** The request whose reply is awaited; null if none is. */
    private Step asked;
    private boolean acknowledges;
    /** How many rings the back end may use. */
    private int told;
    private boolean connected;
    private boolean stopping;
    private boolean ended;
    private boolean released;

    Session(Platform platform, Endpoint endpoint, Contract contract, VhostChannel channel) {
        this.platform = platform;
        this.endpoint = endpoint;
        this.contract = contract;
        this.channel = channel;
    }

    /** Begins to talk to the back end. */
    void begin() {
        watch = platform.interrupts().watch(channel.fd(), this::read);
        ask(VhostMessage.plain(Request.GET_FEATURES), this::choose);
        proceed();
    }

    // ---- what is said ----

    private void ask(VhostMessage message, Answer answer) {
        steps.add(new Step(message, answer));
    }

    private void tell(VhostMessage message) {
        steps.add(new Step(message, null));
    }

    private void choose(long offered) throws ProtocolException {
        long missing = contract.features() & ~offered;
        if (missing != 0) {
            throw new ProtocolException("does not offer " + FeatureNames.describe(missing));
        }
        if (!VirtioFeature.has(offered, VhostMessage.PROTOCOL_FEATURES)) {
            throw new ProtocolException("is too old: it has no protocol features");
        }
        ask(VhostMessage.plain(Request.GET_PROTOCOL_FEATURES), this::chooseProtocol);
    }

    private void chooseProtocol(long offered) throws ProtocolException {
        long used = offered & (VhostMessage.MQ | VhostMessage.REPLY_ACK);
        tell(VhostMessage.number(Request.SET_PROTOCOL_FEATURES, used));
        int pairs = contract.pairs();
        if ((used & VhostMessage.MQ) != 0) {
            ask(VhostMessage.plain(Request.GET_QUEUE_NUM), most -> setUp(pairs, most, used));
        } else {
            setUp(pairs, 1, used);
        }
    }

    private void setUp(int pairs, long most, long used) throws ProtocolException {
        if (pairs > most) {
            throw new ProtocolException("has %s pairs of queues, and the port %s"
                    .formatted(Long.toUnsignedString(most), pairs));
        }
        acknowledges = (used & VhostMessage.REPLY_ACK) != 0;
        tell(VhostMessage.plain(Request.SET_OWNER));
        tell(VhostMessage.number(Request.SET_FEATURES,
                contract.features() | VhostMessage.PROTOCOL_FEATURES));
        tell(VhostMessage.memory(contract.regions()));
        boolean packed = VirtioFeature.has(contract.features(), VirtioFeature.RING_PACKED);
        for (Contract.Ring ring : contract.rings()) {
            int queue = ring.queue();
            tell(VhostMessage.noCall(queue));
            tell(VhostMessage.state(Request.SET_VRING_NUM, queue, ring.ring().size()));
            // Of a packed ring: the lap counter is 1.
            tell(VhostMessage.state(Request.SET_VRING_BASE, queue, packed ? 1 << 15 : 0));
            tell(VhostMessage.addresses(queue, ring.ring().descriptorAddress(),
                    ring.ring().driverAddress(), ring.ring().deviceAddress()));
            tell(VhostMessage.kick(queue, ring.kick().fd()));
        }
        for (Contract.Ring ring : contract.rings()) {
            tell(VhostMessage.state(Request.SET_VRING_ENABLE, ring.queue(), 1));
        }
    }

    /** Sends the requests up to the next one that is answered. */
    private void proceed() {
        while (asked == null && !ended && !steps.isEmpty()) {
            Step next = steps.remove();
            boolean confirmed = next.answer() == null && acknowledges;
            if (next.message().request() == Request.SET_VRING_KICK) {
                told++;
            }
            channel.send(next.message(), confirmed);
            asked = confirmed || next.answer() != null ? next : null;
        }
        if (channel.isEnded()) {
            end(stopping ? "the back end has closed the connection" : "the back end does not read");
        } else if (asked == null && !ended && !connected && !stopping) {
            connected = true;
            endpoint.connected();
            // Descriptors may have been offered before the back end looked.
            contract.rings().forEach(ring -> ring.kick().ring());
        }
    }

    // ---- what is heard ----

    /** Handles what the back end has sent. On {@code interrupt}, without the monitor. */
    private void read() {
        boolean lost;
        synchronized (endpoint.meetings()) {
            lost = !ended && receive();
        }
        if (lost) {
            endpoint.lost();
        }
    }

    /** Returns whether the back end has gone while packets were exchanged. */
    private boolean receive() {
        try {
            Optional<Reply> next = channel.receive();
            while (next.isPresent()) {
                take(next.get());
                next = ended ? Optional.empty() : channel.receive();
            }
        } catch (ProtocolException e) {
            boolean was = connected && !stopping;
            end("the back end " + e.getMessage());
            return was;
        }
        if (ended || !channel.isEnded()) {
            return false;
        }
        boolean was = connected && !stopping;
        end(was ? "the back end has gone" : "the back end has closed the connection");
        return was;
    }

    private void take(Reply reply) throws ProtocolException {
        Step step = asked;
        if (step == null || reply.request() != step.message().request().number()) {
            throw new ProtocolException("has answered request %s, which was not asked"
                    .formatted(reply.request()));
        }
        if (reply.payload().remaining() != Long.BYTES) {
            throw new ProtocolException("has answered %s with %s bytes"
                    .formatted(step.message().request(), reply.payload().remaining()));
        }
        asked = null;
        endpoint.meetings().notifyAll();
        long number = reply.payload().getLong();
        if (stopping && step.message().request() != Request.GET_VRING_BASE) {
            proceed();
            return;
        }
        if (step.answer() != null) {
            step.answer().take(number);
        } else if (number != 0) {
            throw new ProtocolException("refuses " + step.message().request());
        }
        proceed();
    }

    // ---- the end ----

    boolean isConnected() {
        return connected && !stopping && !ended;
    }

    boolean isEnded() {
        return ended;
    }

    /** Whether the back end uses no ring any more. */
    boolean isQuiet() {
        return ended || stopping && asked == null && steps.isEmpty();
    }

    /** Tells the back end to stop its rings; {@link #isQuiet} says when it has. */
    void stopRings() {
        if (ended) {
            return;
        }
        stopping = true;
        steps.clear();
        for (Contract.Ring ring : contract.rings().subList(0, told)) {
            ask(VhostMessage.state(Request.GET_VRING_BASE, ring.queue(), 0), any -> { });
        }
        proceed();
    }

    /** Ends the connection, which is released soon. */
    void end(String reason) {
        if (ended) {
            return;
        }
        ended = true;
        endpoint.ended(this, connected, reason);
        endpoint.meetings().notifyAll();
        platform.control().execute(this, this::release);
    }

    /** Closes the socket, after {@link #end}. A control thread, no monitor. Idempotent. */
    synchronized void release() {
        if (!released) {
            released = true;
            watch.close();
            channel.close();
            endpoint.released(this);
        }
    }
}
