// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEvent.Kind;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortState;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
final class EthPortsTest {
    /** Records the events that it receives. */
    private static final class Recorder implements EthEventListener {
        final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void onEthEvent(EthEvent event) {
            events.add(event.kind() + " " + event.port().id());
        }
    }

    private final TestControl control = new TestControl();
    private final EthPorts ports = new EthPorts(control, event -> { });
    private final Recorder recorder = new Recorder();

    @BeforeEach
    void listen() {
        ports.addListener(recorder);
    }

    @AfterEach
    void close() {
        control.close();
    }

    private List<String> recorded() throws Exception {
        control.await(recorder);
        return recorder.events;
    }

    private Port add(String name) {
        return ports.add(new TestDevice(name), new TestDev());
    }

    private void pull(Device device) {
        device.markRemoved();
        ports.onDeviceEvent(
                DeviceEvent.removed(device, RemovalCause.SIGBUS, System.nanoTime()));
    }

    @Test
    void shouldGiveTheLowestFreeId() {
        Port first = add("net_test0");
        Port second = add("net_test1");
        add("net_test2");
        ports.remove(second);
        first.close();

        assertThat(add("net_test3").id()).as("a closed port keeps its id").isEqualTo(1);
        assertThat(add("net_test4").id()).isEqualTo(3);
        assertThat(ports.ports()).extracting(Port::name)
                .containsExactly("net_test0", "net_test3", "net_test2", "net_test4");
    }

    @Test
    void shouldGiveADeviceThatReturnsTheIdItHadUnlessThatIsTaken() {
        Port first = add("net_test0");
        Port second = add("net_test1");
        Port third = add("net_test2");
        ports.remove(first);
        ports.remove(second);
        ports.remove(third);
        assertThat(add("net_test2").id()).isEqualTo(2);
        assertThat(add("net_test1").id()).isEqualTo(1);
        assertThat(add("net_test3").id()).isZero();
        assertThat(add("net_test0").id()).isEqualTo(3);
    }

    @Test
    void shouldKeepANumberForADeviceThatIsNotThereYet() {
        Lease kept = ports.keepNumber(0, "net_test0");
        ports.keepNumber(2, "net_test2");

        assertThat(add("net_test5").id()).isEqualTo(1);
        assertThat(add("net_test6").id()).isEqualTo(3);
        assertThat(add("net_test2").id()).isEqualTo(2);
        kept.close();
        assertThat(add("net_test7").id()).as("the number is free again").isZero();
        ports.keepNumber(1, "net_test8");
        assertThat(add("net_test8").id()).as("a port had the number already").isEqualTo(4);
    }

    @Test
    void shouldNumberAPortAsOthersWhenItIsNotClaimedAnyMore() {
        Lease claim = ports.claim("first", (device, info) -> true);
        Port claimed = add("net_test0");
        assertThat(claimed.id()).isGreaterThanOrEqualTo(PortRegistry.FIRST_CLAIMED);
        ports.remove(claimed);
        claim.close();

        assertThat(add("net_test0").id()).isZero();
    }

    @Test
    void shouldGivePortsThatNobodyClaimsToTheClaimOfTheRest() {
        Lease rest = ports.claimRest((device, info) -> Optional.of("owner of " + device.name())
                .filter(owner -> !device.name().equals("net_test2")));
        Lease claim = ports.claim("first", (device, info) -> device.name().equals("net_test0"));

        assertThat(add("net_test0").owner()).contains("first");
        Port claimed = add("net_test1");
        assertThat(claimed.owner()).contains("owner of net_test1");
        assertThat(claimed.id()).isGreaterThanOrEqualTo(PortRegistry.FIRST_CLAIMED);
        Port free = add("net_test2");
        assertThat(free.owner()).isEmpty();
        assertThat(free.id()).isZero();

        rest.close();
        assertThat(add("net_test3").owner()).isEmpty();
        claim.close();
        assertThat(claimed.owner()).contains("owner of net_test1");
    }

