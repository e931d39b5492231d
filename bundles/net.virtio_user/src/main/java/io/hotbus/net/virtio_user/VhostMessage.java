// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A message to the back end, without its header. Source: {@code vhost-user.rst}, "Message
 * Specification" and "Front-end message types".
 *
 * @param request the number of the request
 * @param payload at most {@link #MOST_PAYLOAD} bytes
 * @param fds     descriptors that are passed with the message
 */
record VhostMessage(Request request, byte[] payload, int... fds) {
    /** Request, flags and the length of the payload, 32 bits each. */
    static final int HEADER = 12;
    /** The longest payload: that of a memory table. */
    static final int MOST_PAYLOAD = 264;
    /** The most regions of a memory table. */
    static final int MOST_REGIONS = 8;

    // Flags.
    static final int VERSION = 1;
    static final int VERSION_MASK = 3;
    static final int REPLY = 1 << 2;
    static final int NEED_REPLY = 1 << 3;

    /** A feature, bit 30: the back end has protocol features. */
    static final long PROTOCOL_FEATURES = 1L << 30;
    // Protocol features.
    static final long MQ = 1;
    static final long REPLY_ACK = 1L << 3;

    /** With a number of a queue: there is no descriptor. */
    private static final long NO_FD = 1L << 8;

    /** The requests that are used. */
    enum Request {
        GET_FEATURES(1), SET_FEATURES(2), SET_OWNER(3), SET_MEM_TABLE(5), SET_VRING_NUM(8),
        SET_VRING_ADDR(9), SET_VRING_BASE(10), GET_VRING_BASE(11), SET_VRING_KICK(12),
        SET_VRING_CALL(13), GET_PROTOCOL_FEATURES(15), SET_PROTOCOL_FEATURES(16),
        GET_QUEUE_NUM(17), SET_VRING_ENABLE(18);

        private final int number;

        Request(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /**
     * Memory that the back end maps.
     *
     * @param address where this process has it: the address in descriptors, too
     * @param length  bytes
     * @param fd      a descriptor of it, from offset 0 on
     */
    record Region(long address, long length, int fd) {
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    static VhostMessage plain(Request request) {
        return new VhostMessage(request, new byte[0]);
    }

    static VhostMessage number(Request request, long value) {
        return new VhostMessage(request, buffer(Long.BYTES).putLong(value).array());
    }

    /** A message about a queue, with a number. */
    static VhostMessage state(Request request, int queue, int value) {
        return new VhostMessage(request,
                buffer(2 * Integer.BYTES).putInt(queue).putInt(value).array());
    }

    /** Where the areas of a ring are. */
    static VhostMessage addresses(int queue, long descriptors, long driver, long device) {
        return new VhostMessage(Request.SET_VRING_ADDR,
                buffer(2 * Integer.BYTES + 4 * Long.BYTES).putInt(queue).putInt(0)
                        .putLong(descriptors).putLong(device).putLong(driver).putLong(0).array());
    }

    /** The eventfd that is written when a queue has new descriptors. */
    static VhostMessage kick(int queue, int fd) {
        return new VhostMessage(Request.SET_VRING_KICK,
                buffer(Long.BYTES).putLong(queue).array(), fd);
    }

    /** No eventfd is to be written when a queue has returned descriptors: it is polled. */
    static VhostMessage noCall(int queue) {
        return number(Request.SET_VRING_CALL, queue | NO_FD);
    }

    /** Guest addresses are those of this process. At most {@link #MOST_REGIONS} regions. */
    static VhostMessage memory(List<Region> regions) {
        ByteBuffer table = buffer(2 * Integer.BYTES + 4 * Long.BYTES * regions.size())
                .putInt(regions.size()).putInt(0);
        regions.forEach(region -> table.putLong(region.address()).putLong(region.length())
                .putLong(region.address()).putLong(0));
        return new VhostMessage(Request.SET_MEM_TABLE, table.array(),
                regions.stream().mapToInt(Region::fd).toArray());
    }

    /** The bytes on the socket. */
    ByteBuffer bytes(boolean needReply) {
        return buffer(HEADER + payload.length).putInt(request.number)
                .putInt(VERSION | (needReply ? NEED_REPLY : 0)).putInt(payload.length)
                .put(payload).flip();
    }
}
