// SPDX-License-Identifier: Apache-2.0
package io.hotbus.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.felix.cm.file.ConfigurationHandler;

/**
 * One configuration file, read strictly: a key that is given twice is an error, and so is a line
 * that the format's own reader would skip. {@code .cfg} is a properties file in UTF-8; {@code
 * .config} has the typed values of Felix.
 */
final class ConfigurationFile {
    static final String CFG = ".cfg";
    static final String CONFIG = ".config";

    /** {@code ${name}} in a value, or {@code ${env:NAME}}. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");
    /** The first line of an assignment in a {@code .config} file. */
    private static final Pattern ASSIGNMENT =
            Pattern.compile("^[ \\t]*\"?([\\w.-]+)\"?[ \\t]*=", Pattern.MULTILINE);
    private static final Pattern COMMENTS = Pattern.compile("^[ \\t]*#.*$", Pattern.MULTILINE);

    private static final Pattern QUOTES = Pattern.compile("(?<!\\\\)\"");
    private static final String HINT =
            " (values of .config files are quoted, key=\"...\"; plain text goes into a .cfg file)";

    private final Path path;
    private final UnaryOperator<String> variables;

    /** @param variables returns the value of a placeholder; null if there is none */
    ConfigurationFile(Path path, UnaryOperator<String> variables) {
        this.path = path;
        this.variables = variables;
    }

    /** Reads the file. Values are text, or typed in a {@code .config} file. */
    Dictionary<String, Object> read() throws ConfigurationFileException {
        String text = text();
        return path.getFileName().toString().endsWith(CONFIG) ? typed(text) : properties(text);
    }

    private String text() throws ConfigurationFileException {
        try {
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw flaw("is a link to a file that is not there");
        } catch (AccessDeniedException e) {
            throw flaw("may not be read by user " + System.getProperty("user.name"));
        } catch (CharacterCodingException e) {
            throw flaw("is not text in UTF-8");
        } catch (IOException e) {
            throw flaw("cannot be read: " + e.getMessage());
        }
    }

    private Dictionary<String, Object> properties(String text) throws ConfigurationFileException {
        Set<String> twice = new HashSet<>();
        Properties properties = new Properties() {
            private static final long serialVersionUID = 1L;

            @Override
            public synchronized Object put(Object key, Object value) {
                Object before = super.put(key, value);
                if (before != null) {
                    twice.add(key.toString());
                }
                return before;
            }
        };
        try {
            properties.load(new StringReader(text));
        } catch (IOException | IllegalArgumentException e) {
            throw flaw("cannot be understood: " + e.getMessage()
                    + " (a backslash is written as two)");
        }
        for (String key : twice) {
            throw flaw(key + " is given twice: put all its values in one line");
        }
        Dictionary<String, Object> values = new Hashtable<>();
        for (String key : properties.stringPropertyNames()) {
            values.put(key, substitute(properties.getProperty(key)));
        }
        return values;
    }

    private String substitute(String value) throws ConfigurationFileException {
        Matcher matcher = PLACEHOLDER.matcher(value);
        StringBuilder result = new StringBuilder();
        while (matcher.find()) {
            String replacement = variables.apply(matcher.group(1));
            if (replacement == null) {
                throw flaw("has " + matcher.group() + ", which is neither a property"
                        + " nor, as ${env:NAME}, a variable of the environment");
            }
            matcher.appendReplacement(result, Matcher.quoteReplacement(replacement));
        }
        return matcher.appendTail(result).toString();
    }

    private Dictionary<String, Object> typed(String text) throws ConfigurationFileException {
        Dictionary<String, Object> values = new Hashtable<>();
        try {
            Dictionary<?, ?> read = ConfigurationHandler.read(
                    new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
            for (Object key : Collections.list(read.keys())) {
                values.put(key.toString(), read.get(key));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw flaw("cannot be understood: " + e.getMessage() + HINT);
        }
        requireAll(text, values);
        return values;
    }

    /**
     * Throws if a key was not read or is given twice: Felix's reader stops silently at text that it
     * cannot parse.
     */
    private void requireAll(String text, Dictionary<String, Object> values)
            throws ConfigurationFileException {
        Set<String> seen = new HashSet<>();
        String code = COMMENTS.matcher(text).replaceAll("");
        if (QUOTES.matcher(code).results().count() % 2 != 0) {
            throw flaw("ends inside a quoted value");
        }
        Matcher matcher = ASSIGNMENT.matcher(code);
        while (matcher.find()) {
            String key = matcher.group(1);
            if (values.get(key) == null) {
                throw flaw(key + " has no value that can be understood" + HINT);
            }
            if (!seen.add(key)) {
                throw flaw(key + " is given twice: make one list of it, " + key
                        + "=[\"...\", \"...\"]");
            }
        }
    }

    private ConfigurationFileException flaw(String what) {
        return new ConfigurationFileException(path + " " + what);
    }
}
