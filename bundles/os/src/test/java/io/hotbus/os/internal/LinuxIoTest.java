// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** read, write and ioctl, with files of the kernel. */
@Timeout(300)
class LinuxIoTest {
    /** From asm-generic/ioctls.h and linux/if_tun.h. */
    private static final long FIONREAD = 0x541b;
    private static final long FIONBIO = 0x5421;
    private static final long TUNSETIFF = 0x400454ca;
    private static final long TUNGETIFF = 0x800454d2L;
    private static final long TUNSETPERSIST = 0x400454cb;

    private final Linux linux = new LinuxCalls();
    private final List<Integer> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(linux::close);
    }

    private int opened(int fd) {
        open.add(fd);
        return fd;
    }

    private static ByteBuffer buffer(boolean direct, int bytes) {
        return direct ? ByteBuffer.allocateDirect(bytes) : ByteBuffer.allocate(bytes);
    }

    private static String text(ByteBuffer buffer) {
        return US_ASCII.decode(buffer).toString();
    }

    @Test
    void shouldMakeMemoryThatCannotBeMadeShorter() throws LinuxException {
        final int shared = opened(linux.sharedMemfd("shared", 4096));
        linux.truncate(shared, 8192);

        assertThat(linux.keepsItsSize(shared)).isTrue();
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> linux.truncate(shared, 4096)).withMessageContaining("EPERM");
        assertThat(linux.keepsItsSize(opened(linux.memfd("other", 4096)))).isFalse();
        final int eventfd = opened(linux.eventfd());
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> linux.keepsItsSize(eventfd)).withMessageContaining("EINVAL");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadAndWriteWhatRemains(boolean direct) throws LinuxException {
        final int fd = opened(linux.memfd("file", 0));
        final ByteBuffer from = buffer(direct, 20).put("..0123456789..".getBytes(US_ASCII));
        from.position(2).limit(12);

        assertThat(linux.write(fd, from)).isEqualTo(10);
        assertThat(from.remaining()).isZero();

        final ByteBuffer into = buffer(direct, 20).put("________________".getBytes(US_ASCII));
        into.position(3).limit(7);
        assertThat(linux.read(fd, into, 5)).isEqualTo(4);
        assertThat(into.position()).isEqualTo(7);
        assertThat(text(into.limit(16).rewind())).isEqualTo("___5678_________");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLeaveWhatWasNotRead(boolean direct) throws LinuxException {
        final int fd = opened(linux.memfd("file", 0));
        linux.write(fd, ByteBuffer.wrap("abc".getBytes(US_ASCII)), 0);
        final ByteBuffer into = buffer(direct, 8).put("12345678".getBytes(US_ASCII)).rewind();

        assertThat(linux.read(fd, into)).isEqualTo(3);
        assertThat(linux.read(fd, into)).isZero();

        assertThat(into.position()).isEqualTo(3);
        assertThat(text(into.rewind())).isEqualTo("abc45678");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldWriteAtAnOffset(boolean direct) throws LinuxException {
        final int fd = opened(linux.memfd("file", 10));
        final ByteBuffer slice = buffer(direct, 8).put("..xyz".getBytes(US_ASCII)).flip()
                .position(2).slice();

        assertThat(linux.write(fd, slice, 4)).isEqualTo(3);

        final ByteBuffer all = buffer(direct, 64);
        assertThat(linux.read(fd, all)).isEqualTo(10);
        assertThat(text(all.flip())).isEqualTo("\0\0\0\0xyz\0\0\0");
    }

    @Test
    void shouldTransferMoreThanAPage() throws LinuxException {
        final int fd = opened(linux.memfd("file", 0));
        final byte[] bytes = new byte[1 << 20];
        bytes[bytes.length - 1] = 7;

        assertThat(linux.write(fd, ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);

        final ByteBuffer back = ByteBuffer.allocate(2 << 20);
        assertThat(linux.read(fd, back, 0)).isEqualTo(bytes.length);
        assertThat(back.get(bytes.length - 1)).isEqualTo((byte) 7);
    }

    @Test
    void shouldReadAtAnOffsetThatIsAnAddress() throws LinuxException {
        final long page = linux.pageSize();
        final long address = linux.mapAnonymous("here", page, page);
        RawAccess.write32(address + 40, 0xcafe);
        final int memory = opened(linux.open("/proc/self/mem", false));
        final ByteBuffer into = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder());

        linux.read(memory, into, address + 40);

        assertThat(into.getInt(0)).isEqualTo(0xcafe);
        linux.unmap(address, page);
    }

    @Test
    void shouldNameTheCallAndTheErrno() throws LinuxException {
        final int fd = opened(linux.open("/proc/self/stat", false));
        final ByteBuffer buffer = ByteBuffer.allocate(5).position(1);

        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> linux.write(fd, buffer))
                .withMessage("write(fd " + fd + ", 4 bytes): EBADF (Bad file descriptor)");
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> linux.read(fd, buffer, -1))
                .withMessage("pread(fd " + fd + ", 4 bytes): EINVAL (Invalid argument)")
                .returns(Errno.EINVAL, LinuxException::errno);
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> linux.ioctl("FIONREAD of a file in /proc", fd, FIONREAD, 0))
                .withMessageStartingWith("ioctl(FIONREAD of a file in /proc): E");
        assertThat(buffer.position()).isEqualTo(1);
    }

    @Test
    void shouldSayThatThereIsNothingToRead() throws LinuxException {
        final int eventfd = opened(linux.eventfd());

        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> linux.read(eventfd, ByteBuffer.allocate(8)))
                .returns(Errno.EAGAIN, LinuxException::errno);
    }

    @Test
    void shouldTakeAReadOnlyBufferForWritingAlone() throws LinuxException {
        final int fd = opened(linux.memfd("file", 0));
        final ByteBuffer readOnly = ByteBuffer.wrap("abc".getBytes(US_ASCII)).asReadOnlyBuffer();

        assertThat(linux.write(fd, readOnly)).isEqualTo(3);

        assertThatThrownBy(() -> linux.read(fd, readOnly.rewind(), 0))
                .isInstanceOf(ReadOnlyBufferException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHandAnIoctlItsStructureAndTakeItBack(boolean direct, @TempDir Path directory)
            throws Exception {
        final Path file = Files.write(directory.resolve("file"), new byte[1234]);
        final int fd = opened(linux.open(file.toString(), false));
        final ByteBuffer unread = buffer(direct, 12).order(ByteOrder.nativeOrder())
                .position(4).slice().order(ByteOrder.nativeOrder());
        unread.putLong(0, -1).position(3);

        assertThat(linux.ioctl("FIONREAD", fd, FIONREAD, unread)).isZero();

        assertThat(unread.getInt(0)).isEqualTo(1234);
        assertThat(unread.getInt(4)).isEqualTo(-1);
        assertThat(unread.position()).isEqualTo(3);
    }

    @Test
    void shouldMakeATunDevice() throws LinuxException {
        assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "no right to make a tun device");
        final int fd = opened(linux.open("/dev/net/tun", true));
        // struct ifreq: the name, then the flags IFF_TUN | IFF_NO_PI.
        final ByteBuffer request = ByteBuffer.allocate(40).order(ByteOrder.nativeOrder())
                .put("hbtest%d".getBytes(US_ASCII)).putShort(16, (short) 0x1001);

        linux.ioctl("TUNSETIFF hbtest%d", fd, TUNSETIFF, request);
        linux.ioctl("TUNSETPERSIST", fd, TUNSETPERSIST, 0); // a number, not a pointer

        assertThat(text(request.limit(16).rewind())).startsWith("hbtest0\0");
        final ByteBuffer answer = ByteBuffer.allocateDirect(40).order(ByteOrder.nativeOrder());
        linux.ioctl("TUNGETIFF", fd, TUNGETIFF, answer);
        assertThat(answer.getShort(16) & 0x1001).isEqualTo(0x1001);
        assertThat(text(answer.limit(16))).startsWith("hbtest0\0");
    }

    @Test
    void shouldRefuseAStructureThatCannotBeCopiedOut() throws LinuxException {
        final int fd = opened(linux.eventfd());

        assertThatThrownBy(() -> linux.ioctl("FIONBIO", fd, FIONBIO,
                ByteBuffer.allocate(4).asReadOnlyBuffer()))
                .isInstanceOf(ReadOnlyBufferException.class);
    }
}
