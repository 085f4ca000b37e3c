"""Runs inside the peers' own environment: ``python peer_run.py articles.json seconds``; prints a JSON object of rates.

jionlp (places and times), cpca (places), jieba.posseg (words with tags), on the same texts as our own extraction.
"""

from __future__ import annotations

import contextlib
import io
import json
import pathlib
import sys
import time


def rate(call, texts, seconds):
    """Articles a second, measured for at least one article and about `seconds`; and how many were tried."""
    call(texts[0])
    began = time.process_time()
    number = 0
    for text in texts:
        call(text)
        number += 1
        if time.process_time() - began > seconds:
            break
    return {"rate": number / max(1e-9, time.process_time() - began), "articles": number}


def main():
    texts = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    seconds, found = float(sys.argv[2]), {}
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            import jionlp

            def times(text):
                return jionlp.ner.extract_time(text, time_base={"year": 2023, "month": 6, "day": 1})

            def places(text):
                return [jionlp.parse_location(line, town_village=True) for line in text.split("\n")]

            found["jionlp times"] = rate(times, texts, seconds)
            found["jionlp places"] = rate(places, texts, seconds)
            found["jionlp places and times"] = rate(lambda t: (times(t), places(t)), texts, seconds)
        except Exception as error:  # noqa: BLE001 - a peer that fails is a result
            found["jionlp"] = {"error": f"{type(error).__name__}: {error}"[:200]}
        try:
            import cpca

            found["cpca places"] = rate(lambda t: cpca.transform(t.split("\n")), texts, seconds)
        except Exception as error:  # noqa: BLE001 - a peer that fails is a result
            found["cpca"] = {"error": f"{type(error).__name__}: {error}"[:200]}
        try:
            import jieba
            import jieba.posseg

            jieba.setLogLevel(60)
            found["jieba.cut"] = rate(lambda t: list(jieba.cut(t)), texts, seconds)
            found["jieba.posseg"] = rate(lambda t: list(jieba.posseg.cut(t)), texts, seconds)
        except Exception as error:  # noqa: BLE001 - a peer that fails is a result
            found["jieba"] = {"error": f"{type(error).__name__}: {error}"[:200]}
    print(json.dumps(found))


main()
