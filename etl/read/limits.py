"""Bounds on what one file may cost. Each is far above what a newspaper delivers; what exceeds one becomes an issue."""

from __future__ import annotations

MB = 1 << 20

MAX_FILE_BYTES = 512 * MB  # a bound newspaper volume as PDF is 50-300 MB
MAX_TEXT_BYTES = (
    32 * MB
)  # one text, HTML or JSON document; CSV and JSON lines are read line by line and have no such limit
MAX_LINE_BYTES = 4 * MB  # one JSON line
MAX_RECORD_CHARS = 131_072  # one CSV record: csv.field_size_limit()'s default
MAX_RECORD_LINES = 500  # lines that one quoted CSV record may run over

MAX_PDF_PAGES = 400
MAX_PAGE_CHARS = 200_000  # a broadsheet page of small print holds about 20,000 characters
MAX_PIXELS = 120_000_000  # A2 at 400 dpi is 62 million
SMALL_PICTURE = 500  # pixels of the short side; less than this is a logo or a web photo, not a scanned page

MAX_ZIP_MEMBERS = 20_000
MAX_ZIP_TOTAL = 2_048 * MB  # uncompressed, all members together
MAX_ZIP_MEMBER = 256 * MB
MAX_ZIP_RATIO = 200  # uncompressed / compressed; text reaches 20, a bomb 1,000 and more
MAX_ZIP_DEPTH = 2  # an archive in an archive, not deeper

WORKER_MEMORY = 6_144 * MB  # address space of the worker process; OCR of a broadsheet takes about 2 GB of it
WORKER_SILENCE = 120.0  # seconds without a page after which a file is given up
WORKER_SILENCE_OCR = 600.0  # the same for scans: one page takes 5-60 s
WORKER_FILES = 500  # files after which the worker is replaced, so that leaks of C libraries stay bounded
