// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Opens capture files to be written: creates, empties or continues them. Control threads. */
final class Outputs {
    private final String device;
    private final Linux linux;
    private final TxMode mode;

    Outputs(String device, Linux linux, TxMode mode) {
        this.device = device;
        this.linux = linux;
        this.mode = mode;
    }

    /**
     * Opens a file.
     *
     * @throws DeviceException the file cannot be created or continued; it is as it was then
     */
    CaptureFile open(Path path) throws DeviceException {
        boolean created = create(path);
        OpenFile file = OpenFile.open(device, linux, path, true);
        boolean usable = false;
        try {
            RecordFormat format = RecordFormat.of(path);
            long end = mode == TxMode.APPEND ? end(file, format) : 0;
            if (!created && mode == TxMode.TRUNCATE) {
                file.truncate(0);
            }
            if (end == 0 || format == RecordFormat.PCAPNG) {
                end = begin(file, format, end);
            }
            usable = true;
            return new CaptureFile(device, file, format, end);
        } catch (IOException e) {
            throw new DeviceException(device + ": " + path + ": " + e.getMessage(), e);
        } finally {
            if (!usable) {
                file.close();
            }
        }
    }

    private boolean create(Path path) throws DeviceException {
        try {
            Files.createFile(path);
            return true;
        } catch (FileAlreadyExistsException e) {
            if (mode == TxMode.NEW) {
                throw new DeviceException(("%s: %s: is there already, and tx_mode=new (delete it, "
                        + "or tx_mode=append)").formatted(device, path), e);
            }
            return false;
        } catch (IOException e) {
            throw new DeviceException("%s: %s: cannot be created: %s (is its folder there, and "
                    .formatted(device, path, reason(e)) + "writable?)", e);
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "");
    }

    /** Writes the header. Returns where the first frame will be. */
    private static long begin(OpenFile file, RecordFormat format, long end)
            throws LinuxException {
        ByteBuffer header = ByteBuffer.wrap(format.header());
        long at = end;
        while (header.hasRemaining()) {
            at += file.write(header, at);
        }
        return at;
    }

    /** Returns the end of a file whose frames can be followed by others; 0 if it is empty. */
    private long end(OpenFile file, RecordFormat format) throws DeviceException, IOException {
        long size = file.size();
        if (size == 0) {
            return 0;
        }
        byte[] expected = format.header();
        byte[] header = new byte[format == RecordFormat.PCAP ? expected.length : 12];
        FileInput input = new FileInput(file);
        int got = input.read(0, header, 0, header.length);
        if (got < header.length || !isContinuable(format, header, expected)) {
            throw refusal(file, "is no file that this driver can continue (%s with times in "
                    .formatted(format == RecordFormat.PCAP ? "pcap" : "pcapng")
                    + "nanoseconds, little-endian, Ethernet)");
        }
        try {
            CaptureReader reader = CaptureReader.open(input);
            CaptureReader.requireWhole(reader);
        } catch (CaptureException e) {
            throw refusal(file, e.getMessage());
        }
        return size;
    }

    /** Snaplen and interfaces may be others; what follows a pcapng file is a section of its own. */
    private static boolean isContinuable(RecordFormat format, byte[] header, byte[] expected) {
        int from = format == RecordFormat.PCAP ? PcapReader.SNAPLEN : 4;
        int to = format == RecordFormat.PCAP ? PcapReader.LINK_TYPE : 8;
        System.arraycopy(expected, from, header, from, to - from);
        return Arrays.equals(header, 0, header.length, expected, 0, header.length);
    }

    private DeviceException refusal(OpenFile file, String why) {
        return new DeviceException("%s: %s: %s; tx_mode=truncate empties it".formatted(
                device, file.path(), why));
    }
}
