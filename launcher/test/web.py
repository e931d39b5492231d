#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The web page in a real Chromium: a removal watched live, login, keyboard, colours, 10,000 removals.

Runs against the product as it was built. Debian's python3, which has Debian's selenium.
"""

import argparse
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

sys.dont_write_bytecode = True

import accessibility  # noqa: E402
from browser import LIMIT, Page, chromium, missing, until  # noqa: E402
from ports import free_port  # noqa: E402

TOP = Path(__file__).resolve().parents[2]
HOTBUS = str(TOP / "launcher/hotbus")
PASSWORD = "correct horse"
REMOVALS = 10_000


class Product:
    """The shell with the page."""

    def __init__(self, folder: Path, port: int):
        self._folder = folder
        self.port = port
        self._process = None

    def start(self):
        log = open(self._folder / "log", "ab")
        environment = dict(os.environ, HOTBUS_ETC=str(self._folder / "etc"), HOTBUS_STATE_DIR=str(self._folder / "state"))
        self._process = subprocess.Popen(
            [HOTBUS, "shell", "--web", str(self.port), "--no-telemetry", "--file-prefix", "web-test", "--auto-start",
             "--vdev", "net_null0", "--vdev", "net_sim0,peer=net_sim1,uevent_ms=10000", "--vdev", "net_sim1"],
            stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment, cwd=TOP)
        until(lambda: self.get("/api/session")[0] == 200, "the page is served")

    def kill(self):
        self._process.kill()
        self._process.wait()

    def stop(self):
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=LIMIT)

    def ask(self, method, path, body=None, **headers):
        """Status, headers and body of an answer; status 0: there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        try:
            connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        except OSError:
            return 0, {}, ""
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, fields, **headers):
        return self.ask("POST", path, urllib.parse.urlencode(fields),
                        **{"Content_Type": "application/x-www-form-urlencoded", "Origin": self.origin(), **headers})

    def origin(self):
        return f"http://127.0.0.1:{self.port}"


class WebPage(Page):
    """The page of the product in the browser."""

    def __init__(self, driver, product):
        super().__init__(driver)
        self.product = product
        self.address = f"http://localhost:{product.port}/"

    def log_in(self):
        self.type("#password", PASSWORD)
        self.click("#login button")
        self.await_text("#said", "Logged in")


# ---- tests: each gets the page as the one before has left it ------------------------------------

def should_show_what_there_is(page):
    page.driver.get(page.address)
    page.await_text("#connection", "Live")
    page.await_text("#ports", r"net_null0.*started.*up.*net_sim0.*net_sim1")
    page.await_text("#devices", r"net_sim1\s+vdev\s+✓ attached\s+net_sim\s+2")
    page.await_text("#lcores", r"lcore \d+\s+\d")
    until(lambda: re.search(r"\d (k|M|G)\n?", page.text("#ports tbody tr td:nth-child(6)")), "packets are received")
    assert page.js("return document.querySelectorAll('.plot canvas').length") == 2
    assert page.errors() == [], page.errors()


def should_be_read_only_without_a_login(page):
    assert page.shown("#login") and not page.shown("#attach") and not page.shown("#forward button")
    status, _, body = page.product.post("/api/act", {"do": "yank", "device": "net_sim0"})
    assert (status, json.loads(body)["message"]) == (403, "Log in first")


def should_refuse_a_wrong_password_and_slow_the_next(page):
    page.type("#password", "wrong")
    page.click("#login button")
    page.await_text("#said", "The password is wrong")
    assert page.js("return document.activeElement.id") == "password"
    page.type("#password", PASSWORD)  # a slow browser has to click alone within the time
    for _ in range(3):  # the next may be tried after 1, 2, 4 and now 8 s
        until(lambda: page.product.post("/api/login", {"password": "again"})[0] == 403, "the next may be tried")
    page.click("#login button")
    page.await_text("#said", r"Wrong passwords were tried: wait [1-8] s and try again")
    until(lambda: page.product.post("/api/login", {"password": PASSWORD})[0] == 200, "the right one is taken")
    page.log_in()
    page.errors()  # a browser reports answers other than 200


def should_let_a_user_change_something(page):
    assert page.shown("#forward button") and page.shown("#attach") and not page.shown("#login")
    page.type("#devargs", "net_null7,size=128")
    page.click("#attach button")
    page.await_text("#said", "net_null7 is attached as port")
    page.await_text("#devices", "net_null7")
    page.click("button[aria-label='Detach net_null7']")
    page.await_text("#said", "net_null7 is detached")
    page.type("#devargs", "net_nonsense0")
    page.click("#attach button")
    page.await_text("#said", "net_nonsense0")
    assert page.js("return document.getElementById('said').className") == "failed"
    page.errors()


