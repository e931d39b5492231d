// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.eal.config.SettingsCheck;
import io.hotbus.pmd.pci.AbstractNicSettings;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;

/** The settings of the operator. */
@Component(service = {IgbSettings.class, SettingsCheck.class},
        configurationPid = IgbSettings.PID)
@Designate(ocd = IgbConfiguration.class)
public final class IgbSettings extends AbstractNicSettings {
    static final String PID = "io.hotbus.net.igb";

    @Activate
    public IgbSettings(Map<String, Object> properties) {
        super(PID, properties);
    }

    @Modified
    void modified(Map<String, Object> properties) {
        update(properties);
    }
}
