// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import java.util.Map;
import java.util.Optional;

/**
 * A message of the kernel about one of its objects.
 *
 * @param action    {@code add}, {@code remove}, {@code bind}, {@code unbind}, {@code change} ...
 * @param devpath   path below {@code /sys}, beginning with a slash
 * @param subsystem {@code pci}, {@code uio}, {@code net} ...; empty where the kernel gave none
 * @param sequence  the kernel's SEQNUM; -1 where it gave none
 * @param keys      all KEY=value pairs, ACTION, DEVPATH, SUBSYSTEM and SEQNUM included
 *
 * @see <a href="https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-uevent">sysfs-uevent</a>
 */
public record Uevent(
        String action, String devpath, String subsystem, long sequence, Map<String, String> keys) {
    public Uevent {
        keys = Map.copyOf(keys);
    }

    /** The value of {@code key}, as in {@code PCI_SLOT_NAME}. */
    public Optional<String> get(String key) {
        return Optional.ofNullable(keys.get(key));
    }

    /**
     * Whether a write to a sysfs file {@code uevent} caused it, as {@code udevadm trigger} does.
     * Such a uevent reports no change.
     */
    public boolean synthetic() {
        return keys.containsKey("SYNTH_UUID");
    }

    /** The last element of the devpath: {@code 0000:03:00.0}, {@code uio0}, {@code eth0}. */
    public String kernelName() {
        return devpath.substring(devpath.lastIndexOf('/') + 1);
    }
}
