// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.itest.flawed.Flaw;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

/** Tests that the contract tests find each flaw of a bus, and nothing in a bus without flaws. */
class TckTest {
    private static final String DEVICE = "DeviceContractTest.";
    private static final String REMOVAL = "RemovalContractTest.";
    private static final String SIGBUS = "SigbusContractTest.";
    private static final String PORT = "PortContractTest.";
    private static final String PORT_REMOVAL = "PortRemovalContractTest.";
    private static final String REPLACEMENT = "ReplacementContractTest.";

    /** The tests that find each flaw. */
    private static final Map<Flaw, Set<String>> FOUND_BY = Map.ofEntries(
            Map.entry(Flaw.NONE, Set.of()),
            Map.entry(Flaw.CLAIMS_EVERY_ADDRESS, Set.of(
                    "BusContractTest.shouldNotClaimForeignFaults",
                    SIGBUS + "shouldNotClaimAfterDetach",
                    SIGBUS + "shouldNotClaimWhatIsOutsideItsWindows")),
            Map.entry(Flaw.CLAIMS_EVERY_NAME, Set.of(
                    "BusContractTest.shouldNotClaimTheNamesOfOthers")),
            Map.entry(Flaw.THROWS_AT_A_SECOND_DETACH, Set.of(
                    DEVICE + "shouldDetachIdempotently",
                    DEVICE + "shouldDetachOnceHoweverManyTryAtOnce",
                    DEVICE + "shouldNotDetachTheSuccessorOfADetachedDevice",
                    REMOVAL + "shouldDetachADeviceThatIsGone")),
            Map.entry(Flaw.KEEPS_ITS_WINDOW, Set.of(
                    DEVICE + "shouldLeaveNothingBehind",
                    DEVICE + "shouldUnmapEveryWindowOnDetach",
                    REMOVAL + "shouldDetachADeviceThatIsGone",
                    REMOVAL + "shouldSurviveARemovalInsideProbe",
                    REPLACEMENT + "shouldForgetAGoneDeviceWithItsBus",
                    REPLACEMENT + "shouldGoAndReturnWithItsBus")),
            Map.entry(Flaw.KEEPS_A_FILE_OPEN, Set.of(
                    DEVICE + "shouldLeaveNothingBehind",
                    REMOVAL + "shouldSurviveARemovalInsideProbe")),
            Map.entry(Flaw.TELLS_A_REMOVAL_TWICE, Set.of(
                    REMOVAL + "shouldSurviveARemovalInsideProbe",
                    SIGBUS + "shouldHandleFurtherFaults",
                    REMOVAL + "shouldTellARemovalOnce",
                    SIGBUS + "shouldTakeAUeventAfterTheFault",
                    SIGBUS + "shouldTakeAUeventBeforeTheFault",
                    SIGBUS + "shouldTakeUeventAndFaultAtOnce")),
            Map.entry(Flaw.DOES_NOT_REPLACE_ITS_WINDOW, Set.of(
                    REMOVAL + "shouldReplaceEveryWindow",
                    SIGBUS + "shouldTakeAUeventBeforeTheFault",
                    PORT_REMOVAL + "shouldMoveNothingOnQueuesFetchedBefore")),
            Map.entry(Flaw.TAKES_ANY_DEVARG, Set.of(
                    DEVICE + "shouldRefuseAnUnknownDevargWithEverythingUndone")),
            Map.entry(Flaw.LEAKS_A_BUFFER, Set.of(
                    PORT + "shouldGiveBackChainsAndSharedBuffersOnce",
                    PORT + "shouldLetGoOfAPortInUse",
                    PORT + "shouldReturnEveryBufferOnClose",
                    PORT + "shouldRunWithEveryMtu",
                    PORT + "shouldSetUpItsQueuesAgainWithOtherSizes",
                    PORT + "shouldStartAgainAfterAStop",
                    PORT_REMOVAL + "shouldBeUsedAgainWhenItReturns",
                    PORT_REMOVAL + "shouldCloseWhileItIsPulledOut",
                    PORT_REMOVAL + "shouldLetGoOfAGonePortInUse",
                    PORT_REMOVAL + "shouldMoveNothingOnQueuesFetchedBefore",
                    PORT_REMOVAL + "shouldOutliveTheDeviceUnderTraffic",
                    PORT_REMOVAL + "shouldStartWhileItIsPulledOut",
                    PORT_REMOVAL + "shouldStopWhileItIsPulledOut",
                    REPLACEMENT + "shouldLetGoOfAPortInUseWithItsBus")),
            Map.entry(Flaw.FORGETS_ITS_STATISTICS, Set.of(
                    PORT_REMOVAL + "shouldKeepItsStatistics")),
            Map.entry(Flaw.DOES_NOT_NOTICE_THAT_IT_IS_GONE, Set.of(
                    PORT_REMOVAL + "shouldMoveNothingOnQueuesFetchedBefore")));

