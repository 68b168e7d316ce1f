"""
Ask a provider over HTTP: politely, more than once where that helps, and without telling any key.

Keys come from the environment alone. They are sent, and stand nowhere else: not in an address that
is kept, not in an error, not in a log. Every answer is kept as it came, under its hash, so that a
better reader needs no second asking, and a run that was stopped goes on where it was.
"""

import contextlib
import functools
import gzip
import hashlib
import json
import logging
import os
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import tenacity

from silktrade import __version__, cache

HOSTS: dict[str, tuple[str, ...]] = {
    "gacc": ("http://english.customs.gov.cn",),
    "comtrade": ("https://comtradeapi.un.org",),
    "imf": ("https://api.imf.org",),
    "worldbank": (
        "https://api.worldbank.org", "https://www.worldbank.org", "https://thedocs.worldbank.org",
    ),
    "fx": (
        "https://stats.bis.org", "https://api.stlouisfed.org", "https://fred.stlouisfed.org",
    ),
}  # fmt: skip
AGENT = f"silktrade/{__version__} (research notebooks on trade)"
KEYS = {"comtrade": "COMTRADE_API_KEY", "fx": "FRED_API_KEY"}
AGAIN = (429, 502, 503, 504)  # what passes by itself; every other refusal is meant
TRIES = 5
LONGEST_WAIT = 120  # seconds that a provider may ask us to wait; beyond, the run says so and ends
RESUMED = timedelta(hours=12)  # a stopped run older than that starts afresh
PAUSE = 1.1  # seconds between two calls; the customs' pages are static and need no more care


class UnreachableError(RuntimeError):
    """A provider could not be asked, or did not answer the question: nothing was learned."""


@dataclass(frozen=True)
class Answer:
    """What came back: bytes, since no provider says its encoding reliably."""

    content: bytes
    address: str  # what was asked, without a key
    status: int
    fetched: str  # the instant, ISO 8601 in UTC
    kind: str = ""  # the content type as the provider names it

    @property
    def sha256(self) -> str:
        """The hash of the content."""
        return hashlib.sha256(self.content).hexdigest()


