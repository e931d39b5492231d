// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** What every exported package owes its users, read from its sources. */
class ApiRulesTest {
    private static final Set<Tree.Kind> EXTENSIBLE = Set.of(Tree.Kind.CLASS, Tree.Kind.INTERFACE);

    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final List<String> undocumented = new ArrayList<>();
    private final List<String> unmarked = new ArrayList<>();
    private DocTrees docs;

    @Test
    void shouldDocumentEveryMemberAndSayWhoMayImplementEveryType() throws IOException {
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(null, files, null,
                    List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources()));
            docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                TreePath path = new TreePath(unit);
                unit.getTypeDecls().stream().filter(ClassTree.class::isInstance)
                        .forEach(type -> look(path, (ClassTree) type, false));
            }
        }
        assertThat(undocumented).as("members of the API without a comment").isEmpty();
        assertThat(unmarked).as("neither @ProviderType nor @ConsumerType").isEmpty();
    }

    /** Those of the packages that have a version, and so are exported. */
    private static List<Path> sources() throws IOException {
        try (Stream<Path> all = Files.find(Path.of(".."), 20,
                (path, attributes) -> path.toString().contains("/src/main/java/")
                        && path.endsWith("package-info.java"))) {
            List<Path> sources = new ArrayList<>();
            for (Path info : all.toList()) {
                if (Files.readString(info).contains("@Version(")) {
                    try (Stream<Path> types = Files.list(info.getParent())) {
                        types.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
                    }
                }
            }
            assertThat(sources).hasSizeGreaterThan(50);
            return sources;
        }
    }

    private void look(TreePath parent, ClassTree type, boolean inInterface) {
        if (!isApi(type.getModifiers(), inInterface)) {
            return;
        }
        TreePath path = new TreePath(parent, type);
        String name = type.getSimpleName().toString();
        require(path, name);
        ModifiersTree modifiers = type.getModifiers();
        if (EXTENSIBLE.contains(type.getKind()) && !modifiers.getFlags().contains(Modifier.FINAL)
                && !has(modifiers, "ProviderType") && !has(modifiers, "ConsumerType")) {
            unmarked.add(name);
        }
        if (type.getKind() == Tree.Kind.RECORD) {
            requireComponents(path, type);
        }
        boolean members = type.getKind() == Tree.Kind.INTERFACE
                || type.getKind() == Tree.Kind.ANNOTATION_TYPE;
        for (Tree member : type.getMembers()) {
            TreePath at = new TreePath(path, member);
            if (member instanceof ClassTree nested) {
                look(path, nested, members);
            } else if (member instanceof MethodTree method
                    && isApi(method.getModifiers(), members)
                    && !has(method.getModifiers(), "Override") && !isCompact(type, method)) {
                require(at, name + "." + method.getName());
            } else if (member instanceof VariableTree field && !isComponent(type, field)
                    && isApi(field.getModifiers(), members)) {
                require(at, name + "." + field.getName());
            }
        }
    }

    private static boolean isApi(ModifiersTree modifiers, boolean inInterface) {
        return inInterface || modifiers.getFlags().contains(Modifier.PUBLIC)
                || modifiers.getFlags().contains(Modifier.PROTECTED);
    }

    private static boolean has(ModifiersTree modifiers, String annotation) {
        return modifiers.getAnnotations().stream()
                .anyMatch(a -> a.getAnnotationType().toString().equals(annotation));
    }

    private void require(TreePath path, String name) {
        if (docs.getDocComment(path) == null) {
            undocumented.add(name);
        }
    }

    private void requireComponents(TreePath path, ClassTree type) {
        DocCommentTree comment = docs.getDocCommentTree(path);
        Set<String> told = comment == null ? Set.of() : comment.getBlockTags().stream()
                .filter(tag -> tag.getKind() == DocTree.Kind.PARAM)
                .map(tag -> ((ParamTree) tag).getName().toString()).collect(Collectors.toSet());
        type.getMembers().stream().filter(VariableTree.class::isInstance)
                .map(VariableTree.class::cast).filter(field -> isComponent(type, field))
                .map(field -> field.getName().toString()).filter(name -> !told.contains(name))
                .forEach(name -> undocumented.add(type.getSimpleName() + " @param " + name));
    }

    /** The fields of a record that are not static are its components. */
    private static boolean isComponent(ClassTree type, VariableTree field) {
        return type.getKind() == Tree.Kind.RECORD
                && !field.getModifiers().getFlags().contains(Modifier.STATIC);
    }

    /** That constructor of a record which has no parameters of its own only checks them. */
    private static boolean isCompact(ClassTree type, MethodTree method) {
        return type.getKind() == Tree.Kind.RECORD && method.getReturnType() == null
                && !method.toString().contains("this(");
    }
}