    @ParameterizedTest
    @EnumSource(Flaw.class)
    void shouldFindEachFlawAndNothingElse(Flaw flaw) throws Exception {
        try (FlawedBundle bundle = new FlawedBundle(flaw)) {
            Map<String, String> failures = run(Map.of("hotbus.tck.devices", "flawed0"));

            Set<String> found = new TreeSet<>(failures.keySet());
            if (flaw == Flaw.TELLS_A_REMOVAL_TWICE) {
                // A test may look before the second event, which core publishes on another thread.
                assertThat(found).as("%s is found by %s", flaw, failures)
                        .isNotEmpty().isSubsetOf(FOUND_BY.get(flaw));
            } else {
                assertThat(found).as("%s is found by %s", flaw, failures)
                        .isEqualTo(FOUND_BY.get(flaw));
            }
            assertThat(failures.values()).as("words that cite the contract")
                    .allMatch(words -> words.matches("(?s).*[A-Z]\\w+.*: \".+\".*flawed.*"));
        }
    }

    @Test
    void shouldFailAndSayWhatToSetWhereNothingIsConfigured() throws Exception {
        Map<String, String> failures = run(Map.of("hotbus.tck.devices", ""));

        assertThat(failures).containsOnlyKeys("SetupTest.shouldBeToldWhatToTest");
        assertThat(failures.values()).allMatch(words -> words.contains("hotbus.tck.devices=\""));
    }

    @Test
    void shouldFailAndNameTheDeviceWhereNoBusKnowsIt() throws Exception {
        Map<String, String> failures = run(
                Map.of("hotbus.tck.devices", "nobody0", "hotbus.tck.deadline", "10"));

        assertThat(failures).containsKeys("SetupTest.shouldFindTheBusOfEachDevice",
                DEVICE + "shouldBeProbedAndListedWhenAttachReturns");
        assertThat(failures.values()).allMatch(words -> words.contains("nobody0"));
    }

    private static Map<String, String> run(Map<String, String> settings) throws Exception {
        Bundle kit = Stream.of(FrameworkUtil.getBundle(TckTest.class).getBundleContext()
                .getBundles()).filter(b -> b.getSymbolicName().equals("io.hotbus.tck"))
                .findFirst().orElseThrow();
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request()
                .configurationParameter("hotbus.tck.deadline", "2000")
                .configurationParameters(settings);
        for (String name : kit.getHeaders().get("Test-Cases").split(",")) {
            request.selectors(DiscoverySelectors.selectClass(kit.loadClass(name)));
        }
        Map<String, String> failures = new TreeMap<>();
        LauncherFactory.create(LauncherConfig.builder()
                .enableTestEngineAutoRegistration(false)
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableLauncherDiscoveryListenerAutoRegistration(false)
                .enablePostDiscoveryFilterAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .addTestEngines(new JupiterTestEngine()).build())
                .execute(request.build(), new TestExecutionListener() {
                    @Override
                    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                            failures.put(name(test), String.valueOf(
                                    result.getThrowable().orElse(null)));
                        }
                    }
                });
        return failures;
    }

    private static String name(TestIdentifier test) {
        return test.getSource().filter(MethodSource.class::isInstance)
                .map(MethodSource.class::cast)
                .map(source -> source.getClassName().replaceAll(".*\\.", "")
                        + "." + source.getMethodName())
                .orElse(test.getDisplayName());
    }
}
