// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.os.SigbusWindows;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tests a bond against a model, with random steps under load: members come and go, are added and
 * removed, the mode and the primary change, the bundle of the members' driver is replaced. One
 * member is a failsafe port.
 */
class BondFlapTest extends MembersTests {
    private static final Logger LOG = LoggerFactory.getLogger(BondFlapTest.class);
    /** {@code -Dhotbus.test.flaps}: how many random steps to make. */
    private static final int FLAPS = Integer.getInteger("hotbus.test.flaps", 100);
    /** {@code -Dhotbus.test.seed}: to make the same steps again. */
    private static final long SEED = Long.getLong("hotbus.test.seed", System.nanoTime());
    private static final List<String> MEMBERS = List.of("net_sim0", "net_sim1", "net_failsafe0");
    /** Mode 4 is rare: a member that returns needs seconds until it is in sync. */
    private static final int[] MODES = {0, 1, 2, 3, 5, 6, 0, 1, 2, 3, 5, 6, 4};
    private static final int BROADCAST = 3;
    private static final int LACP = 4;
    private static final int SPEED_MBPS = 100_000;
    private static final long REST_NANOS = 50_000;
    /** Steps until everything permanent has been created. */
    private static final int WARM_UP = 40;
    /** The last steps that messages name. */
    private static final int SHOWN = 12;

    private final Random random = new Random(SEED);
    private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    private final Deque<String> steps = new ArrayDeque<>();
    private final Map<String, Integer> done = new TreeMap<>();
    private BondModel model;
    private Port bond;
    private NumberedTraffic traffic;
    private EthStats last;
    /** Whether the members may have sent more than the packets of the test: copies, and LACP. */
    private boolean sentMore;
    private String step = "";

    @Test
    void shouldBeLikeTheModelAfterEachStep() throws Exception {
        LOG.info("{} steps, seed {}", FLAPS, SEED);
        SigbusWindows table = test.service(SigbusWindows.class);
        run(WARM_UP);
        Resources before = Resources.now(table);
        loaders.clear();
        done.clear();
        long began = System.nanoTime();
        run(FLAPS);
        LOG.info("seed {}: {} in {} ms", SEED, done, (System.nanoTime() - began) / 1_000_000);

        Waiting.until(() -> "class loaders are still there, " + this, () -> {
            System.gc();
            test.forgetEvents();
            return loaders.stream().allMatch(loader -> loader.get() == null);
        });
        Waiting.until(() -> "more than before: " + Resources.now(table).minus(before)
                + ", " + this, () -> Resources.now(table).minus(before).isEmpty());
    }

    private void run(int steps) throws Exception {
        test.attach("net_sim0,peer=net_sim10,uevent_ms=1");
        test.attach("net_sim1,peer=net_sim11,uevent_ms=1");
        test.attach("net_failsafe0,hotplug_poll=50,dev(net_sim2,peer=net_sim12,uevent_ms=1)");
        for (int i = 0; i < MEMBERS.size(); i++) {
            test.attach("net_failsafe1%s,hotplug_poll=50,dev(net_sim1%s)".formatted(i, i));
        }
        Port peer = test.start("net_bonding1,mode=0,member=net_failsafe10,"
                + "member=net_failsafe11,member=net_failsafe12");
        bond = test.start("net_bonding0,mode=0,member=" + String.join(",member=", MEMBERS));
        model = new BondModel(0, MEMBERS);
        last = bond.stats();
        try (NumberedTraffic flow =
                new NumberedTraffic(REST_NANOS, test.pool(), bond, peer)) {
            traffic = flow;
            check();
            for (int i = 0; i < steps; i++) {
                step();
                check();
            }
            finish();
        }
        giveUpAll(peer);
    }

    private void step() throws Exception {
        int dice = random.nextInt(100);
        if (dice < 55) {
            flap(model.members.get(random.nextInt(model.members.size())));
        } else if (dice < 70) {
            changeMode(MODES[random.nextInt(MODES.length)]);
        } else if (dice < 82) {
            model.primary = model.members.get(random.nextInt(model.members.size()));
            run("set bonding primary " + model.primary);
        } else if (dice < 98) {
            addOrRemove(MEMBERS.get(random.nextInt(MEMBERS.size())));
        } else {
            replaceDriver();
        }
        done.merge(step.split(" net_")[0].replaceAll("\\d", "").strip(), 1, Integer::sum);
        model.settle();
        test.forgetEvents();
        steps.add(step);
        if (steps.size() > SHOWN) {
            steps.remove();
        }
    }

    /** In mode 4 the peer has to speak LACP, too; nothing is under way while only one side does. */
    private void changeMode(int mode) throws Exception {
        boolean both = (mode == LACP) != (model.mode == LACP) && !model.active().isEmpty();
        if (both) {
            pause();
        }
        verb("set bonding mode " + (mode == LACP ? LACP : 0) + " net_bonding1");
        run("set bonding mode " + mode);
        model.mode = mode;
        sentMore |= mode == LACP || mode == BROADCAST;
        if (both) {
            awaitActive();
            traffic.resume();
        }
    }

