// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.int32_t;
import jnr.ffi.types.int64_t;
import jnr.ffi.types.u_int32_t;
import jnr.ffi.types.u_int64_t;

/**
 * The functions of {@code native/hotbus.h}, one to one; the contract of each is there. A call that
 * fails returns a negative errno. Public for JNR-FFI only.
 *
 * <p>The size of a structure in an array is a constant here, because JNR-FFI (2.3.4) leaves out the
 * padding at the end of a structure.
 */
public interface NativeHotbus {
    /** HB_ABI_VERSION. */
    int ABI_VERSION = 3;

    /** enum hb_fill. */
    int FILL_ONES = 0;
    int FILL_ZEROS = 1;

    /** sizeof(struct hb_fault). */
    int FAULT_BYTES = 40;

    int hb_abi_version();

    int hb_sigbus_enable();

    int hb_sigbus_disable();

    int hb_sigbus_status();

    int hb_fault_eventfd();

    /** @param out room for {@code max} of {@link Fault} */
    int hb_fault_take(Pointer out, int max);

    @int64_t
    long hb_window_publish(@u_int64_t long address, @u_int64_t long length, @int32_t int fill);

    int hb_window_replace(@int64_t long window);

    int hb_window_restore(@int64_t long window, int fd, @u_int64_t long offset);

    int hb_window_withdraw(@int64_t long window);

    int hb_window_info(@int64_t long window, @In @Out WindowInfo out);

    int hb_totals(@In @Out Totals out);

    int hb_uevent_open(@int32_t int rcvbuf);

    int hb_uevent_recv(int fd, @In @Out byte[] buf, @u_int32_t int capacity,
            @In @Out UeventSender sender);

    int hb_kick(int fd);

    /** @param burst the address of a {@code struct hb_frames} */
    int hb_read_frames(int fd, long burst);

    /** @param burst the address of a {@code struct hb_frames} */
    int hb_write_frames(int fd, long burst);

    /** struct hb_fault. */
    final class Fault extends Struct {
        final Unsigned64 address = new Unsigned64();
        final Unsigned64 timeNs = new Unsigned64();
        final Unsigned64 repairNs = new Unsigned64();
        final Signed64 window = new Signed64();
        final Signed32 tid = new Signed32();
        final Unsigned32 count = new Unsigned32();

        Fault(Runtime runtime) {
            super(runtime);
        }
    }

    /** struct hb_window_info. */
    final class WindowInfo extends Struct {
        final Unsigned64 address = new Unsigned64();
        final Unsigned64 length = new Unsigned64();
        final Unsigned64 faults = new Unsigned64();
        final Signed32 state = new Signed32();
        final Signed32 fill = new Signed32();

        WindowInfo(Runtime runtime) {
            super(runtime);
        }
    }

    /** struct hb_totals. */
    final class Totals extends Struct {
        final Unsigned64 windows = new Unsigned64();
        final Unsigned64 faults = new Unsigned64();

        Totals(Runtime runtime) {
            super(runtime);
        }
    }

    /** struct hb_uevent_sender. */
    final class UeventSender extends Struct {
        final Unsigned32 port = new Unsigned32();
        final Unsigned32 groups = new Unsigned32();
        final Signed32 pid = new Signed32();
        final Signed32 uid = new Signed32();
        final Signed32 gid = new Signed32();
        final Signed32 truncated = new Signed32();

        UeventSender(Runtime runtime) {
            super(runtime);
        }
    }
}
