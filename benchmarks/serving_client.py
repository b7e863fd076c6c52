"""`python serving_client.py PORT BODIES [rude]`: steady requests until a line comes in.

Eight polite clients, each on one connection. With `rude` others disconnect in the middle, send
slowly, send nothing, or send what is malformed. Prints how many polite requests were answered, how
many failed, and how the rude ones were answered, as JSON.
"""

import asyncio
import json
import random
import sys
from collections import Counter
from pathlib import Path

POLITE, RUDE = 8, 8
MALFORMED = [
    b"{", b"[]", b'{"text": 1}', b'{"texts": []}', b"\xff\xfe", b'{"text": "a"' + b" " * 100,
    b"[" * 20_000, b'{"text": "\\ud800"}',
]  # fmt: skip


async def main(port: int, bodies: list[bytes], is_rude: bool) -> None:
    """Until standard input has a line."""
    counted: Counter[str] = Counter()
    polite = [asyncio.create_task(ask(port, bodies, counted, n)) for n in range(POLITE)]
    rude = [asyncio.create_task(annoy(port, bodies, counted, n)) for n in range(RUDE * is_rude)]
    await asyncio.to_thread(sys.stdin.readline)
    for task in (*polite, *rude):
        task.cancel()
    await asyncio.gather(*polite, *rude, return_exceptions=True)
    print(json.dumps(dict(sorted(counted.items()))))


async def ask(port: int, bodies: list[bytes], counted: Counter[str], seed: int) -> None:
    """One request after the other, with pauses that leave the server a part of the cores."""
    choose = random.Random(seed)  # noqa: S311
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for _ in range(200):
                body = choose.choice(bodies)
                writer.write(head(len(body)) + body)
                await writer.drain()
                status = await read_answer(reader)
                counted["answered" if status == 200 else f"failed_{status}"] += 1
                await asyncio.sleep(choose.random() * 0.1)
            writer.close()
        except (OSError, asyncio.IncompleteReadError, ValueError):
            counted["failed_connection"] += 1


async def annoy(port: int, bodies: list[bytes], counted: Counter[str], seed: int) -> None:
    """Clients as nobody wants them."""
    choose = random.Random(seed)  # noqa: S311
    while True:
        await asyncio.sleep(choose.random() * 0.5)
        kind = choose.choice(("disconnect", "slow", "silent", "malformed"))
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            body = choose.choice(MALFORMED if kind == "malformed" else bodies)
            if kind == "malformed":
                writer.write(head(len(body)) + body)
                counted[f"malformed_{await asyncio.wait_for(read_answer(reader), 30)}"] += 1
            elif kind == "disconnect":
                writer.write(head(len(body)) + body[: choose.randrange(len(body))])
                await writer.drain()
                counted["disconnects"] += 1
            elif kind == "slow":
                for start in range(min(len(body), 40)):
                    writer.write(head(len(body)) if start == 0 else body[start - 1 : start])
                    await writer.drain()
                    await asyncio.sleep(0.2)
                counted["slow"] += 1
            else:
                await asyncio.sleep(choose.random() * 10)
                counted["silent"] += 1
            writer.close()
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
            counted[f"cut_off_{kind}"] += 1


def head(length: int) -> bytes:
    """Of a request with a JSON body of so many bytes."""
    return (
        "POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


async def read_answer(reader: asyncio.StreamReader) -> int:
    """The status of an answer, which is read to its end."""
    header = await reader.readuntil(b"\r\n\r\n")
    lines = header.decode("latin-1").lower().split("\r\n")
    length = next(int(line[15:]) for line in lines if line.startswith("content-length:"))
    await reader.readexactly(length)
    return int(lines[0].split()[1])


if __name__ == "__main__":
    asyncio.run(
        main(int(sys.argv[1]), Path(sys.argv[2]).read_bytes().splitlines(), len(sys.argv) > 3)
    )
