#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# bnd-testing-maven-plugin 7.1.0 (Maven, JDK 17): `-Dtest=NAME`, which everybody gives to run one unit test of a
# project, also selects among the tests inside the framework. A name that matches none of them there is no error: the
# framework starts, runs 0 tests, and the build says SUCCESS. Surefire, beside it in the same build, has
# `failIfNoSpecifiedTests` for that case; this plugin has nothing of the kind.
#
# What helps: select unit tests by `-Dsurefire.includes=**/NAME.java`, which the plugin does not read.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src/main/java/demo"

cat >"$work/src/main/java/demo/InFramework.java" <<'JAVA'
package demo;

import org.junit.jupiter.api.Test;

public class InFramework {
    @Test
    void runs() {
        System.out.println("a test ran in the framework");
    }
}
JAVA
cat >"$work/test.bndrun" <<'BND'
-tester: biz.aQute.tester.junit-platform
-runfw: org.apache.felix.framework
-runee: JavaSE-17
-runrequires: bnd.identity;id='demo',bnd.identity;id='junit-jupiter-engine',bnd.identity;id='junit-platform-launcher'
BND
cat >"$work/pom.xml" <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>demo</groupId>
  <artifactId>demo</artifactId>
  <version>1.0.0</version>
  <properties>
    <maven.compiler.source>17</maven.compiler.source>
    <maven.compiler.target>17</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>org.junit.jupiter</groupId>
      <artifactId>junit-jupiter</artifactId>
      <version>5.14.4</version>
    </dependency>
    <dependency>
      <groupId>org.junit.platform</groupId>
      <artifactId>junit-platform-launcher</artifactId>
      <version>1.14.4</version>
    </dependency>
    <dependency>
      <groupId>biz.aQute.bnd</groupId>
      <artifactId>biz.aQute.tester.junit-platform</artifactId>
      <version>7.2.3</version>
    </dependency>
    <dependency>
      <groupId>org.apache.felix</groupId>
      <artifactId>org.apache.felix.framework</artifactId>
      <version>7.0.5</version>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>biz.aQute.bnd</groupId>
        <artifactId>bnd-maven-plugin</artifactId>
        <version>7.1.0</version>
        <extensions>true</extensions>
        <executions>
          <execution>
            <id>jar</id>
            <goals>
              <goal>jar</goal>
            </goals>
            <configuration>
              <bnd>
                Bundle-SymbolicName: demo
                Test-Cases: demo.InFramework
                -exportcontents: demo;version=1.0
              </bnd>
            </configuration>
          </execution>
        </executions>
      </plugin>
      <plugin>
        <groupId>biz.aQute.bnd</groupId>
        <artifactId>bnd-testing-maven-plugin</artifactId>
        <version>7.1.0</version>
        <executions>
          <execution>
            <goals>
              <goal>testing</goal>
            </goals>
            <configuration>
              <resolve>true</resolve>
              <failOnChanges>false</failOnChanges>
              <bndruns>
                <bndrun>test.bndrun</bndrun>
              </bndruns>
            </configuration>
          </execution>
        </executions>
      </plugin>
    </plugins>
  </build>
</project>
XML
verify() { # ARGUMENTS
	mvn -B --no-transfer-progress -f "$work/pom.xml" clean verify "$@"
}

verify >"$work/all" || { tail -n 40 "$work/all"; exit 1; }
verify -Dtest=SomeUnitTest -Dsurefire.failIfNoSpecifiedTests=false >"$work/one" || { tail -n 40 "$work/one"; exit 1; }
verify -Dsurefire.includes='**/SomeUnitTest.java' >"$work/includes" || { tail -n 40 "$work/includes"; exit 1; }
for run in all one includes; do
	printf '%-10s %s in the framework, %s\n' "$run" "$(grep -c 'a test ran in the framework' "$work/$run" || true)" \
		"$(grep -o 'BUILD [A-Z]*' "$work/$run")"
done
[ "$(grep -c 'a test ran in the framework' "$work/all")" = 1 ]
! grep -q 'a test ran in the framework' "$work/one"
[ "$(grep -c 'a test ran in the framework' "$work/includes")" = 1 ]
echo "as described"