    private void awaitActive() {
        Waiting.until(() -> "it is " + config() + ", " + this,
                () -> config().contains("\n" + model.activeLine() + "\n"));
    }

    private void run(String words) throws Exception {
        step = words;
        verb(words + " net_bonding0");
    }

    private void flap(String name) throws Exception {
        String nic = name.equals("net_failsafe0") ? "net_sim2" : name;
        step = (model.up.contains(name) ? "yank " : "plug ") + nic;
        if (model.up.remove(name)) {
            injector.yank(nic);
        } else {
            injector.plug(nic);
            model.up.add(name);
        }
    }

    private void addOrRemove(String name) throws Exception {
        if (!model.members.contains(name)) {
            run("add bonding member " + name);
            model.members.add(name);
        } else if (model.members.size() > 1 && model.up.contains(name)) {
            run("remove bonding member " + name);
            model.members.remove(name);
        } else {
            step = "nothing";
        }
    }

    /** Members and peers go and come back. */
    private void replaceDriver() throws Exception {
        for (String name : model.members) {
            if (!model.up.contains(name)) {
                flap(name); // the simulated slots go with the bundle
                model.settle();
                check();
            }
        }
        pause(); // as does what the peers have in their rings
        step = "replace the bundle";
        Bundle driver = Bundles.named("net.sim");
        loaders.add(new WeakReference<>(driver.adapt(BundleWiring.class).getClassLoader()));
        Bundles.update(driver);
        Waiting.until(() -> "not all come back, " + this, () -> model.up.stream().allMatch(
                name -> member(name) != null && (member(name).link().up()
                        || !model.members.contains(name))));
        injector = test.service(RemovalInjector.class);
        traffic.resume();
    }

    private void check() {
        Waiting.until(() -> "it is " + config() + ", " + bond.link() + ", " + this,
                () -> config().contains("\n" + model.activeLine() + "\n")
                        && bond.link().up() == !model.active().isEmpty()
                        && bond.link().speedMbps() == model.speed(SPEED_MBPS));
        if (model.hasPrimary() && !step.startsWith("replace")) {
            assertThat(config().lines().findFirst().orElseThrow()).as("%s", this)
                    .endsWith(model.primaryWords());
        }
        for (String name : model.active()) {
            assertThat(member(name).owner()).as("%s", this).contains("net_bonding0");
        }
        EthStats now = bond.stats();
        assertThat(now.txPackets()).as("%s", this).isGreaterThanOrEqualTo(last.txPackets());
        assertThat(now.txBytes()).as("%s", this).isGreaterThanOrEqualTo(last.txBytes());
        last = now;
        if (model.active().equals(model.members) && model.up.size() == MEMBERS.size()) {
            pause(); // no member keeps packets
            traffic.resume();
        } else if (!model.active().isEmpty()) {
            traffic.awaitPackets(1);
        }
    }

    private void pause() {
        try {
            traffic.pause();
        } catch (AssertionError e) {
            throw new AssertionError("%s, dropped %s, %s".formatted(e.getMessage(),
                    member("net_bonding1").xstats().get("rx_not_collecting_packets"), this), e);
        }
    }

    private String config() {
        try {
            return verb("show bonding config net_bonding0");
        } catch (Exception e) {
            throw new AssertionError(toString(), e);
        }
    }

    private void finish() throws Exception {
        for (String name : MEMBERS) {
            if (!model.members.contains(name)) {
                addOrRemove(name);
            }
            if (!model.up.contains(name)) {
                flap(name);
            }
            model.settle();
            check();
        }
        traffic.awaitPackets(1000);
        traffic.drain();
        LOG.info("{}", traffic);
        assertThat(traffic.lost()).as("lost, %s", this).isZero();
        if (sentMore) {
            assertThat(bond.stats().txPackets()).as("counted, %s", this)
                    .isGreaterThanOrEqualTo(traffic.sent());
        } else {
            assertThat(bond.stats().txPackets()).as("counted, %s", this)
                    .isEqualTo(traffic.sent());
        }
    }

    private void giveUpAll(Port peer) throws Exception {
        test.giveUp(bond);
        test.giveUp(peer);
        for (int i = 0; i < MEMBERS.size(); i++) {
            for (String name : List.of(MEMBERS.get(i), "net_failsafe1" + i)) {
                if (member(name) != null) {
                    test.giveUp(member(name));
                }
            }
        }
        assertThat(test.pool().available()).as("buffers, %s", this)
                .isEqualTo(test.pool().capacity());
        test.forgetEvents();
    }

    @Override
    public String toString() {
        return "after %s: %s, %s, seed %s".formatted(steps, model, traffic, SEED);
    }
}
