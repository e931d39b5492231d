// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import java.util.List;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code show deployment}: what files say beside what is. */
@Component(service = Verbs.class)
public final class DeploymentCommand implements Verbs {
    private final Deployer deployer;

    @Activate
    public DeploymentCommand(@Reference Deployer deployer) {
        this.deployer = deployer;
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(Verb.of("show deployment",
                "what the files of the deployment say beside what is",
                words -> deployer.status(), DeploymentCommand::text));
    }

    private static String text(List<DeviceStatus> all) {
        return all.stream().map(DeviceStatus::text).collect(Collectors.joining("\n"));
    }
}
