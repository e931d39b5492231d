// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** The numbers here were printed by a C program that includes {@code linux/vfio.h}. */
class VfioUapiTest {
    @Test
    void shouldNumberRequestsAsTheHeaderDoes() {
        assertThat(VfioUapi.VFIO_GET_API_VERSION).isEqualTo(0x3b64);
        assertThat(VfioUapi.VFIO_CHECK_EXTENSION).isEqualTo(0x3b65);
        assertThat(VfioUapi.VFIO_SET_IOMMU).isEqualTo(0x3b66);
        assertThat(VfioUapi.VFIO_GROUP_GET_STATUS).isEqualTo(0x3b67);
        assertThat(VfioUapi.VFIO_GROUP_SET_CONTAINER).isEqualTo(0x3b68);
        assertThat(VfioUapi.VFIO_GROUP_GET_DEVICE_FD).isEqualTo(0x3b6a);
        assertThat(VfioUapi.VFIO_DEVICE_GET_REGION_INFO).isEqualTo(0x3b6c);
        assertThat(VfioUapi.VFIO_DEVICE_GET_IRQ_INFO).isEqualTo(0x3b6d);
        assertThat(VfioUapi.VFIO_DEVICE_SET_IRQS).isEqualTo(0x3b6e);
        assertThat(VfioUapi.VFIO_IOMMU_GET_INFO).isEqualTo(0x3b70);
        assertThat(VfioUapi.VFIO_IOMMU_MAP_DMA).isEqualTo(0x3b71);
        assertThat(VfioUapi.VFIO_IOMMU_UNMAP_DMA).isEqualTo(0x3b72);
    }

    @Test
    void shouldHaveTheFlagsOfTheHeader() {
        assertThat(new int[] {VfioUapi.VFIO_TYPE1_IOMMU, VfioUapi.VFIO_TYPE1v2_IOMMU,
            VfioUapi.VFIO_NOIOMMU_IOMMU, VfioUapi.VFIO_GROUP_FLAGS_VIABLE,
            VfioUapi.VFIO_REGION_INFO_FLAG_MMAP, VfioUapi.VFIO_REGION_INFO_FLAG_CAPS,
            VfioUapi.VFIO_REGION_INFO_CAP_SPARSE_MMAP, VfioUapi.VFIO_REGION_INFO_CAP_MSIX_MAPPABLE,
            VfioUapi.VFIO_PCI_CONFIG_REGION_INDEX})
                .containsExactly(1, 3, 8, 1, 4, 8, 1, 3, 7);
        assertThat(new int[] {VfioUapi.VFIO_PCI_INTX_IRQ_INDEX, VfioUapi.VFIO_PCI_MSI_IRQ_INDEX,
            VfioUapi.VFIO_PCI_MSIX_IRQ_INDEX, VfioUapi.VFIO_PCI_ERR_IRQ_INDEX,
            VfioUapi.VFIO_PCI_REQ_IRQ_INDEX, VfioUapi.VFIO_IRQ_INFO_EVENTFD,
            VfioUapi.VFIO_IRQ_SET_DATA_NONE, VfioUapi.VFIO_IRQ_SET_DATA_EVENTFD,
            VfioUapi.VFIO_IRQ_SET_ACTION_UNMASK, VfioUapi.VFIO_IRQ_SET_ACTION_TRIGGER})
                .containsExactly(0, 1, 2, 3, 4, 1, 1, 4, 0x10, 0x20);
        assertThat(new int[] {VfioUapi.VFIO_IOMMU_INFO_CAPS,
            VfioUapi.VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE, VfioUapi.VFIO_DMA_MAP_FLAG_READ,
            VfioUapi.VFIO_DMA_MAP_FLAG_WRITE}).containsExactly(2, 1, 1, 2);
    }

    @Test
    void shouldLayOutStructuresAsTheHeaderDoes() {
        assertThat(VfioUapi.groupStatus()).isEqualTo(struct(8));
        assertThat(VfioUapi.regionInfo(5)).isEqualTo(struct(32).putInt(8, 5));
        assertThat(VfioUapi.irqInfo(4)).isEqualTo(struct(16).putInt(8, 4));
        assertThat(VfioUapi.irqSet(0x10, 2, 1))
                .isEqualTo(struct(20).putInt(4, 0x11).putInt(8, 2).putInt(16, 1));
        assertThat(VfioUapi.irqSetEventfd(2, 77)).isEqualTo(struct(24).putInt(4, 0x24)
                .putInt(8, 2).putInt(12, 0).putInt(16, 1).putInt(20, 77));
        assertThat(VfioUapi.type1Info()).isEqualTo(struct(24));
        assertThat(VfioUapi.dmaMap(0x7f00_0000_0000L, 0x1_0020_0000L, 0x20_0000L))
                .isEqualTo(struct(32).putInt(4, 3).putLong(8, 0x7f00_0000_0000L)
                        .putLong(16, 0x1_0020_0000L).putLong(24, 0x20_0000L));
        assertThat(VfioUapi.dmaUnmap(0x1_0020_0000L, 0x20_0000L))
                .isEqualTo(struct(24).putLong(8, 0x1_0020_0000L).putLong(16, 0x20_0000L));
        assertThat(VfioUapi.string("0000:01:00.0").array())
                .isEqualTo("0000:01:00.0\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void shouldReadFieldsWhereTheHeaderHasThem() {
        assertThat(VfioUapi.FLAGS).isEqualTo(4);
        assertThat(VfioUapi.REGION_INFO_CAP_OFFSET).isEqualTo(12);
        assertThat(VfioUapi.REGION_INFO_SIZE).isEqualTo(16);
        assertThat(VfioUapi.REGION_INFO_OFFSET).isEqualTo(24);
        assertThat(VfioUapi.IRQ_INFO_COUNT).isEqualTo(12);
        assertThat(VfioUapi.TYPE1_INFO_CAP_OFFSET).isEqualTo(16);
        assertThat(VfioUapi.CAP_LIST_COUNT).isEqualTo(8);
        assertThat(VfioUapi.CAP_LIST).isEqualTo(16);
        assertThat(VfioUapi.CAP_LIST_ENTRY).isEqualTo(16);
    }

    @Test
    void shouldFindACapabilityInTheChain() {
        ByteBuffer info = struct(64);
        info.putShort(32, (short) 3).putInt(36, 48);
        info.putShort(48, (short) 1).putInt(52, 0).putInt(56, 7);

        assertThat(VfioUapi.capability(info, 32, 1)).get()
                .satisfies(found -> assertThat(found.getInt(8)).isEqualTo(7));
        assertThat(VfioUapi.capability(info, 32, 3)).isPresent();
        assertThat(VfioUapi.capability(info, 32, 2)).isEmpty();
        assertThat(VfioUapi.capability(info, 0, 3)).isEmpty();
    }

    @Test
    void shouldNotFollowAChainOutOfItsBufferOrBack() {
        ByteBuffer info = struct(64);
        info.putShort(32, (short) 3).putInt(36, 62);
        assertThat(VfioUapi.capability(info, 32, 1)).isEmpty();
        info.putInt(36, 32);
        assertThat(VfioUapi.capability(info, 32, 1)).isEmpty();
        info.putInt(36, -8);
        assertThat(VfioUapi.capability(info, 32, 1)).isEmpty();
    }

    private static ByteBuffer struct(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder()).putInt(0, bytes);
    }
}
