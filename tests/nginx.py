"""What the shipped nginx configuration promises, asked of a running nginx before a
running gateway. scripts/deployment starts both:

    python tests/nginx.py DIRECTORY          while both run
    python tests/nginx.py DIRECTORY Away     once the gateway has ended

Clients ask from 127.0.0.7 unless they say otherwise, so that they can be told from the
proxy, which is at 127.0.0.1.
"""

import hashlib
import http.client
import json
import pathlib
import socket
import ssl
import sys
import time
import unittest
import warnings

DIRECTORY = pathlib.Path(sys.argv.pop(1))
CLIENT = "127.0.0.7"


def text(name):
    return (DIRECTORY / name).read_text().strip()


def tls():
    context = ssl.create_default_context(cafile=DIRECTORY / "fullchain.pem")
    context.set_alpn_protocols(["http/1.1"])
    return context


def secure(client=CLIENT):
    """A connection to the proxy with TLS."""
    port = int(text("https-port"))
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=20, source_address=(client, 0), context=tls())


def plain(port, client=CLIENT):
    return http.client.HTTPConnection("127.0.0.1", int(text(port)), timeout=20, source_address=(client, 0))


def ask(connection, method, path, body=None, headers=None):
    """The answer, its body as bytes."""
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


def with_key(**headers):
    return {"Authorization": f"Bearer {text('key')}", **{k.replace("_", "-"): v for k, v in headers.items()}}


def client_in_the_log(request_id):
    """Where a request came from, as the gateway saw it."""
    for _ in range(100):
        for line in text("gateway.log").splitlines():
            for span in json.loads(line).get("spans", []):
                if span.get("request_id") == request_id:
                    return span["client"]
        time.sleep(0.05)
    raise AssertionError(f"{request_id} is not in the gateway's log")


class ProblemCase(unittest.TestCase):
    def assert_problem(self, answer, status, code):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.getheader("content-type"), "application/problem+json")
        problem = json.loads(answer.body)
        self.assertEqual((problem["status"], problem["code"]), (status, code))