    @Test
    void shouldFindPortsByIdAndName() {
        Port port = add("net_test7");

        assertThat(ports.port(0)).containsSame(port);
        assertThat(ports.port("net_test7")).containsSame(port);
        assertThat(ports.port(1)).isEmpty();
        assertThat(ports.port(-1)).isEmpty();
        assertThat(ports.port("net_test")).isEmpty();
        ports.remove(port);
        assertThat(ports.port(0)).isEmpty();
        assertThat(ports.port("net_test7")).isEmpty();
    }

    @Test
    void shouldTellThatAPortHasToBeSetUpAgain() throws Exception {
        Port port = add("net_test0");

        ports.resetNeeded(port);
        ports.remove(port);
        ports.resetNeeded(port);

        assertThat(recorded()).containsExactly("NEW 0", "INTR_RESET 0", "DESTROY 0");
    }

    @Test
    void shouldTellTheDriverItsPortFirstOfAll() {
        add("net_test0");
        TestDev dev = new TestDev();
        ports.add(new TestDevice("net_test1"), dev);

        assertThat(dev.calls).containsExactly("port 1");
    }

    @Test
    void shouldGiveTheIdBackWhenTheDriverFails() {
        EthDev broken = (EthDev) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {EthDev.class},
                (proxy, method, args) -> {
                    throw new IllegalStateException("broken");
                });

