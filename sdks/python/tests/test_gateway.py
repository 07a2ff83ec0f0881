"""Against a running gateway, whose address and key are in WAGATE_TEST_URL and WAGATE_TEST_KEY."""

import asyncio
import http.server
import os
import queue
import threading
import unittest

import httpx

from wagate import WagateError, WebhookError, connect, listen, unwrap_webhook
from wagate.rest.api.events import list_events
from wagate.rest.api.messages import list_messages, send_message
from wagate.rest.api.webhooks import create_webhook, delete_webhook
from wagate.rest.models import EventType, Message, Text, TextMessageIn, WebhookIn

URL = os.environ["WAGATE_TEST_URL"]
KEY = os.environ["WAGATE_TEST_KEY"]


def text(body, **fields):
    return TextMessageIn(to="+15550100001", text=Text(body=body), **fields)


class Receiver:
    """Receives webhooks; as a context manager."""

    def __enter__(self):
        self.arrived = arrived = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                arrived.put((self.headers, body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class EndingOnce(httpx.BaseTransport):
    """Breaks off the first stream after the chunk in which the text stands."""

    def __init__(self, transport, text):
        self.transport = transport
        self.text = text
        self.requests = 0

    def handle_request(self, request):
        response = self.transport.handle_request(request)
        self.requests += 1
        if self.requests == 1:
            response.stream = Broken(response.stream, self.text)
        return response


class Broken(httpx.SyncByteStream):
    def __init__(self, stream, text):
        self.stream = stream
        self.text = text

    def __iter__(self):
        for chunk in self.stream:
            yield chunk
            if self.text in chunk:
                raise httpx.ReadError("the connection broke")

    def close(self):
        self.stream.close()


class Gateway(unittest.TestCase):
    def setUp(self):
        self.client = self.enterContext(connect(URL, KEY))

    def test_a_message_is_sent_and_its_webhook_is_verified(self):
        with Receiver() as receiver:
            hook = create_webhook.sync(
                client=self.client, body=WebhookIn(url=receiver.url, events=[EventType.MESSAGE_STATUS])
            )
            sent = send_message.sync(client=self.client, body=text("Hello from Python"), prefer="wait=10")
            self.assertIn(sent.status.value, ("sent", "delivered", "read"))
            self.assertEqual(sent.text.body, "Hello from Python")

            headers, body = receiver.arrived.get(timeout=20)
            event = unwrap_webhook(hook.secret, headers, body)
            self.assertIs(event.type, EventType.MESSAGE_STATUS)
            self.assertIsInstance(event.data, Message)
            self.assertEqual(event.data.id, sent.id)
            with self.assertRaises(WebhookError):
                unwrap_webhook(hook.secret, headers, body.replace(b"Python", b"nobody"))
            delete_webhook.sync_detailed(client=self.client, id=hook.id)

    def test_the_same_key_is_the_same_message(self):
        ids = {
            send_message.sync(client=self.client, body=text("Once"), idempotency_key="python-1").id for _ in range(2)
        }
        self.assertEqual(len(ids), 1)

    def test_a_request_whose_answer_is_lost_is_sent_again_and_the_message_is_one(self):
        transport = self.client.get_httpx_client()._transport._transport
        send, calls = transport.handle_request, []

        def lose_the_first(request):
            response = send(request)
            calls.append(request)
            if len(calls) == 1:
                raise httpx.ReadError("the connection broke")
            return response

        transport.handle_request = lose_the_first
        sent = send_message.sync(client=self.client, body=text("Once", client_ref="shaky-python"))
        found = list_messages.sync(client=self.client, client_ref="shaky-python")
        self.assertEqual([message.id for message in found.data], [sent.id])
        self.assertEqual(len(calls), 3)

    def test_the_live_feed_goes_on_after_a_connection_that_ends(self):
        sent = send_message.sync(client=self.client, body=text("Hello, listener"), prefer="wait=10")
        known = list_events.sync(client=self.client, limit=100)
        first = min(event.sequence for event in known.data)
        ending = EndingOnce(self.client.get_httpx_client()._transport, b"message.status")
        self.client.get_httpx_client()._transport = ending
        heard = []
        for event in listen(self.client, after=first - 1):
            heard.append(event.sequence)
            if getattr(event.data, "id", None) == sent.id and event.data.status.value == "read":
                break
        self.assertGreaterEqual(ending.requests, 2)
        self.assertEqual(heard, list(range(first, first + len(heard))))

    def test_a_refusal_is_an_error_that_names_the_field(self):
        with self.assertRaises(WagateError) as raised:
            send_message.sync(client=self.client, body=TextMessageIn(to="nobody", text=Text(body="Hi")))
        error = raised.exception
        self.assertEqual((error.status, error.code, error.errors[0]["field"]), (422, "validation_failed", "to"))
        self.assertTrue(error.request_id.startswith("req_"))

    def test_it_works_under_asyncio(self):
        async def story():
            async with connect(URL, KEY) as client:
                return await send_message.asyncio(client=client, body=text("Hello from asyncio"))

        self.assertEqual(asyncio.run(story()).text.body, "Hello from asyncio")