class Beside(ProblemCase):
    """Nginx and the gateway run."""

    def test_tls_reaches_the_gateway(self):
        answer = ask(secure(), "GET", "/v1/workspace", headers=with_key())
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(json.loads(answer.body)["name"], "Example")
        self.assertIn("max-age=", answer.getheader("strict-transport-security"))
        self.assertEqual(answer.getheader("x-content-type-options"), "nosniff")

    def test_http_2_is_offered_and_old_tls_is_refused(self):
        self.assertEqual(self.protocol(["h2"]), "h2")
        self.assertEqual(self.protocol(["http/1.1"]), "http/1.1")
        with warnings.catch_warnings(), self.assertRaises(OSError):
            warnings.simplefilter("ignore", DeprecationWarning)
            self.protocol([], minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)

    def protocol(self, protocols, **versions):
        """What the proxy chooses of these protocols."""
        context = tls()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.set_alpn_protocols(protocols)
        for name, version in versions.items():
            setattr(context, name, version)
        with socket.create_connection(("127.0.0.1", int(text("https-port")))) as connection:
            with context.wrap_socket(connection, server_hostname="wagate.example.com") as secured:
                return secured.selected_alpn_protocol()

    def test_plain_http_sends_people_on_and_refuses_programs(self):
        answer = ask(plain("http-port"), "GET", "/docs", headers={"Host": "wagate.example.com"})
        self.assertEqual((answer.status, answer.getheader("location")), (301, "https://wagate.example.com/docs"))
        self.assert_problem(ask(plain("http-port"), "GET", "/v1/workspace", headers=with_key()), 403, "https_only")

    def test_the_gateway_sees_who_asks_whatever_the_client_claims(self):
        claim = {"X-Forwarded-For": "203.0.113.9"}
        answer = ask(secure(), "GET", "/v1/workspace", headers=claim)
        self.assert_problem(answer, 401, "unauthenticated")
        self.assertEqual(client_in_the_log(answer.getheader("x-request-id")), CLIENT)

    def test_only_the_proxy_is_believed(self):
        claim = {"X-Forwarded-For": "203.0.113.9"}
        answer = ask(plain("gateway-port"), "GET", "/v1/workspace", headers=claim)
        self.assertEqual(client_in_the_log(answer.getheader("x-request-id")), CLIENT)
        answer = ask(plain("gateway-port", "127.0.0.1"), "GET", "/v1/workspace", headers=claim)
        self.assertEqual(client_in_the_log(answer.getheader("x-request-id")), "203.0.113.9")

    def test_a_body_that_is_too_large_is_refused_by_the_gateway_itself(self):
        body = b'{"to":"' + b"0" * 3_000_000 + b'"}'
        headers = with_key(Content_Type="application/json")
        answer = ask(secure(), "POST", "/v1/messages", body, headers)
        self.assert_problem(answer, 413, "body_too_large")
        self.assertTrue(answer.getheader("x-request-id"))

    def test_the_operators_api_is_for_this_machine(self):
        self.assertEqual(ask(secure(), "GET", "/operator/v1/workspaces").status, 403)
        answer = ask(secure("127.0.0.1"), "GET", "/operator/v1/workspaces")
        self.assert_problem(answer, 404, "not_found")  # without an operator's token there is no such API
        self.assertTrue(answer.getheader("x-request-id"))

    def test_the_live_feed_tells_of_each_event_as_it_comes(self):
        feed = self.feed()
        account = self.create("/v1/accounts", {"provider": "sandbox", "name": "Feed"})
        self.create(f"/v1/accounts/{account['id']}/connect")
        first = self.heard(feed)
        self.assertEqual(first["event"], "connection.update")
        self.assertEqual(json.loads(first["data"])["data"]["id"], account["id"])
        # Whoever comes back hears what came after the last event that it names.
        again = self.heard(self.feed(Last_Event_ID=str(int(first["id"]) - 1)))
        self.assertEqual(again, first)
        feed.close()

    def feed(self, **headers):
        connection = secure()
        self.addCleanup(connection.close)
        connection.request("GET", "/v1/events/stream", headers=with_key(**headers))
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.getheader("content-type")), (200, "text/event-stream"))
        return answer

    def heard(self, feed):
        """The next event's fields; the connection's timeout bounds the wait."""
        fields = {}
        while "data" not in fields or line:
            line = feed.readline().decode().rstrip("\n")
            name, _, value = line.partition(": ")
            if name:
                fields[name] = value
        return fields

    def create(self, path, body=None):
        text = json.dumps(body) if body else None
        answer = ask(secure(), "POST", path, text, with_key(**({"Content_Type": "application/json"} if body else {})))
        self.assertIn(answer.status, (200, 201, 202), answer.body)
        return json.loads(answer.body)

    def test_an_upload_reaches_the_gateway_while_it_arrives(self):
        connection = secure()
        connection.putrequest("POST", "/v1/media")
        connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        connection.putheader("Content-Length", str(20_000_000))
        connection.endheaders()
        connection.send(b"--x\r\n" + b"0" * 1_000_000)
        # The gateway answers to the credential that is not there, before it has the body.
        answer = connection.getresponse()
        self.assertEqual(answer.status, 401)
        self.assertTrue(answer.getheader("x-request-id"))
        connection.close()

    def test_a_file_goes_up_and_comes_down(self):
        file = b"".join(b"line %07d\n" % number for number in range(1_600_000))  # 20.8 MB
        form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="lines.txt"\r\n\r\n%s\r\n--x--\r\n' % file
        headers = with_key(Content_Type="multipart/form-data; boundary=x")
        answer = ask(secure(), "POST", "/v1/media", form, headers)
        self.assertEqual(answer.status, 201, answer.body)
        media = json.loads(answer.body)
        self.assertEqual(media["sha256"], hashlib.sha256(file).hexdigest())
        content = f"/v1/media/{media['id']}/content"
        self.assertEqual(ask(secure(), "GET", content, headers=with_key()).body, file)
        part = ask(secure(), "GET", content, headers=with_key(Range="bytes=1000-1999"))
        self.assertEqual((part.status, part.body), (206, file[1000:2000]))

    def test_a_refused_upload_hears_the_gateways_answer(self):
        for _ in range(10):
            answer = ask(secure(), "POST", "/v1/media", b"0" * 5_000_000)
            self.assertEqual(answer.status, 401, answer.body)
            self.assertTrue(answer.getheader("x-request-id"))


class Away(ProblemCase):
    """The gateway has ended; nginx runs."""

    def test_clients_get_a_problem_that_says_when_to_ask_again(self):
        answer = ask(secure(), "GET", "/v1/workspace", headers=with_key())
        self.assert_problem(answer, 503, "unavailable")
        self.assertEqual(answer.getheader("retry-after"), "2")
        self.assertIs(json.loads(answer.body)["retryable"], True)


if __name__ == "__main__":
    unittest.main(defaultTest=sys.argv[1:] or ["Beside"])
