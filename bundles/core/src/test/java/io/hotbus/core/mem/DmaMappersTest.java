// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import static io.hotbus.core.testing.TestOs.LINUX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.Waiting;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaMapper;
import io.hotbus.eal.mem.DmaMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

@Timeout(300)
class DmaMappersTest {
    private final DmaMappers mappers = new DmaMappers(new CoreSettings());
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private HugepageAllocator allocator;

    @TempDir
    private Path none;

    @BeforeEach
    void allocateFromOrdinaryPages() {
        allocator = new HugepageAllocator(LINUX, mappers, new CoreSettings(), none,
                none.resolve("pagemap"), Path.of("/proc"));
    }

    /** Says what it is called for, and sees that the memory is there. */
    private class Recorder implements DmaMapper {
        private final String name;

        Recorder(String name) {
            this.name = name;
        }

        @Override
        public void map(DmaMemory memory) throws IOException {
            calls.add(name + " maps " + nameOf(memory));
            RawMemory.putLong(memory.address(), 1);
        }

        @Override
        public void unmap(DmaMemory memory) {
            calls.add(name + " unmaps " + nameOf(memory));
            RawMemory.putLong(memory.address(), 2);
        }

        private static String nameOf(DmaMemory memory) {
            return memory.toString().split(" ")[0];
        }
    }

    private static ServiceProperties properties(DmaMapper mapper) {
        return new ServiceProperties(0, System.identityHashCode(mapper), "");
    }

    private <M extends DmaMapper> M add(M mapper) {
        mappers.add(mapper, properties(mapper));
        return mapper;
    }

    private void remove(DmaMapper mapper) {
        mappers.remove(mapper, properties(mapper));
    }

    @Test
    void shouldMapNewMemoryInAllAndUnmapItInAllBeforeItIsFreed() throws IOException {
        add(new Recorder("one"));
        add(new Recorder("two"));

        DmaMemory memory = allocator.allocate("ring", 1);

        assertThat(calls).containsExactlyInAnyOrder("one maps ring", "two maps ring");
        calls.clear();
        memory.close();
        memory.close();
        assertThat(calls).containsExactlyInAnyOrder("one unmaps ring", "two unmaps ring");
        assertThat(Mappings.contains(memory.address())).isFalse();
    }

    @Test
    void shouldMapWhatThereIsInAMapperThatArrives() throws IOException {
        allocator.allocate("gone", 1).close();
        DmaMemory ring = allocator.allocate("ring", 1);
        DmaMemory pool = allocator.allocate("pool", 1);

        add(new Recorder("late"));

        assertThat(calls).containsExactly("late maps ring", "late maps pool");
        ring.close();
        pool.close();
    }

    @Test
    void shouldUndoAnAllocationThatOneCannotMap() throws IOException {
        IOException full = new IOException("no room for ring: ENOSPC");
        add(new Recorder("willing"));
        long[] address = new long[1];
        DmaMapper unwilling = new Recorder("unwilling") {
            @Override
            public void map(DmaMemory memory) throws IOException {
                super.map(memory);
                address[0] = memory.address();
                throw full;
            }
        };
        mappers.add(unwilling, new ServiceProperties(-1, 1, "")); // the last to be asked

        assertThatThrownBy(() -> allocator.allocate("ring", 1)).isSameAs(full);

        assertThat(calls).containsExactly("willing maps ring", "unwilling maps ring",
                "willing unmaps ring", "unwilling unmaps ring");
        assertThat(Mappings.contains(address[0])).isFalse();
        calls.clear();
        add(new Recorder("late"));
        assertThat(calls).isEmpty();
    }

    @Test
    void shouldFailAnAllocationWhereAMapperBreaks() {
        add(new Recorder("broken") {
            @Override
            public void map(DmaMemory memory) {
                throw new NoClassDefFoundError("of a bundle that is gone");
            }
        });

        assertThatThrownBy(() -> allocator.allocate("ring", 1)).isInstanceOf(IOException.class)
                .hasMessageContaining("DmaMappersTest").hasMessageContaining("ring")
                .hasMessageContaining("of a bundle that is gone");
    }

