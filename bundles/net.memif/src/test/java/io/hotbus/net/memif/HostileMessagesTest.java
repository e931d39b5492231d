// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.TestOs;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that sends what it must not: it is refused, and nothing else happens. */
@Timeout(300)
final class HostileMessagesTest {
    private static final int BUFFERS = 512;

    /** What a client does wrong. */
    private interface Deed {
        void run(Peer peer) throws Exception;
    }

    private Rig rig;
    private Mempool pool;
    private Port port;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
        pool = rig.pool(BUFFERS);
        port = rig.start("net_memif0,role=server", 1, pool);
    }

    @AfterEach
    void close() throws Exception {
        assertThat(pool.available()).isEqualTo(BUFFERS);
        rig.close();
    }

    private void assertRefused(String reason, Deed deed) throws Exception {
        try (Peer peer = new Peer(rig, true)) {
            deed.run(peer);
            assertThat(peer.refusal()).isEqualTo(reason);
        }
        assertThat(port.link().up()).isFalse();
    }

    @Test
    void shouldRefuseMessagesThatAreWrong() throws Exception {
        assertRefused("Invalid message size 3", peer -> peer.send(ByteBuffer.allocate(3)));
        assertRefused("Invalid message size: more than 128",
                peer -> peer.send(ByteBuffer.allocate(129)));
        assertRefused("Unknown message type 0", peer -> peer.send(ByteBuffer.allocate(128)));
        assertRefused("Unexpected message Connect", peer -> peer.send(new Message.Connect("x")));
        assertRefused("Unexpected message AddRegion",
                peer -> peer.send(new Message.AddRegion(0, Peer.SIZE), peer.memory));
        assertRefused("Incompatible memif version 1.0",
                peer -> peer.send(new Message.Init(1 << 8, 0, 0, "", "")));
        assertRefused("Only ethernet mode supported",
                peer -> peer.send(new Message.Init(Message.VERSION, 0, 1, "", "")));
        assertRefused("Unexpected message Init", peer -> peer.tell()
                .send(new Message.Init(Message.VERSION, 0, 0, "", "")));
        assertRefused("Unexpected message Hello", peer -> peer.tell()
                .send(new Message.Hello("", 0, 0, 0, 0, 0, 0)));
        rig.assertServes(port, pool);
    }

    @Test
    void shouldRefuseMemoryThatIsNone() throws Exception {
        int zero = TestOs.linux().open("/dev/zero", true);
        assertRefused("Region 0 is not shared memory (memfd)", peer -> {
            peer.init(0, "");
            peer.send(new Message.AddRegion(0, 4096), zero);
        });
        TestOs.linux().close(zero);
        assertRefused("Missing descriptor in AddRegion", peer -> {
            peer.init(0, "");
            peer.send(new Message.AddRegion(0, 4096));
        });
        assertRefused("1 descriptors too many with AddRegion", peer -> {
            peer.init(0, "");
            peer.send(new Message.AddRegion(0, 4096), peer.memory, peer.memory);
        });
        for (long size : new long[] {0, -1, Peer.SIZE + 1, Long.MIN_VALUE}) {
            assertRefused("Region 0 has " + Peer.SIZE + " bytes, not "
                    + Long.toUnsignedString(size), peer -> {
                peer.init(0, "");
                peer.send(new Message.AddRegion(0, size), peer.memory);
            });
        }
        int huge = TestOs.linux().sharedMemfd("huge", (1L << 32) + 1);
        assertRefused("The regions have more than 4294967296 bytes", peer -> {
            peer.init(0, "");
            peer.send(new Message.AddRegion(0, (1L << 32) + 1), huge);
        });
        TestOs.linux().close(huge);
        assertRefused("Invalid region index 1", peer -> {
            peer.init(0, "");
            peer.send(new Message.AddRegion(1, Peer.SIZE), peer.memory);
        });
        rig.assertServes(port, pool);
    }

    @Test
    void shouldRefuseRingsThatAreNone() throws Exception {
        assertRefused("The interrupt of ring S2M 0 is not an eventfd that does not block",
                peer -> peer.tell().send(
                        new Message.AddRing(true, 0, 0, 0, Peer.LOG2), peer.memory));
        assertRefused("Invalid ring index: ring M2S 1, the server has 1", peer -> peer.tell()
                .send(new Message.AddRing(false, 1, 0, 0, Peer.LOG2), peer.eventfd()));
        for (Message.AddRing wrong : List.of(new Message.AddRing(true, 0, 1, 0, Peer.LOG2),
                new Message.AddRing(true, 0, 0, 4, Peer.LOG2),
                new Message.AddRing(true, 0, 0, Peer.SIZE - 8, Peer.LOG2),
                new Message.AddRing(true, 0, 0, 0xffff_fff8L, Peer.LOG2),
                new Message.AddRing(true, 0, 0, 0, 14), new Message.AddRing(true, 0, 0, 0, 15),
                new Message.AddRing(true, 0, 0, 0, 255))) {
            assertRefused("ring S2M 0 is not in its region",
                    peer -> peer.tell().send(wrong, peer.eventfd()));
        }
        assertRefused("ring S2M 0 is added twice", peer -> {
            peer.tell();
            peer.send(new Message.AddRing(true, 0, 0, 0, Peer.LOG2), peer.eventfd());
            peer.send(new Message.AddRing(true, 0, 0, 0, Peer.LOG2), peer.eventfd());
        });
        assertRefused("There is no ring at the place of ring S2M", peer -> {
            peer.tell();
            peer.send(new Message.AddRing(true, 0, 0, 8, Peer.LOG2), peer.eventfd());
            peer.send(new Message.Connect("x"));
        });
        rig.assertServes(port, pool);
    }

    @Test
    void shouldNotHoldMoreThanAFewClientsThatSayNothing() throws Exception {
        Peer[] silent = new Peer[40];
        for (int i = 0; i < silent.length; i++) {
            silent[i] = new Peer(rig, true);
        }
        assertThat(silent[0].refusal()).isEqualTo(
                "too many clients that do not say what they want");
        for (Peer peer : silent) {
            peer.close();
        }
        rig.assertServes(port, pool);
    }
}
