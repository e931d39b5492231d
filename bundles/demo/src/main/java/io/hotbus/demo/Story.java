// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import io.hotbus.app.OutputClosedException;
import io.hotbus.eal.hotplug.SigbusFault;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/** Prints the first cycles in full, only the progress of later cycles, and then a summary. */
final class Story {
    private static final int TOLD_IN_FULL = 3;
    private static final int PROGRESS_LINES = 20;

    private final PrintStream out;
    private final String victim;
    private final int cycles;

    Story(PrintStream out, String victim, int cycles) {
        this.out = out;
        this.victim = victim;
        this.cycles = cycles;
    }

    void begin(String wires) {
        say("Four simulated NICs, %s. %s is pulled out under traffic %s.", wires, victim,
                cycles == 1 ? "once" : cycles + " times");
    }

    void forwarding(double firstPacketSeconds, long packets) {
        say("Forwarding since %.2f s after the JVM started; %d packets circulate.",
                firstPacketSeconds, packets);
    }

    void survived(Cycle cycle, double victimRate, long otherPackets) {
        if (cycle.number() <= TOLD_IN_FULL) {
            tell(cycle, victimRate, otherPackets);
        } else if (cycle.number() % Math.max(1, cycles / PROGRESS_LINES) == 0) {
            say("cycle %d of %d survived, %d packets forwarded by the other ports",
                    cycle.number(), cycles, otherPackets);
        }
    }

    private void tell(Cycle cycle, double victimRate, long otherPackets) {
        say("%ncycle %d of %d: %s is pulled out while %.2f million packets/s go through it",
                cycle.number(), cycles, victim, victimRate / 1e6);
        if (cycle.faults().isEmpty()) {
            say("  no access met the gap: the bus noticed first");
        } else {
            SigbusFault first = cycle.faults().get(0);
            say("  %10s  %s", after(cycle.yankToFault()), first);
            cycle.faultToResume().ifPresent(nanos ->
                    say("  %10s  the lcore is through with that burst %s after the fault", "",
                            micros(nanos)));
        }
        say("  %10s  port stopped, closed, device detached", after(cycle.yankToDetached()));
        say("  plugged in again");
        say("  %10s  attached, started, forwarding in both directions",
                after(cycle.plugToForwarding()));
        say("  the other ports have forwarded %d packets by now", otherPackets);
    }

    void end(Result result) {
        say("%n%d of %d removals survived, %d faults repaired", result.cycles().size(),
                result.wanted(), result.faults());
        spread("fault to resume", result.faultToResume(), 1e3, "us");
        spread("yank to detached", result.yankToDetached(), 1e6, "ms");
        spread("plug to forwarding", result.plugToForwarding(), 1e6, "ms");
        result.balance().ifPresent(balance -> say("  %-20s %d packets forwarded, %d of %d lost",
                "other ports", balance.forwarded(), balance.lost(), balance.injected()));
        say("  %-20s %d", "mbufs leaked", result.mbufsLeaked());
        result.problems().forEach(problem -> say("FAILED: %s", problem));
    }

    private void spread(String name, Optional<Spread> spread, double nanosPerUnit, String unit) {
        spread.ifPresent(s -> say("  %-20s p50 %.1f %s, p99 %.1f %s, max %.1f %s", name,
                s.p50() / nanosPerUnit, unit, s.p99() / nanosPerUnit, unit,
                s.max() / nanosPerUnit, unit));
    }

    private static String after(long nanos) {
        return "+" + (nanos < 1_000_000 ? micros(nanos)
                : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6));
    }

    private static String micros(long nanos) {
        return String.format(Locale.ROOT, "%.1f us", nanos / 1e3);
    }

    private void say(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
        OutputClosedException.check(out);
    }
}
