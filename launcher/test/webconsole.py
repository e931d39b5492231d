#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The web page in Felix' Web Console 5: its login, the page, a removal, requests of other sites, and the frame in Chromium.

Runs against the product as it was built, with the console dropped into its folder deploy/. Maven fetches the console, once.
Debian's python3, which has Debian's selenium.
"""

import base64
import glob
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

sys.dont_write_bytecode = True

from browser import Page, chromium, missing, until  # noqa: E402
from ports import free_port  # noqa: E402

TOP = Path(__file__).resolve().parents[2]
LIMIT = 60
CONSOLE = "/system/console"
PAGE = CONSOLE + "/hotbus-page/"


class Console:
    """A client of the console."""

    def __init__(self, port):
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"

    def ask(self, method, path, fields=None, user="admin:admin", **headers):
        """Status and body of an answer; status 0: there is none."""
        all_headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if user:
            all_headers["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
        if fields:
            all_headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, urllib.parse.urlencode(fields) if fields else None, all_headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def json(self, path):
        return json.loads(self.ask("GET", PAGE + path)[1])

    def events(self, count):
        """The first states of the stream."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", PAGE + "api/events", headers={
            "Authorization": "Basic " + base64.b64encode(b"admin:admin").decode()})
        answer = connection.getresponse()
        assert answer.headers["Content-Type"].startswith("text/event-stream"), answer.headers
        found = []
        while len(found) < count:
            line = answer.readline().decode()
            if line.startswith("data: "):
                found.append(json.loads(line[6:]))
        connection.close()
        return found


def should_ask_for_the_login_of_the_console(console):
    until(lambda: console.ask("GET", PAGE)[0] == 200, "the page is there", LIMIT)
    for path in ("", "api/state", "api/session", "api/events"):
        status, _ = console.ask("GET", PAGE + path, user=None)
        assert status == 401, (path, status)
        status, _ = console.ask("GET", PAGE + path, user="admin:wrong")
        assert status == 401, (path, status)


def should_be_in_the_menu(console):
    status, html = console.ask("GET", CONSOLE + "/hotbus")
    assert status == 200 and re.search(rf'<iframe id="hotbus"[^>]* src="{PAGE}"', html), html[-2000:]
    assert re.search(r'href="[^"]*/hotbus"', html), "an entry in the menu"


def should_serve_the_page_as_it_is(console):
    html = console.ask("GET", PAGE)[1]
    assert html.startswith("<!DOCTYPE html>") and "<h1>hotbus" in html, html[:300]
    for name in re.findall(r'(?:src|href)="([^"#]+)"', html):
        assert console.ask("GET", PAGE + name)[0] == 200, name


def should_tell_of_ports_each_second(console):
    until(lambda: len(console.json("api/state")["ports"]) == 3, "all devices are attached", LIMIT)
    first, second = console.events(2)
    assert [port["device"] for port in first["ports"]] == ["net_sim0", "net_sim1", "net_null0"], first
    assert second["nanos"] > first["nanos"]


def should_change_something_only_for_its_own_page(console):
    token = console.json("api/session")["csrf"]
    yank = {"do": "yank", "device": "net_sim0"}
    assert console.ask("POST", PAGE + "api/act", yank)[0] == 403
    assert console.ask("POST", PAGE + "api/act", yank, X_CSRF_Token=token)[0] == 403
    assert console.ask("POST", PAGE + "api/act", yank, X_CSRF_Token=token, Origin="http://evil.example")[0] == 403
    assert console.ask("POST", PAGE + "api/act", yank, X_CSRF_Token="x", Origin=console.origin)[0] == 403
    assert console.json("api/removals")["removals"] == []
    status, body = console.ask("POST", PAGE + "api/act", yank, X_CSRF_Token=token, Origin=console.origin)
    assert status == 200 and "net_sim0 is pulled out" in body, (status, body)
    removal = until(lambda: console.json("api/removals")["removals"], "the removal is in the history")[0]
    assert removal["device"] == "net_sim0", removal
    until(lambda: "detach" in [step["what"] for step in console.json(f"api/removals/{removal['number']}")["steps"]], "its steps")


