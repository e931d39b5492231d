// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.intel.AbstractGigabitQueues;
import io.hotbus.pmd.intel.AdvQueues;
import io.hotbus.pmd.intel.GigabitOffloads;
import io.hotbus.pmd.intel.GigabitRxQueue;
import io.hotbus.pmd.intel.GigabitSetup;
import io.hotbus.pmd.intel.GigabitTxQueue;
import io.hotbus.pmd.intel.QueueLayout;
import io.hotbus.pmd.intel.RxWaker;
import io.hotbus.pmd.pci.AbstractNic;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One virtual function as an {@code EthDev}.
 *
 * <p>Every start resets the function and tells its physical function, which answers with the
 * address that it has given. Between stop and start, and after close, the function makes no request
 * to memory. Buffers go back to their pool only after that.
 */
final class VfDev extends AbstractNic<GigabitRxQueue, GigabitTxQueue> {
    /** The chip checks as its physical function was told to; the results are in descriptors. */
    private static final Set<RxOffload> RX =
            Set.of(RxOffload.IPV4_CKSUM, RxOffload.UDP_CKSUM, RxOffload.TCP_CKSUM);
    /** Each function has a pair of queues while the driver of Linux has the physical one. */
    private static final int QUEUES = 1;
    private static final long LOCAL = 0x0200_0000_0000L;
    private static final long GROUP_OR_LOCAL = 0x0300_0000_0000L;
    private static final long ADDRESS = 0xffff_ffff_ffffL;

    private final VfChip chip;
    private final DmaAllocator allocator;
    private final VfFilter filter;
    private GigabitOffloads offloads = GigabitOffloads.NONE;
    private MacAddress address;

    private VfDev(VfChip chip, DmaAllocator allocator, EthDevInfo info) {
        super(chip.presence(), info);
        this.chip = chip;
        this.allocator = allocator;
        this.filter = new VfFilter(chip.mailbox());
        this.address = info.macAddress();
    }

    /**
     * Resets the function and asks for its address. Control thread.
     *
     * @throws DeviceException it does not answer, or its physical function does not
     */
    static VfDev probe(VfChip chip, DmaAllocator allocator) throws DeviceException {
        MacAddress address = chip.reset().orElseGet(VfDev::localAddress);
        return new VfDev(chip, allocator, new EthDevInfo(
                VfDriver.NAME, address, AbstractGigabitQueues.limits(QUEUES))
                .withMaxMtu(AdvQueues.MAX_MTU)
                .withFilter(VfFilter.LIMITS)
                .withOffloads(RX, GigabitOffloads.TX));
    }

    /** A random address, as Linux makes one for a function that was given none. */
    private static MacAddress localAddress() {
        return new MacAddress(
                ThreadLocalRandom.current().nextLong() & ADDRESS & ~GROUP_OR_LOCAL | LOCAL);
    }

    @Override
    public void configure(PortConfig config) {
        offloads = GigabitOffloads.of(config);
    }

    /** A function that is not emptied must not stop the others. */
    private AdvQueues queues() {
        return new AdvQueues(chip, QueueLayout.LOW, offloads, AdvQueues.SRRCTL_DROP_EN);
    }

    @Override
    protected GigabitRxQueue createRxQueue(QueueSetup queue) throws DeviceException {
        return queues().rx(queue, allocator, RxWaker.NONE);
    }

    @Override
    protected GigabitTxQueue createTxQueue(QueueSetup queue) throws DeviceException {
        return queues().tx(queue, allocator);
    }

    @Override
    protected void startDevice() throws DeviceException {
        Optional<MacAddress> given = chip.reset();
        filter.begin(given);
        AbstractGigabitQueues.prepare(rxQueues(), txQueues());
        chip.device().setBusMaster(true);
        AbstractGigabitQueues.enable(rxQueues(), txQueues());
        AbstractGigabitQueues.handOver(rxQueues());
        chip.mailbox().demand("frames of an MTU of " + mtu(), VfMessage.SET_LPE,
                AdvQueues.onWire(mtu()));
        filter.apply(withOwnAddress(rxFilter(), given));
        chip.presence().requireAnswer("does not answer after it was started");
        setup().begin(new VfSetup(
                chip.mailbox(), GigabitSetup.of(chip, List.of(), rxQueues(), txQueues())));
    }

    /** Replaces the address of the function by the one that it has now, if it was not changed. */
    private RxFilter withOwnAddress(RxFilter wanted, Optional<MacAddress> given) {
        MacAddress before = address;
        address = given.orElse(before);
        return wanted.address().equals(before) ? wanted.withAddress(address) : wanted;
    }

    @Override
    public MacAddress macAddress() {
        return address;
    }

    @Override
    protected String model() {
        return "virtual function" + chip.device().function().physical()
                .map(physical -> " of " + physical).orElse("");
    }

    @Override
    protected Optional<String> quiesce() {
        return chip.stopQueues() ? Optional.empty()
                : Optional.of("its queues have not ended within " + chip.limit().toMillis()
                        + " ms");
    }

    /** The interrupt is not used: the periodic check reads all that it could tell. */
    @Override
    protected void beginInterrupts() {
        endInterrupts();
    }

    @Override
    protected boolean interrupted() {
        return true;
    }

    @Override
    protected void endInterrupts() {
        chip.write(VfRegs.VTEIMC, -1);
    }

    @Override
    protected Link readLink() {
        return chip.link();
    }

    @Override
    protected void applyRxFilter(RxFilter next) throws DeviceException {
        if (setup().current().isPresent()) {
            filter.apply(next);
        }
    }
}