class Client:
    """Asks one provider."""

    def __init__(
        self,
        provider: str,  # one of `HOSTS`
        # What to ask instead of its own host; else the variable `SILKTRADE_<PROVIDER>_URL` says.
        base: str | None = None,
        folder: Path | None = None,  # where answers are kept; `raw/` in the cache by default
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.provider = provider
        self.base = (base or os.environ.get(f"SILKTRADE_{provider.upper()}_URL") or "").rstrip("/")
        self.key = os.environ.get(KEYS.get(provider, ""), "").strip() or None
        self.folder = folder or cache.folder() / "raw"
        self.asked: list[Answer] = []
        self._wait = wait
        self._since: datetime | None = None
        # At INFO it logs whole addresses, at DEBUG headers: either may hold a key.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._http = httpx.Client(
            verify=_trusted(),
            timeout=httpx.Timeout(60, connect=10),
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
        )

    def get(
        self,
        address: str,
        params: Mapping[str, str | int] | None = None,
        *,
        secret: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask once, or up to five times where the refusal passes by itself."""
        url = self._placed(httpx.URL(address, params=params) if params else httpx.URL(address))
        known = self._resumed(str(url))
        answer = known or self._ask(url, secret or {}, headers or {})
        if known is None:
            self._keep(answer)
            if url.host not in ("127.0.0.1", "localhost", "::1"):  # a server of our own
                self._wait(PAUSE)
        self.asked.append(answer)
        return answer

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    @contextlib.contextmanager
    def run(self) -> Iterator[None]:
        """
        Hold a run together: what was fetched before it was cut off need not be fetched again.

        A run that ends well, or whose answers were refused, leaves nothing to resume.
        """
        mark = self.folder / f"{self.provider}.run"
        self._since = _now()
        with contextlib.suppress(OSError, ValueError):
            started = datetime.fromisoformat(mark.read_text())
            self._since = started if self._since - started < RESUMED else self._since
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(self._since.isoformat())
        try:
            yield
        except (UnreachableError, KeyboardInterrupt):
            raise
        except BaseException:
            mark.unlink(missing_ok=True)
            raise
        mark.unlink(missing_ok=True)

    def _placed(self, url: httpx.URL) -> httpx.URL:
        """Move an address of the provider to the base that was given for it."""
        if not self.base:
            return url
        base = httpx.URL(self.base)
        path = base.raw_path.rstrip(b"/") + url.raw_path
        return url.copy_with(scheme=base.scheme, host=base.host, port=base.port, raw_path=path)

    def _ask(self, url: httpx.URL, secret: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Send the question until it is answered, refused for good, or asked often enough."""
        asking = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_PassingError),
            stop=tenacity.stop_after_attempt(TRIES),
            wait=_waiting,
            sleep=self._wait,
            reraise=True,
        )
        try:
            return asking(self._send, url, secret, headers)
        except _PassingError as passing:
            text = f"{passing} ({TRIES} tries)"
        # Outside the handler, so that nothing of the request is chained.
        raise UnreachableError(text)

    def _send(
        self, url: httpx.URL, secret: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Send the question once, and follow where the same host points."""
        target, failure = url, "it points in a circle"
        for _ in range(5):
            try:
                full = target.copy_merge_params(dict(secret)) if secret else target
                with self._http.stream("GET", full, headers=dict(headers)) as got:
                    raw = b"".join(got.iter_raw())
                if not got.has_redirect_location:
                    _judge_status(got, url)
                    kind, now = got.headers.get("content-type", ""), _now().isoformat()
                    return Answer(_unpacked(raw, got, url), _said(url), 200, now, kind)
                target = target.join(got.headers["location"])
            except (httpx.TimeoutException, httpx.ReadError, httpx.RemoteProtocolError) as error:
                raise _PassingError(f"{_said(url)}: {type(error).__name__}") from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                hint = ": is the network there?" if isinstance(error, httpx.ConnectError) else ""
                failure = f"{type(error).__name__}{hint}"
                break
            if leads_away(url, target):
                failure = f"it points to another host, {target.scheme}://{target.host}"
                break
        raise UnreachableError(f"{_said(url)}: {failure}")

    def _keep(self, answer: Answer) -> None:
        """Keep an answer under its hash, and note what it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        told = asdict(answer) | {"content": answer.sha256}
        for name, content in (
            (answer.sha256, answer.content),
            (f"{_digest(answer.address)}.json", json.dumps(told).encode()),
        ):
            draft = self.folder / f".{name}.{os.getpid()}.tmp"
            draft.write_bytes(content)
            draft.replace(self.folder / name)

    def _resumed(self, address: str) -> Answer | None:
        """Find the answer that a stopped run has already, if this one goes on from there."""
        if self._since is None:
            return None
        with contextlib.suppress(OSError, ValueError, KeyError):
            told = json.loads((self.folder / f"{_digest(address)}.json").read_text())
            content = (self.folder / told["content"]).read_bytes()
            answer = Answer(**told | {"content": content})
            young = datetime.fromisoformat(answer.fetched) >= self._since
            return answer if young and answer.sha256 == told["content"] else None
        return None


class _PassingError(Exception):
    """A refusal that may pass: a limit, a time-out, a reset."""

    def __init__(self, text: str, after: float | None = None) -> None:
        super().__init__(text)
        self.after = after


def _judge_status(got: httpx.Response, url: httpx.URL) -> None:
    """Let status 200 pass, and say of any other what it means."""
    if got.status_code == 200:
        return
    text = f"{_said(url)}: status {got.status_code}"
    after = _seconds(got.headers.get("retry-after"))
    if got.status_code == 412:
        raise UnreachableError(
            f"{text}: the Chinese site refuses programs: download the file in a browser, "
            "then `silktrade refresh gacc --file FILE`"
        )
    if got.status_code == 403 and after is not None:
        raise UnreachableError(f"{text}: the quota is used up, ask again in {after:.0f} s")
    if got.status_code == 401:
        raise UnreachableError(f"{text}: the key was refused, or one is needed")
    if got.status_code not in AGAIN:
        raise UnreachableError(f"{text}: not asked again, since that status is meant")
    if after is not None and after > LONGEST_WAIT:
        raise UnreachableError(f"{text}: it asks to wait {after:.0f} s: run again later")
    raise _PassingError(text, after)


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Read once whom all clients trust: a hundred authorities take longer than a question."""
    return httpx.create_ssl_context()


def leads_away(url: httpx.URL, target: httpx.URL) -> bool:
    """Tell whether a redirect would take a key to another host, or send it in the clear."""
    return target.host != url.host or (url.scheme, target.scheme) == ("https", "http")


def _unpacked(raw: bytes, got: httpx.Response, url: httpx.URL) -> bytes:
    """Unpack a body; httpx would take one that was cut off for a shorter one."""
    packing = got.headers.get("content-encoding", "identity").strip().lower()
    if packing == "identity":
        return raw
    try:
        return gzip.decompress(raw)
    except (EOFError, OSError, zlib.error):
        raise _PassingError(f"{_said(url)}: its {packing} is broken or cut off") from None


def _waiting(state: tenacity.RetryCallState) -> float:
    """Wait as long as the provider asks, else twice as long each time, with some chance in it."""
    failed = state.outcome.exception() if state.outcome else None
    after = getattr(failed, "after", None)
    return after if after is not None else tenacity.wait_random_exponential(1, 30)(state)


def _seconds(text: str | None) -> float | None:
    """Read Retry-After, which is a number of seconds or a date."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        then = datetime.strptime(text.strip(), "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        return None
    return max((then - _now()).total_seconds(), 0.0)


def _said(url: httpx.URL) -> str:
    """Write an address as it may be kept: whatever looks like a key is left out."""
    named = [n for n in url.params if "key" in n.lower() or "token" in n.lower()]
    for name in named:
        url = url.copy_remove_param(name)
    return str(url)


def _digest(text: str) -> str:
    """Hash a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _now() -> datetime:
    """Give the instant; the one clock of this module."""
    return datetime.now(UTC)
