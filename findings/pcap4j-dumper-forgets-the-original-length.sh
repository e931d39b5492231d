#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# pcap4j 1.8.2 (Maven Central, JDK 17, libpcap 1.10): a capture that is read and dumped again loses the original length
# of frames that were captured in part. PcapHandle.getOriginalLength has it (1500), but neither PcapDumper.dump nor
# dumpRaw takes it: a record of 60 of 1500 bytes is written as 60 of 60, and counts of bytes made of the copy are too
# low. The timestamp precision is that with which the file was opened, not that of the file: opened without it, a file
# in nanoseconds is written in microseconds.
#
# What helps: copy such files with tcpdump or editcap; open with TimestampPrecision.NANO.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/pom.xml" <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>demo</groupId>
  <artifactId>demo</artifactId>
  <version>1.0.0</version>
  <dependencies>
    <dependency>
      <groupId>org.pcap4j</groupId>
      <artifactId>pcap4j-core</artifactId>
      <version>1.8.2</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-nop</artifactId>
      <version>1.7.26</version>
    </dependency>
  </dependencies>
</project>
XML
cat >"$work/Copy.java" <<'JAVA'
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pcap4j.core.PcapDumper;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.Pcaps;

public class Copy {
    public static void main(String[] args) throws Exception {
        Path in = Path.of(args[0], "in.pcap");
        Path out = Path.of(args[0], "out.pcap");
        ByteBuffer file = ByteBuffer.allocate(24 + 16 + 60).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0xa1b23c4d).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0).putInt(65535).putInt(1);
        file.putInt(1700000000).putInt(123456789).putInt(60).putInt(1500);
        Files.write(in, file.array());
        copy(Pcaps.openOffline(in.toString(), PcapHandle.TimestampPrecision.NANO), out);
        copy(Pcaps.openOffline(in.toString()), out);
    }

    private static void copy(PcapHandle handle, Path out) throws Exception {
        byte[] frame = handle.getNextRawPacket();
        System.out.println("read: " + frame.length + " of " + handle.getOriginalLength());
        try (PcapDumper dumper = handle.dumpOpen(out.toString())) {
            dumper.dumpRaw(frame, handle.getTimestamp());
        }
        handle.close();
        ByteBuffer written = ByteBuffer.wrap(Files.readAllBytes(out)).order(ByteOrder.LITTLE_ENDIAN);
        System.out.println("written: " + written.getInt(32) + " of " + written.getInt(36) + ", fraction "
                + written.getInt(28) + ", magic " + Integer.toHexString(written.getInt(0)));
    }
}
JAVA
ldconfig -p | grep -q 'libpcap\.so' || { echo 'needs libpcap: apt-get install libpcap0.8'; exit 3; }
mvn -q -B --no-transfer-progress -f "$work/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/lib"
java -cp "$work/lib/*" "$work/Copy.java" "$work" | tee "$work/printed"
cmp "$work/printed" - <<'END'
read: 60 of 1500
written: 60 of 60, fraction 123456789, magic a1b23c4d
read: 60 of 1500
written: 60 of 60, fraction 123456, magic a1b2c3d4
END
echo 'as described'
