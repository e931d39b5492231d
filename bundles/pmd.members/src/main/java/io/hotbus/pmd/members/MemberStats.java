// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.ethdev.EthStats;
import java.util.List;

/** Sums the statistics of members. Guarded by {@link Members}. */
final class MemberStats {
    /** Of members that were removed. */
    private EthStats former = EthStats.ZERO;
    /** What was shown last, which a sum that is being changed never falls below. */
    private EthStats shown = EthStats.ZERO;

    /** Keeps the counts of a member that is removed. */
    void keep(Member member) {
        former = former.plus(member.stats());
    }

    EthStats of(List<Member> members, EthStats more) {
        EthStats sum = former.plus(more);
        for (Member member : members) {
            sum = sum.plus(member.stats());
        }
        shown = most(shown, sum);
        return shown;
    }

    private static EthStats most(EthStats a, EthStats b) {
        return new EthStats(Math.max(a.rxPackets(), b.rxPackets()),
                Math.max(a.rxBytes(), b.rxBytes()), Math.max(a.rxErrors(), b.rxErrors()),
                Math.max(a.missed(), b.missed()), Math.max(a.noMbuf(), b.noMbuf()),
                Math.max(a.txPackets(), b.txPackets()), Math.max(a.txBytes(), b.txBytes()),
                Math.max(a.txErrors(), b.txErrors()));
    }

    void reset() {
        former = EthStats.ZERO;
        shown = EthStats.ZERO;
    }
}