def should_show_a_removal_live(page):
    page.click("button[aria-label='Yank net_sim0']")
    page.await_text("#history", r"net_sim0\s+SIGBUS\s+○ detached")
    page.await_text("#devices", r"net_sim0\s+none\s+✕ pulled out")
    page.await_text("#announced", "net_sim0 was removed, first sign SIGBUS")
    page.await_text("#fault-list", r"net_sim0\s+net_sim0 BAR\d\s+\d+\s+[\d.]+ [µm]s")
    number = page.text("#history tbody th")
    page.click("#history tbody a")
    page.await_text("#removal-title", f"Removal {number}: net_sim0")
    until(lambda: page.js("return document.activeElement.id") == "removal-title", "the focus is on its heading")
    page.await_text("#steps", r"repair.*hot unplug.*forward stop.*port stop.*port close.*detach.*remove.*[µm]s")
    page.click("button[aria-label='Plug net_sim0']")
    page.await_text("#history", r"net_sim0\s+SIGBUS\s+✓ back")
    page.await_text("#steps", r"repair.*port stop.*detach\s.*remove\s.*attach\s.*probe\s.*port start.*forward start")
    page.await_text("#removal-facts", r"Back after\s+[\d.]+ m?s")
    widths = page.js("return [...document.querySelectorAll('#steps .track div')].map(n => n.getBoundingClientRect().width)")
    assert len(widths) >= 8 and min(widths) >= 3, widths


def should_have_an_address_for_each_removal(page):
    address = page.driver.current_url
    assert re.search(r"#removal-\d+$", address), address
    page.driver.get("about:blank")
    page.driver.get(address)
    page.await_text("#removal-title", "net_sim0")
    page.await_text("#steps", "forward stop")
    page.driver.get(page.address + "#removal-999999999")
    page.await_text("#removal-title", "There is no removal 999999999")
    page.click("#removal a")
    until(lambda: not page.shown("#removal"), "the removal is closed")
    page.errors()


def should_refuse_requests_of_other_sites(page):
    product = page.product
    cookie = f"hotbus-{product.port}={page.driver.get_cookie(f'hotbus-{product.port}')['value']}"
    session = json.loads(product.get("/api/session", Cookie=cookie)[2])
    token = session["csrf"]
    act = {"do": "yank", "device": "net_sim0"}
    assert token and product.post("/api/act", act, Cookie=cookie)[0] == 403, "without the token"
    assert product.post("/api/act", act, Cookie=cookie, X_CSRF_Token=token + "x")[0] == 403, "with another token"
    for origin in ("http://evil.example", "null", f"https://127.0.0.1:{product.port}", f"http://127.0.0.1:{product.port + 1}"):
        assert product.post("/api/act", act, Cookie=cookie, X_CSRF_Token=token, Origin=origin)[0] == 403, origin
    assert product.get("/api/state", Host="evil.example")[0] == 421, "another name for this address"
    assert product.post("/api/act", act, Cookie=cookie, X_CSRF_Token=token, Content_Type="text/plain")[0] == 400, "no form"
    assert product.post("/api/act", {"do": "quit"}, Cookie=cookie, X_CSRF_Token=token)[0] == 400, "no action of the page"
    status, headers, _ = product.post("/api/act", {"do": "detach", "device": "nothing"}, Cookie=cookie, X_CSRF_Token=token)
    assert status == 409, "with everything in order it is tried"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert page.driver.get_cookie(f"hotbus-{product.port}")["httpOnly"]
    assert page.driver.get_cookie(f"hotbus-{product.port}")["sameSite"] == "Strict"
    page.await_text("#devices", r"net_sim0\s+vdev\s+✓ attached")


def should_be_quick_with_10000_removals(page):
    page.driver.get(page.address)
    page.await_text("#history-caption", rf"{REMOVALS + 1} to {REMOVALS - 48}")
    took = page.js("""return performance.getEntriesByType('resource').filter(e => e.name.includes('api/removals'))[0].duration""")
    begin = time.monotonic()
    for _ in range(20):
        before = page.text("#history-caption")
        page.click("#older")
        until(lambda: page.text("#history-caption") != before, "the next page")
    pages = time.monotonic() - begin
    assert page.js("return document.querySelectorAll('#history tbody tr').length") == 50
    page.type("#number", "17")
    page.click("#paging button:not([type=button])")
    page.await_text("#removal-title", "Removal 17: net_old")
    page.click("#newest")
    page.await_text("#history-caption", f"{REMOVALS + 1} to")
    print(f"    first page {took:.0f} ms, 20 pages {pages:.1f} s")
    assert took < 10_000 and pages < 60, (took, pages)