def should_work_in_its_frame_in_a_browser(console):
    lacks = missing()
    if lacks:
        print("SKIP should_work_in_its_frame_in_a_browser:", lacks)
        return
    driver = chromium()
    try:
        page = Page(driver)
        driver.get(f"http://admin:admin@127.0.0.1:{console.port}{CONSOLE}/bundles")
        page.errors()  # those of the console's own pages
        driver.get(f"{console.origin}{CONSOLE}/hotbus")  # the browser knows the login by now
        driver.switch_to.frame("hotbus")
        page.await_text("#connection", "Live")
        page.await_text("#ports", r"net_sim1.*net_null0.*started.*up")
        rate = "#ports tbody tr:last-child td:nth-child(6)"
        until(lambda: re.search(r"\d (k|M|G)", page.text(rate)), lambda: f"packets are received: {page.text('#ports')}")
        shown = page.text(rate)
        until(lambda: page.text(rate) != shown, "the rate is that of the last second")
        page.await_text("#lcores", r"lcore \d+\s+\d+ %")
        page.click("button[aria-label='Yank net_sim1']")
        page.await_text("#history", r"net_sim1\s+\w.*○ detached")
        page.click("#history tbody a")
        page.await_text("#steps", "detach")
        page.click("button[aria-label='Plug net_sim1']")
        page.await_text("#history", r"net_sim1\s+\w.*✓ back")
        assert page.js("return innerWidth >= document.documentElement.scrollWidth"), "nothing is cut off"
        errors = page.errors()
        assert errors == [], errors
    finally:
        driver.quit()


TESTS = [value for name, value in list(globals().items()) if name.startswith("should_")]


def run(folder: Path):
    deploy = folder / "deploy"
    deploy.mkdir()
    for jar in glob.glob(str(TOP / "launcher/target/webconsole/*.jar")) + glob.glob(
            str(TOP / "launcher/target/repository/io/hotbus/io.hotbus.webconsole/*/*.jar")):
        shutil.copy(jar, deploy)
    port = free_port()
    properties = (TOP / "launcher/etc/felix.properties").read_text().replace("\\\n", "")
    packages = re.search(r"^org.osgi.framework.system.packages.extra=(.*)$", properties, re.M).group(1).replace(" ", "")
    with open(folder / "log", "wb") as log:
        product = subprocess.Popen(
            [str(TOP / "launcher/hotbus"), "run", "--no-telemetry", "--in-memory", "--stats-period", "3600", "--vdev", "net_sim0,peer=net_sim1", "--vdev", "net_sim1",
             "--vdev", "net_null0"],
            stdout=log, stderr=log, cwd=TOP, env=dict(
                os.environ, HOTBUS_DEPLOY=str(deploy), HOTBUS_JAVA_OPTS=(
                    f"-Dorg.apache.felix.http.host=127.0.0.1 -Dorg.osgi.service.http.port={port} "
                    # The console wants slf4j 1.7.
                    f"-Dorg.osgi.framework.system.packages.extra={packages},org.slf4j;version=1.7.36,org.slf4j.helpers;version=1.7.36")))
    console = Console(port)
    failed = 0
    try:
        for test in TESTS:
            try:
                test(console)
                print("ok", test.__name__, flush=True)
            except Exception as e:
                failed += 1
                print(f"FAIL {test.__name__}: {e!r}", flush=True)
    finally:
        product.send_signal(signal.SIGTERM)
        product.wait(timeout=LIMIT)
    if failed:
        said = (folder / "log").read_text(errors="replace").splitlines()
        print("\n".join([line for line in said if "deploy" in line or "WARN" in line or "ERROR" in line][-40:]))
    print(f"\n{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    fetched = subprocess.run(["mvn", "--quiet", "--batch-mode", "--no-transfer-progress", "--projects", "launcher/repository",
                              "dependency:copy@webconsole"], cwd=TOP, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if fetched.returncode:
        print(f"FAIL webconsole: Maven cannot fetch it: {fetched.stdout[-2000:]}")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        return run(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
