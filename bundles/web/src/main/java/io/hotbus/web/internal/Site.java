// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import io.hotbus.cli.Shell;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.web.WebAnswer;
import io.hotbus.web.WebPage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page of this process. Any thread. */
@Component
public final class Site implements WebPage {
    private static final Logger LOG = LoggerFactory.getLogger(Site.class);
    private static final String REMOVALS = "api/removals";
    private static final String DEVICE = "device";
    /** What can be done with a device: the words of the shell before its name. */
    private static final Map<String, List<String>> WITH_DEVICE = Map.of(
            "yank", List.of(DEVICE, "yank"),
            "plug", List.of(DEVICE, "plug"),
            "attach", List.of(DEVICE, "attach"),
            "detach", List.of(DEVICE, "detach"));
    /** What can be done besides: the words of the shell. */
    private static final Map<String, List<String>> ALONE = Map.of(
            "start", List.of("start"),
            "start-first", List.of("start", "tx_first"),
            "stop", List.of("stop"));

    private final Assets assets;
    private final State state;
    private final Past past;
    private final Changes changes;
    private final Shell shell;
    private final Feed feed;

    /**
     * Reads the files of the page.
     *
     * @throws IOException the bundle cannot be read
     */
    @Activate
    public Site(BundleContext context, @Reference State state, @Reference Past past,
            @Reference Changes changes, @Reference Shell shell) throws IOException {
        this.assets = new Assets(context.getBundle());
        this.state = state;
        this.past = past;
        this.changes = changes;
        this.shell = shell;
        this.feed = new Feed(state::read);
        changes.onChange(feed::soon);
    }

    @Deactivate
    void deactivate() {
        changes.onChange(() -> { });
        feed.close();
    }

    @Override
    public WebAnswer get(String path, Map<String, String> query) {
        if (path.equals("api/state")) {
            return WebAnswer.of(state.read());
        }
        if (path.equals("api/faults")) {
            return past.faults();
        }
        if (path.equals(REMOVALS)) {
            return past.page(query);
        }
        if (path.startsWith(REMOVALS + "/")) {
            return past.one(path.substring(REMOVALS.length() + 1));
        }
        return assets.file(path).orElseGet(
                () -> WebAnswer.said(WebAnswer.NOT_FOUND, "There is no '" + path + "' here"));
    }

    @Override
    public WebAnswer act(Map<String, String> what, String who) {
        final String action = what.getOrDefault("do", "");
        final String device = what.getOrDefault(DEVICE, "").strip();
        final Optional<List<String>> words = words(action, device);
        if (words.isEmpty()) {
            return WebAnswer.said(WebAnswer.BAD_REQUEST,
                    "Which device? '" + action + "' needs one");
        }
        LOG.info("{}: {}", who, String.join(" ", words.get()));
        try {
            return WebAnswer.said(WebAnswer.OK,
                    shell.run(words.get(), Path.of("").toAbsolutePath()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return WebAnswer.said(WebAnswer.CONFLICT, "The process ends");
        } catch (Exception e) { // the action of a verb throws what it likes
            LOG.debug("{}", words.get(), e);
            return WebAnswer.said(WebAnswer.CONFLICT,
                    e.getMessage() == null ? e.toString() : e.getMessage());
        } finally {
            feed.soon();
        }
    }

    /** Empty if there is no such action, or it lacks its device. */
    private static Optional<List<String>> words(String action, String device) {
        if (ALONE.containsKey(action)) {
            return Optional.of(ALONE.get(action));
        }
        if (!WITH_DEVICE.containsKey(action) || device.isEmpty()) {
            return Optional.empty();
        }
        final List<String> words = WITH_DEVICE.get(action);
        return Optional.of(List.of(words.get(0), words.get(1), device));
    }

    @Override
    public Lease watch(Consumer<byte[]> watcher) {
        return feed.watch(watcher);
    }
}
