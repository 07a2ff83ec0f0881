"""When a request is sent again, and as what."""

import asyncio
import unittest
from unittest import mock

import httpx

from wagate import WagateError
from wagate.retry import Retrying

URL = "http://gateway.test/v1/messages"


class Network(httpx.MockTransport):
    """Does these steps one after the other, and remembers what it was asked."""

    def __init__(self, *steps):
        super().__init__(self.step)
        self.steps = list(steps)
        self.asked = []

    def step(self, request):
        self.asked.append((request.headers.get("Idempotency-Key"), request.content))
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    @property
    def keys(self):
        return {key for key, _ in self.asked}


def problem(status, retryable, code="some", **headers):
    body = {"code": code, "detail": "Not now.", "retryable": retryable}
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


class Sync(unittest.TestCase):
    """Each rule, with a client that blocks."""

    def setUp(self):
        self.pauses = []
        patched = mock.patch("time.sleep", self.pauses.append)
        patched.start()
        self.addCleanup(patched.stop)

    def send(self, network, method="POST", **options):
        with httpx.Client(transport=Retrying(3, network, network)) as client:
            return client.request(method, URL, content=b"hi", **options)

    def test_a_post_whose_connection_broke_is_sent_again_under_the_same_key(self):
        network = Network(httpx.ReadError("broken"), problem(503, True), httpx.Response(202, text="done"))
        self.assertEqual(self.send(network).text, "done")
        self.assertEqual([body for _, body in network.asked], [b"hi"] * 3)
        self.assertEqual(len(network.keys), 1)
        self.assertNotIn(None, network.keys)

    def test_a_key_of_the_callers_own_is_kept(self):
        network = Network(problem(502, True), httpx.Response(202))
        self.send(network, headers={"Idempotency-Key": "mine"})
        self.assertEqual(network.keys, {"mine"})

    def test_what_can_never_succeed_is_raised_at_once(self):
        network = Network(problem(422, False, "validation_failed", x_request_id="req_1"))
        with self.assertRaises(WagateError) as raised:
            self.send(network)
        error = raised.exception
        found = (error.status, error.code, str(error), error.request_id)
        self.assertEqual(found, (422, "validation_failed", "Not now.", "req_1"))

    def test_an_answer_that_is_under_way_elsewhere_is_waited_for(self):
        network = Network(problem(409, False, "idempotency_key_in_flight"), httpx.Response(202))
        self.assertEqual(self.send(network).status_code, 202)

    def test_retry_after_is_heard_unless_it_is_too_long_to_wait_for(self):
        network = Network(problem(429, True, Retry_After="7"), httpx.Response(202))
        self.assertEqual(self.send(network).status_code, 202)
        self.assertEqual(self.pauses, [7.0])
        with self.assertRaises(WagateError):
            self.send(Network(problem(429, True, Retry_After="3600")))

    def test_a_delete_that_may_have_been_done_is_not_sent_again(self):
        network = Network(httpx.ReadError("broken"))
        with self.assertRaises(httpx.ReadError):
            self.send(network, "DELETE")

    def test_it_gives_up_after_three_more(self):
        network = Network(*[problem(503, True)] * 5)
        with self.assertRaises(WagateError):
            self.send(network)
        self.assertEqual(len(network.asked), 4)

    def test_an_answer_that_is_no_problem_document_is_raised_too(self):
        with self.assertRaises(WagateError) as raised:
            self.send(Network(httpx.Response(404, text="<html>")))
        self.assertEqual((raised.exception.code, str(raised.exception)), ("unknown", "HTTP 404"))


class Async(unittest.TestCase):
    """The same transport under asyncio."""

    def test_it_asks_again_and_raises_in_the_same_way(self):
        async def story():
            network = Network(httpx.ReadError("broken"), problem(503, True), httpx.Response(202), problem(422, False))
            async with httpx.AsyncClient(transport=Retrying(3, network, network)) as client:
                answer = await client.post(URL, content=b"hi")
                self.assertEqual(answer.status_code, 202)
                self.assertEqual((len(network.asked), len(network.keys)), (3, 1))
                with self.assertRaises(WagateError):
                    await client.post(URL, content=b"hi")

        with mock.patch("asyncio.sleep", mock.AsyncMock()):
            asyncio.run(story())
