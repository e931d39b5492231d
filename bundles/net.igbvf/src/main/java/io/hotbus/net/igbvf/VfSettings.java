// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import io.hotbus.eal.config.SettingsCheck;
import io.hotbus.pmd.pci.AbstractNicSettings;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;

/** The settings of the operator. */
@Component(service = {VfSettings.class, SettingsCheck.class},
        configurationPid = VfSettings.PID)
@Designate(ocd = VfConfiguration.class)
public final class VfSettings extends AbstractNicSettings {
    static final String PID = "io.hotbus.net.igbvf";

    @Activate
    public VfSettings(Map<String, Object> properties) {
        super(PID, properties);
    }

    @Modified
    void modified(Map<String, Object> properties) {
        update(properties);
    }
}
