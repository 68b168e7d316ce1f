"""Asking over HTTP: patience where it helps, an end where it does not, and no key anywhere."""

from __future__ import annotations

import gzip
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from providers import Server, html

from silktrade.sources import fetch
from silktrade.sources.fetch import LONGEST_WAIT, TRIES, Client, UnreachableError

KEY = "SECRET123"
ADDRESS = "https://comtradeapi.un.org/data/v1/get/C/A/HS"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(server, waits, tmp_path, monkeypatch) -> Client:
    monkeypatch.setenv("COMTRADE_API_KEY", KEY)
    return Client("comtrade", server.url, tmp_path / "raw", wait=waits.append)


def failure(client: Client, **options: object) -> str:
    with pytest.raises(UnreachableError) as error:
        client.get(ADDRESS, {"period": 2024}, **options)
    return str(error.value)


def test_an_answer_is_bytes_kept_under_their_hash(server, client, tmp_path):
    server.answers["/data"] = html("（2）")
    answer = client.get(ADDRESS, {"period": 2024})
    assert answer.content == "（2）".encode()
    assert (tmp_path / "raw" / answer.sha256).read_bytes() == answer.content
    assert server.asked[0].query == {"period": "2024"}
    assert server.asked[0].headers["User-Agent"].startswith("silktrade/")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_passes_by_itself_is_asked_again(server, client, waits, status):
    replies = [(status, {}, b""), (status, {}, b""), html("well")]
    server.answers["/data"] = lambda _: replies.pop(0)
    assert client.get(ADDRESS, {"period": 2024}).content == b"well"
    assert len(waits) == 2


def test_it_ends_after_five_tries(server, client):
    server.answers["/data"] = (503, {}, b"")
    assert f"({TRIES} tries)" in failure(client)
    assert len(server.asked) == TRIES


@pytest.mark.parametrize("status", [400, 401, 403, 404, 412])
def test_what_is_meant_is_not_asked_again(server, client, status):
    server.answers["/data"] = (status, {}, b"")
    assert f"status {status}" in failure(client)
    assert len(server.asked) == 1


def test_the_wall_of_the_chinese_site_is_named(server, client):
    server.answers["/data"] = (412, {}, b"<script>")
    assert "--file FILE" in failure(client)


def test_retry_after_is_obeyed(server, client, waits):
    replies = [(429, {"Retry-After": "7"}, b""), html("well")]
    server.answers["/data"] = lambda _: replies.pop(0)
    client.get(ADDRESS, {"period": 2024})
    assert waits == [7.0]


def test_retry_after_can_be_a_date(server, client, waits):
    then = (datetime.now(UTC) + timedelta(seconds=30)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    replies = [(429, {"Retry-After": then}, b""), html("well")]
    server.answers["/data"] = lambda _: replies.pop(0)
    client.get(ADDRESS, {"period": 2024})
    assert 25 < waits[0] <= 30


def test_a_long_wait_ends_the_run_and_says_so(server, client, waits):
    server.answers["/data"] = (429, {"Retry-After": str(LONGEST_WAIT + 1)}, b"")
    assert "asks to wait 121 s: run again later" in failure(client)
    assert waits == []


def test_a_used_up_quota_is_named(server, client):
    server.answers["/data"] = (403, {"Retry-After": "3600"}, b"")
    assert "the quota is used up, ask again in 3600 s" in failure(client)


def test_redirects_are_followed_on_the_same_host_alone(server, client):
    server.answers["/data"] = (302, {"Location": "/there"}, b"")
    server.answers["/there"] = html("well")
    assert client.get(ADDRESS).content == b"well"
    server.answers["/there"] = (302, {"Location": "http://elsewhere.invalid/"}, b"")
    assert "points to another host, http://elsewhere.invalid" in failure(client)
    server.answers["/there"] = (302, {"Location": "/there"}, b"")
    assert "points in a circle" in failure(client)


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ((302, {}, b""), "status 302"),
        ((304, {}, b""), "status 304"),
        ((302, {"Location": "https://login.example.org/"}, b""), "another host, https://login.ex"),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip"), "broken or cut off"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(b"7.05\n" * 999)[:40]), "cut off"),
        ((200, {"Content-Encoding": "br"}, b"x"), "its br is broken"),
    ],
)
def test_an_answer_that_is_none_is_named(server, client, reply, says):
    server.answers["/"] = reply
    text = failure(client)
    assert says in text
    assert "network" not in text  # which would end the questions to this provider


