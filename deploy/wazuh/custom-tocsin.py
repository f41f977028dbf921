"""Hands alerts of Wazuh's integratord to Tocsin's webhook.

integratord runs one script at a time and waits for it, so this one never waits for Tocsin: it writes the alert into a
spool folder, starts a sender in the background if none runs, and is done. The sender posts what is in the spool, oldest
first, and leaves what could not be delivered for the next time. Python 3 without any package: a manager has no other.

ossec.conf:
  <integration>
    <name>custom-tocsin</name>
    <hook_url>http://127.0.0.1:7411/api/webhook</hook_url>
    <api_key>THE KEY OF THE WEBHOOK</api_key>
    <level>3</level>
    <alert_format>json</alert_format>
  </integration>
"""

import fcntl
import http.client
import json
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

OSSEC = os.environ.get("TOCSIN_OSSEC") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SPOOL = os.path.join(OSSEC, "var", "tocsin-spool")
LOG = os.path.join(OSSEC, "logs", "integrations.log")
CA_FILE = os.path.join(OSSEC, "etc", "tocsin-ca.pem")
SPOOL_LIMIT_BYTES = 512 * 1024 * 1024
BATCH_LIMIT_BYTES = 1024 * 1024
GATHERED_FILES = 20
ALERT_LIMIT_BYTES = 8 * 1024 * 1024
TIMEOUT_SECONDS = 10
TRIES = 5


def log(text):
    try:
        with open(LOG, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write("%s custom-tocsin: %s\n" % (time.strftime("%Y/%m/%d %H:%M:%S"), text))
    except OSError:
        pass  # There is nowhere else to say it.


def spool(alert_file):
    """Keeps the alert's bytes as they are. The name sorts by time; the rename makes it appear whole."""
    with open(alert_file, "rb") as file:
        alert = file.read(ALERT_LIMIT_BYTES + 1).strip()
    if len(alert) > ALERT_LIMIT_BYTES:
        raise ValueError("the alert is larger than %d bytes" % ALERT_LIMIT_BYTES)
    if not alert:
        raise ValueError("the file is empty")
    if is_own_enrichment(alert):
        return  # Tocsin's own enrichment must not come back to it.
    os.makedirs(SPOOL, mode=0o700, exist_ok=True)
    used = spool_bytes()
    if used + len(alert) > SPOOL_LIMIT_BYTES:
        raise ValueError("the spool %s is full (%d bytes): start Tocsin, or empty it" % (SPOOL, used))
    write_whole("%020d-%d.alert" % (time.time_ns(), os.getpid()), alert.replace(b"\n", b" ") + b"\n")


def write_whole(name, content):
    """A file of that name in the spool, there with all of its content or not at all."""
    temporary = os.path.join(SPOOL, ".%s-%d" % (name, os.getpid()))
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, os.path.join(SPOOL, name))
    except OSError:
        forget(temporary)  # A full disk must not fill further with what is left of tries.
        raise


def forget(path):
    try:
        os.unlink(path)
    except OSError:
        pass


def spool_bytes():
    used = 0
    for entry in os.scandir(SPOOL):
        try:
            used += entry.stat().st_size
        except FileNotFoundError:
            pass  # Sent meanwhile: no reason to refuse an alert.
    return used


def is_own_enrichment(alert):
    """By where it came in, too: a line in some log that only says so is an alert as any other. Nothing grave is ever ours."""
    try:
        parsed = json.loads(alert)
        named = parsed.get("data", {}).get("integration") == "custom-tocsin"
        return named and parsed.get("location") in ("custom-tocsin", "API-Webhook") and parsed["rule"]["level"] < 7
    except (ValueError, AttributeError, RecursionError, LookupError, TypeError):
        return False  # Tocsin quarantines what is no JSON, or nested too deep; that is not for this script to judge.


def send_all(url, key):
    """Posts the spool until it is empty. One sender at a time: the lock is held by the open file."""
    # What was spooled as the last one was about to go, and whose own sender found the lock taken, is seen after it.
    while next_batch() and send_while_locked(url, key):
        pass


