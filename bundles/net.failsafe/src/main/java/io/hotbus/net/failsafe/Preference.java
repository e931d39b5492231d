// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import io.hotbus.ethdev.Port;
import io.hotbus.pmd.members.Member;
import io.hotbus.pmd.members.MemberUser;
import java.util.Comparator;
import java.util.List;

/** Which sub-device is preferred: those with a link first, then as in the devargs. */
final class Preference implements MemberUser {
    private final Paths paths;
    private final Runnable onLinkChange;
    private boolean linkUp;

    /** @param onLinkChange called when the link has changed */
    Preference(Paths paths, Runnable onLinkChange) {
        this.paths = paths;
        this.onLinkChange = onLinkChange;
    }

    @Override
    public void use(List<Member> started) {
        paths.use(started.stream()
                .sorted(Comparator.comparing((Member sub) -> !sub.link().up())
                        .thenComparing(Member::index))
                .map(sub -> sub.port().orElseThrow()).toList());
        boolean up = started.stream().anyMatch(sub -> sub.link().up());
        if (up != linkUp) {
            linkUp = up;
            onLinkChange.run();
        }
    }

    @Override
    public void leave(Port port) {
        paths.leave(port);
    }

    @Override
    public void pause(Port port) {
        paths.pause(port);
    }

    @Override
    public void takeBack(Port port) {
        paths.takeBack(port);
    }
}