def test_what_is_packed_is_unpacked(server, client):
    server.answers["/"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"7.05\n"))
    assert client.get("https://comtradeapi.un.org/a").content == b"7.05\n"


def test_a_key_goes_to_its_host_alone_and_not_in_the_clear():
    here = httpx.URL("https://x.org/a")
    assert not fetch.leads_away(here, httpx.URL("https://x.org/b"))
    assert not fetch.leads_away(httpx.URL("http://x.org/a"), here)
    assert fetch.leads_away(here, httpx.URL("http://x.org/a"))
    assert fetch.leads_away(here, httpx.URL("https://y.org/a"))


def test_no_key_in_an_error_a_traceback_or_a_log(client, tmp_path, caplog, capsys, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("COMTRADE_API_KEY", KEY)
    dead = Client("comtrade", "http://127.0.0.1:9", tmp_path / "raw", wait=lambda _: None)
    try:
        dead.get(ADDRESS, secret={"subscription-key": KEY, "api_key": KEY},
                 headers={"Ocp-Apim-Subscription-Key": KEY})  # fmt: skip
    except UnreachableError:
        told = traceback.format_exc()
    assert "is the network there?" in told
    shown = capsys.readouterr()
    assert KEY not in told + caplog.text + shown.out + shown.err


def test_no_key_in_what_is_kept(server, client, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    server.answers["/data"] = html("well")
    answer = client.get(f"{ADDRESS}?subscription-key={KEY}", secret={"api_key": KEY})
    assert server.asked[0].query["api_key"] == KEY
    kept = b"".join(p.read_bytes() for p in (tmp_path / "raw").iterdir())
    assert KEY.encode() not in kept
    assert KEY not in answer.address + caplog.text


def test_a_run_that_was_stopped_goes_on_where_it_was(server, client, tmp_path):
    asked: list[str] = []

    def answer(request):
        asked.append(request.query["chunk"])
        return (404, {}, b"") if len(asked) == 4 else html(request.query["chunk"])

    server.answers["/data"] = answer
    chunks = [str(i) for i in range(1, 8)]
    with pytest.raises(UnreachableError), client.run():
        for chunk in chunks:
            client.get(ADDRESS, {"chunk": chunk})
    assert asked == ["1", "2", "3", "4"]
    again = Client("comtrade", server.url, tmp_path / "raw", wait=lambda _: None)
    with again.run():
        found = [again.get(ADDRESS, {"chunk": chunk}).content.decode() for chunk in chunks]
    assert asked[4:] == ["4", "5", "6", "7"]
    assert found == chunks
    with again.run():  # one that ended well leaves nothing to resume
        again.get(ADDRESS, {"chunk": "1"})
    assert asked[-1] == "1"


def test_what_was_refused_is_asked_afresh(server, client, tmp_path):
    server.answers["/data"] = html("odd")
    with pytest.raises(ValueError), client.run():
        client.get(ADDRESS)
        raise ValueError("not what was expected")
    with client.run():
        client.get(ADDRESS)
    assert len(server.asked) == 2


def test_a_kept_answer_that_was_damaged_is_asked_afresh(server, client, tmp_path):
    server.answers["/data"] = html("well")
    with pytest.raises(UnreachableError), client.run():
        answer = client.get(ADDRESS)
        (tmp_path / "raw" / answer.sha256).write_bytes(b"bad")
        raise UnreachableError("stopped")
    with client.run():
        assert client.get(ADDRESS).content == b"well"
    assert len(server.asked) == 2


def test_a_base_can_stand_in_the_environment(server, monkeypatch, tmp_path):
    monkeypatch.setenv("SILKTRADE_GACC_URL", f"{server.url}/mirror/")
    server.answers["/mirror/statics"] = html("well")
    made = Client("gacc", folder=tmp_path, wait=lambda _: None)
    found = made.get("http://english.customs.gov.cn/statics/report/monthly.html")
    assert found.content == b"well"
