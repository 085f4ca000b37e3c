"""One file → pages, in this process: which reader reads which kind. Bounds on time and memory are set by `isolate`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from etl.models import Issue, Page
from etl.read.pdf import read_pdf
from etl.read.scan import read_image
from etl.read.sheet import read_xlsx
from etl.read.source import Source, TooLargeError
from etl.read.web import read_html
from etl.read.word import read_docx

RISKY: Mapping[str, Callable[[Source], Iterator[Page | Issue]]] = {
    "pdf": read_pdf,
    "image": read_image,
    "docx": read_docx,
    "xlsx": read_xlsx,
    "html": read_html,
}


def read_risky(kind: str, source: Source) -> Iterator[Page | Issue]:
    """Pages of a kind whose parser is C code or can be made slow; a fault inside becomes an issue."""
    try:
        yield from RISKY[kind](source)
    except TooLargeError as error:
        yield source.issue("too-large", f"文件过大（{error}），未读取。请拆分后放入。")
    except MemoryError:
        yield source.issue("out-of-memory", "读取所需内存超过上限，余下部分未读取。请拆分后放入。")
    except OSError as error:
        yield source.issue("unreadable-file", f"无法读取（{error.strerror or error}）。请检查文件与权限。")
    except Exception as error:  # noqa: BLE001 - the boundary at which a parser's fault on hostile input becomes an issue
        message = f"解析时出错，余下部分未读取（{type(error).__name__}: {str(error)[:100]}）。请重新取得或另存该文件。"
        yield source.issue("unreadable-file", message)