    @Test
    void shouldGoOnWhereAMapperThatArrivesCannotMap() throws IOException {
        DmaMemory ring = allocator.allocate("ring", 1);
        DmaMemory pool = allocator.allocate("pool", 1);
        try (LogLines log = new LogLines()) {
            add(new Recorder("picky") {
                @Override
                public void map(DmaMemory memory) throws IOException {
                    super.map(memory);
                    if (memory == ring) {
                        throw new IOException("ENOSPC");
                    }
                }
            });

            assertThat(log.of(Level.ERROR)).singleElement().asString().contains("ring");
        }
        assertThat(calls).containsExactly("picky maps ring", "picky maps pool");
        ring.close();
        pool.close();
    }

    @Test
    void shouldKeepMemoryThatCannotBeUnmapped() throws IOException {
        DmaMapper stubborn = add(new Recorder("stubborn") {
            @Override
            public void unmap(DmaMemory memory) {
                throw new IllegalStateException("still in use");
            }
        });
        DmaMemory memory = allocator.allocate("ring", 1);
        try (LogLines log = new LogLines()) {
            memory.close();

            assertThat(log.of(Level.ERROR)).singleElement().asString()
                    .contains("ring").contains("not freed");
        }
        assertThat(Mappings.contains(memory.address())).isTrue();
        remove(stubborn);
        LINUX.unmap(memory.address(), memory.length());
    }

    @Test
    void shouldNotCallAMapperThatHasLeft() throws IOException {
        DmaMapper leaving = add(new Recorder("leaving"));
        DmaMemory ring = allocator.allocate("ring", 1);
        calls.clear();

        remove(leaving);

        ring.close();
        allocator.allocate("pool", 1).close();
        assertThat(calls).isEmpty();
    }

    @Test
    void shouldWaitForTheCallInsideAMapperThatLeaves() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        DmaMapper slow = add(new Recorder("slow") {
            @Override
            public void map(DmaMemory memory) throws IOException {
                inside.countDown();
                Waiting.await(goOn);
                super.map(memory);
            }
        });
        Thread allocating = new Thread(this::allocateAndFree);
        Thread leaving = new Thread(() -> {
            remove(slow);
            calls.add("left");
        });
        allocating.start();
        Waiting.await(inside);

        leaving.start();
        Waiting.untilBlocked(leaving);
        goOn.countDown();

        Waiting.join(leaving);
        Waiting.join(allocating);
        assertThat(calls).containsExactly("slow maps ring", "left");
    }

    @Test
    void shouldLetAMapperLeaveWhileAnotherIsBusy() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        add(new Recorder("busy") {
            @Override
            public void map(DmaMemory memory) throws IOException {
                inside.countDown();
                Waiting.await(goOn);
            }
        });
        DmaMapper idle = new Recorder("idle");
        mappers.add(idle, new ServiceProperties(-1, 1, ""));
        Thread allocating = new Thread(this::allocateAndFree);
        allocating.start();
        Waiting.await(inside);

        mappers.remove(idle, new ServiceProperties(-1, 1, ""));

        goOn.countDown();
        Waiting.join(allocating);
        assertThat(calls).containsExactly("busy unmaps ring");
    }

    @Test
    void shouldMakeOneCallAtATime() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        DmaMapper counting = new Recorder("counting") {
            @Override
            public void map(DmaMemory memory) throws IOException {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                first.countDown();
                Waiting.await(goOn);
                inside.decrementAndGet();
            }
        };
        add(counting);
        Thread one = new Thread(this::allocateAndFree);
        Thread two = new Thread(this::allocateAndFree);
        Thread late = new Thread(() -> add(new Recorder("late")));
        one.start();
        Waiting.await(first);
        two.start();
        late.start();
        Waiting.untilBlocked(two);
        Waiting.untilBlocked(late);
        goOn.countDown();

        Waiting.join(one);
        Waiting.join(two);
        Waiting.join(late);
        assertThat(most).hasValue(1);
    }

    @Test
    void shouldLetAMapperLeaveFromWithinACall() {
        DmaMapper[] self = new DmaMapper[1];
        self[0] = add(new Recorder("self") {
            @Override
            public void map(DmaMemory memory) throws IOException {
                super.map(memory);
                remove(self[0]);
            }
        });

        assertThatCode(() -> allocator.allocate("ring", 1).close()).doesNotThrowAnyException();

        assertThat(calls).containsExactly("self maps ring");
    }

    private void allocateAndFree() {
        try {
            allocator.allocate("ring", 1).close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