        assertThatIllegalStateException()
                .isThrownBy(() -> ports.add(new TestDevice("net_test0"), broken));
        assertThat(ports.ports()).isEmpty();
        assertThat(add("net_test1").id()).isZero();
    }

    @Test
    void shouldCloseAPortItRemoves() throws Exception {
        TestDev dev = new TestDev();
        Port port = ports.add(new TestDevice("net_test0"), dev);
        ports.remove(port);
        ports.remove(port);

        assertThat(port.state()).isEqualTo(PortState.CLOSED);
        assertThat(dev.calls).endsWith("close").containsOnlyOnce("close");
        assertThat(recorded()).containsExactly("NEW 0", "DESTROY 0");
    }

    @Test
    void shouldRaiseRemovalOnceForEachPortOfTheDevice() throws Exception {
        Device device = new TestDevice("net_test0");
        Port first = ports.add(device, new TestDev());
        Port second = ports.add(device, new TestDev());
        Port other = add("net_test1");
        pull(device);
        pull(device);

        assertThat(first.isRemoved()).isTrue();
        assertThat(second.isRemoved()).isTrue();
        assertThat(other.isRemoved()).isFalse();
        assertThat(recorded())
                .containsExactly("NEW 0", "NEW 1", "NEW 2", "INTR_RMV 0", "INTR_RMV 1");
    }

    @Test
    void shouldTellDevicesOfTheSameNameApart() throws Exception {
        Port port = add("net_test0");
        pull(new TestDevice("net_test0"));

        assertThat(port.isRemoved()).isFalse();
        assertThat(recorded()).containsExactly("NEW 0");
    }

    @Test
    void shouldNotCareForOtherDeviceEvents() throws Exception {
        Port port = add("net_test0");
        ports.onDeviceEvent(DeviceEvent.of(DeviceEvent.Kind.ADD, "test", "net_test0"));
        ports.onDeviceEvent(new DeviceEvent(DeviceEvent.Kind.REMOVE, "test", "net_test0",
                Optional.empty(), Optional.empty(), Optional.empty(), 0));

        assertThat(port.isRemoved()).isFalse();
        assertThat(recorded()).containsExactly("NEW 0");
    }

    @Test
    void shouldRaiseTheRemovalOfADeviceThatWentInProbe() throws Exception {
        Device device = new TestDevice("net_test0");
        pull(device);
        ports.add(device, new TestDev());

        assertThat(recorded()).containsExactly("NEW 0", "INTR_RMV 0");
    }

    @Test
    void shouldRaiseLinkChangesOfPortsThereAre() throws Exception {
        Port port = add("net_test0");
        ports.linkChanged(port);
        ports.remove(port);
        ports.linkChanged(port);

        assertThat(recorded()).containsExactly("NEW 0", "INTR_LSC 0", "DESTROY 0");
    }

    @Test
    void shouldTellLateListenersOnlyWhatComesLater() throws Exception {
        Port port = add("net_test0");
        Recorder late = new Recorder();
        ports.addListener(late);
        ports.linkChanged(port);
        control.await(late);

        assertThat(late.events).containsExactly("INTR_LSC 0");
    }

    @Test
    void shouldNotLetAHangingListenerHarmOthers() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        ports.addListener(event -> {
            hanging.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Device device = new TestDevice("net_test0");
        Port port = ports.add(device, new TestDev());
        hanging.await();
        pull(device);
        ports.remove(port);

        assertThat(recorded()).containsExactly("NEW 0", "INTR_RMV 0", "DESTROY 0");
    }

    @Test
    void shouldNotLetAThrowingListenerHarmOthers() throws Exception {
        EthEventListener throwing = event -> {
            throw new IllegalStateException("a listener's bug");
        };
        ports.addListener(throwing);
        ports.remove(add("net_test0"));
        control.await(throwing);

        assertThat(recorded()).containsExactly("NEW 0", "DESTROY 0");
    }

    @Test
    void shouldLetAListenerDetachDirectly() throws Exception {
        EthEventListener remover = event -> {
            if (event.kind() == Kind.INTR_RMV) {
                event.port().stop();
                event.port().close();
                ports.remove(event.port());
            }
        };
        ports.addListener(remover);
        Device device = new TestDevice("net_test0");
        ports.add(device, new TestDev());
        pull(device);
        control.await(remover);

        assertThat(recorded()).containsExactly("NEW 0", "INTR_RMV 0", "DESTROY 0");
        assertThat(ports.ports()).isEmpty();
    }

    @Test
    void shouldLeaveAListenerOnlyWhenNoCallIsInside() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean returned = new AtomicBoolean();
        EthEventListener slow = event -> {
            inside.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            returned.set(true);
        };
        ports.addListener(slow);
        Port port = add("net_test0");
        ports.linkChanged(port);
        inside.await();
        ExecutorService leaving = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> returnedBefore = leaving.submit(() -> {
                ports.removeListener(slow);
                return returned.getAndSet(false);
            });
            goOn.countDown();
            assertThat(returnedBefore.get()).isTrue();
            control.await(slow);
            assertThat(returned).as("called after it was left").isFalse();
        } finally {
            leaving.shutdownNow();
        }
    }

    @Test
    void shouldCloseWhatIsLeftWhenItGoes() throws Exception {
        Port port = add("net_test0");
        ports.deactivate();
        ports.deactivate();

        assertThat(port.state()).isEqualTo(PortState.CLOSED);
        assertThat(ports.ports()).isEmpty();
        assertThat(recorded()).containsExactly("NEW 0", "DESTROY 0");
    }

    @Test
    void shouldGiveEveryPortItsOwnIdUnderContention() throws Exception {
        int threadCount = 4;
        int rounds = 200;
        ExecutorService threads = Executors.newFixedThreadPool(threadCount);
        try {
            List<Future<?>> users = new CopyOnWriteArrayList<>();
            for (int t = 0; t < threadCount; t++) {
                String name = "net_test" + t;
                users.add(threads.submit(() -> {
                    for (int i = 0; i < rounds; i++) {
                        Port port = add(name);
                        assertThat(port.id()).isBetween(0, threadCount - 1);
                        assertThat(ports.port(port.id())).containsSame(port);
                        ports.remove(port);
                    }
                }));
            }
            for (Future<?> user : users) {
                user.get();
            }
            assertThat(ports.ports()).isEmpty();
            assertThat(recorded()).hasSize(2 * threadCount * rounds);
        } finally {
            threads.shutdownNow();
        }
    }
}
