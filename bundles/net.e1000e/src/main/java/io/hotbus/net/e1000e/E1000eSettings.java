// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.config.SettingsCheck;
import io.hotbus.pmd.pci.AbstractNicSettings;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;

/** The settings of the operator. */
@Component(service = {E1000eSettings.class, SettingsCheck.class},
        configurationPid = E1000eSettings.PID)
@Designate(ocd = E1000eConfiguration.class)
public final class E1000eSettings extends AbstractNicSettings {
    static final String PID = "io.hotbus.net.e1000e";

    @Activate
    public E1000eSettings(Map<String, Object> properties) {
        super(PID, properties);
    }

    @Modified
    void modified(Map<String, Object> properties) {
        update(properties);
    }
}