def send_while_locked(url, key):
    """Returns whether it emptied the spool: not where another sender does, nor where Tocsin takes nothing."""
    with open(os.path.join(SPOOL, ".lock"), "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        tries = 0
        while True:
            batch = next_batch()
            if not batch:
                return True
            error = post(url, key, b"".join(content for _, content in batch))
            if error is None:
                for path, _ in batch:
                    os.unlink(path)
                tries = 0
                continue
            tries += 1
            if tries == 1:
                gather()
            if tries >= TRIES:
                log("Tocsin does not take alerts (%s); %d files or more wait in %s" % (error, len(batch), SPOOL))
                return False
            time.sleep(2**tries)


def waiting():
    names = os.listdir(SPOOL) if os.path.isdir(SPOOL) else []
    return sorted(name for name in names if name.endswith(".alert"))


def next_batch():
    return next(batches(), [])


def batches():
    """What waits, oldest first, in parts that are posted at once. What cannot be read is put aside: it holds up no other."""
    batch, size = [], 0
    for name in waiting():
        path = os.path.join(SPOOL, name)
        try:
            with open(path, "rb") as file:
                content = file.read()
        except FileNotFoundError:
            continue  # The sender that holds the lock has sent it meanwhile.
        except OSError as error:
            log("put aside in the spool, it cannot be read: %s" % error)
            put_aside(path)
            continue
        if batch and size + len(content) > BATCH_LIMIT_BYTES:
            yield batch
            batch, size = [], 0
        batch.append((path, content))
        size += len(content)
    if batch:
        yield batch


def put_aside(path):
    try:
        os.rename(path, path + ".unreadable")
    except OSError:
        pass


def gather():
    """
    Makes one file of many, where Tocsin is away: each alert looks at all files to know whether the spool is full, and the
    manager waits for that. Ended in the middle it leaves alerts twice; Tocsin knows them by their ids.
    """
    for batch in batches():
        if len(batch) < GATHERED_FILES:
            continue
        try:
            write_whole(os.path.basename(batch[0][0]), b"".join(content for _, content in batch))
        except OSError:
            return  # No room for both; they wait as they are.
        for path, _ in batch[1:]:
            forget(path)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """An answer from elsewhere, such as a page to sign in, is none of Tocsin's: nothing is stored, and the key is not for it."""

    def redirect_request(self, request, file, code, message, headers, url):
        return None


def post(url, key, body):
    """Returns None when Tocsin has stored the alerts, else why not, in one line without the key."""
    if not (key.isascii() and key.isprintable()):
        return "the key has characters that no key has"
    try:
        request = urllib.request.Request(
            url,
            data=body,
            headers={"authorization": "Bearer " + key, "content-type": "application/x-ndjson"},
            method="POST",
        )
        context = None
        if url.startswith("https:"):
            context = authorities()
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), NoRedirect
        )
        with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            return None if 200 <= response.status < 300 else "HTTP %d" % response.status
    except urllib.error.HTTPError as error:
        return "HTTP %d" % error.code
    except (OSError, ValueError, http.client.HTTPException) as error:
        return "%s: %s" % (type(error).__name__, " ".join(str(error).split())[:300])


def authorities():
    try:
        return ssl.create_default_context(cafile=CA_FILE if os.path.exists(CA_FILE) else None)
    except OSError as error:
        raise OSError("%s is no authority that can be used: %s" % (CA_FILE, error)) from error


def main(arguments):
    if len(arguments) == 4 and arguments[1] == "--send":
        key = sys.stdin.readline().strip()
        send_all(arguments[2], key)
        return 0
    if len(arguments) < 4 or not arguments[3].startswith(("http://", "https://")):
        log("usage: custom-tocsin ALERT_FILE API_KEY HOOK_URL (set hook_url and api_key in ossec.conf)")
        return 1
    taken = 0
    try:
        spool(arguments[1])
    except (OSError, ValueError) as error:
        log("alert not taken: %s" % error)
        taken = 1
    # Also where the spool is full: nobody else would empty it.
    try:
        start_sender(arguments[3], arguments[2])
    except OSError as error:
        log("no sender could be started, what is in the spool goes with the next alert: %s" % error)
    return taken


def start_sender(url, key):
    # The key goes in on standard input: arguments are there for every user to read.
    sender = subprocess.Popen(
        [sys.executable, "-I", os.path.abspath(__file__), "--send", url, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        close_fds=True,
    )
    sender.stdin.write(os.fsencode(key) + b"\n")
    sender.stdin.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
