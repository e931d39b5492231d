// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.RxFilter;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** What a port does with its members. Control threads. */
@ConsumerType
public interface MemberUser {
    /**
     * Uses these members from now on. Called with the lock of {@link Members}, whenever members
     * may have come or gone, and when the link of one may have changed.
     *
     * @param started those that are there and started, in their order
     */
    void use(List<Member> started);

    /**
     * Never uses {@code port} again. When this returns, no lcore is in a burst on it. May be called
     * under the lock of a bus, so it must not call a bus or wait for one.
     */
    void leave(Port port);

    /**
     * Does not use {@code port}, which has lost its state, until it is in {@link #use} again. When
     * this returns, no lcore is in a burst on it.
     */
    void pause(Port port);

    /**
     * Sends through other members what {@code port} has not sent. It is stopped or gone, and not
     * used. May be called under the lock of a bus, like {@link #leave}.
     */
    void takeBack(Port port);

    /**
     * The filter for a member. Called with the lock of {@link Members}.
     *
     * @param port   the member's, perhaps before it is one of those of {@link #use}
     * @param wanted the filter of the port above
     */
    default RxFilter filter(Member member, Port port, RxFilter wanted) {
        return wanted;
    }
}