def should_say_that_the_server_is_away_and_go_on(page):
    page.product.kill()
    page.await_text("#connection", "The server is away since .* What is shown is old")
    page.product.start()
    page.await_text("#connection", "Live")
    page.await_text("#ports", "net_null0")
    until(lambda: page.shown("#login") and not page.shown("#forward button"), "the login is over, too")
    until(lambda: re.search(r"\d (k|M|G)", page.text("#ports tbody tr td:nth-child(6)")), "packets are received")
    page.errors()


def should_log_out(page):
    until(lambda: page.product.post("/api/login", {"password": PASSWORD})[0] == 200, "the right one is taken")
    page.log_in()
    cookie = f"hotbus-{page.product.port}={page.driver.get_cookie(f'hotbus-{page.product.port}')['value']}"
    page.click("#logout")
    page.await_text("#said", "Logged out")
    until(lambda: not page.shown("#forward button") and page.shown("#login"), "nothing can be changed any more")
    assert json.loads(page.product.get("/api/session", Cookie=cookie)[2])["csrf"] is None
    assert page.errors() == [], page.errors()


OWN = [value for name, value in list(globals().items()) if name.startswith("should_")]
# They need a removal that is there by then.
FIRST = OWN.index(should_be_quick_with_10000_removals)
TESTS = OWN[:FIRST] + accessibility.TESTS + OWN[FIRST:]


def take_pictures(page, folder: Path):
    page.product.post("/api/login", {"password": PASSWORD})
    page.log_in()
    page.width(1200, 1250)
    page.click("button[aria-label='Yank net_sim0']")
    until(lambda: page.shown("button[aria-label='Plug net_sim0']"), "it is pulled out")
    page.click("button[aria-label='Plug net_sim0']")
    page.await_text("#devices", r"net_sim0\s+vdev\s+✓ attached")
    time.sleep(40)  # a line in the plots
    for name, scheme, width, opened in (("light", "light", 1200, False), ("dark", "dark", 1200, False),
                                        ("removal", "light", 1200, True), ("narrow", "dark", 400, True)):
        page.scheme(scheme)
        page.width(width, 1250 if width > 400 else 900)
        page.js("location.hash = arguments[0]", f"#removal-{page.text('#history tbody th')}" if opened else "")
        time.sleep(1.5)
        page.js("scrollTo(0, 0)")
        page.driver.save_screenshot(str(folder / f"web-{name}.png"))


def prepare(folder: Path):
    (folder / "etc").mkdir()
    said = subprocess.run([HOTBUS, "password"], input=PASSWORD + "\n", capture_output=True, text=True, cwd=TOP, check=True)
    assert re.fullmatch(r"password = pbkdf2-sha512:\d+:\S+:\S+\n", said.stdout), said.stdout
    (folder / "etc/io.hotbus.web.cfg").write_text(said.stdout)
    state = folder / "state/web-test"
    state.mkdir(parents=True)
    steps = [{"kind": kind, "name": "net_old", "thread": "control", "beginNanos": i * 10_000, "endNanos": i * 10_000 + 8_000}
             for i, kind in enumerate(("HOT_UNPLUG", "FORWARD_STOP", "PORT_STOP", "PORT_CLOSE", "REMOVE", "DETACH"))]
    with open(state / "history.jsonl", "w", encoding="utf-8") as history:
        for number in range(1, REMOVALS + 1):
            history.write(json.dumps({
                "removal": number, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1.79e9 + 60 * number)), "bus": "vdev",
                "device": f"net_old{number % 7}", "cause": "UEVENT_REMOVE", "detachedNanos": 58_000,
                "steps": steps}) + "\n")


def run(folder: Path, pictures) -> int:
    failed = 0
    prepare(folder)
    product = Product(folder, free_port())
    product.start()
    driver = chromium()
    try:
        page = WebPage(driver, product)
        for test in TESTS:
            try:
                test(page)
                print("ok", test.__name__, flush=True)
            except Exception as e:  # whatever the driver throws
                failed += 1
                print(f"FAIL {test.__name__}: {e!r}\n    the browser said: {page.errors()}", flush=True)
        if pictures:
            take_pictures(page, pictures)
    finally:
        driver.quit()
        product.stop()
    if failed:
        print("\n".join((folder / "log").read_text(errors="replace").splitlines()[-20:]))
    print(f"\n{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="also write pictures of the page")
    options = parser.parse_args()
    lacks = missing()
    if lacks:
        print("SKIP web:", lacks)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return run(Path(folder), options.pictures)


if __name__ == "__main__":
    sys.exit(main())
