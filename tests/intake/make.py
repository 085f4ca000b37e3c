"""Makes the small files of this folder: one article, and pages of several, in every form that newspapers arrive in.

``python tests/intake/make.py`` writes them to tests/intake/files/. They are committed, so that tests need neither fonts
nor reportlab. The newspaper, what is reported and all numbers are invented.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FILES = HERE / "files"
PAPER, DAY = "平城示例日报", dt.date(2023, 3, 6)
KICKER = "筑牢春季防火墙"
TITLE = "水泊寺街道开展消防安全大排查"
BODY = (
    "本报讯（记者 王晓明 通讯员 李静）3月4日，平城区水泊寺街道组织网格员和消防志愿者，对辖区沿街商铺、仓库和老旧小区开展消防安全大排查。",
    "当天共检查商户126家，发现火灾隐患38处，当场整改31处，发放宣传单1500余份。对暂时不能整改的7处隐患，街道下发限期整改通知书，明确责任人和整改时限。",
    "街道有关负责人表示，下一步将建立隐患台账，实行销号管理，坚决守住消防安全底线。",
)
OTHER_TITLE = "北关街道清理楼道杂物"
OTHER_BODY = (
    "本报讯（记者 赵强）3月5日，北关街道组织社区干部清理楼道杂物，共清运垃圾12车，劝导居民46户。",
    "社区工作者逐栋上门，向居民讲解楼道堆物的危害，得到大家理解和支持，不少居民主动动手清理自家门前的杂物。",
)
THIRD_TITLE = "新荣区举办植树活动"
THIRD_BODY = (
    "本报讯 3月5日，新荣区组织干部职工义务植树，栽植油松800株，绿化面积20亩。活动现场，大家挥锹铲土、扶苗培土，干劲十足。",
)
TRADITIONAL = "示例街道開展消防檢查\n本報訊 三月四日，街道組織網格員檢查商戶一百二十六家，發現隱患三十八處，當場整改三十一處，發放宣傳單一千五百份。\n"


def article() -> str:
    """The article as plain text: kicker, headline, body."""
    return "\n".join((KICKER, TITLE, *BODY)) + "\n"


def masthead_line() -> str:
    return f"{PAPER} {DAY.year}年{DAY.month}月{DAY.day}日 星期一 第2版\n"


def paragraphs(tag: str = "p") -> str:
    return "".join(f"<{tag}>　　{line}</{tag}>" for line in BODY)


def text_files() -> dict[str, bytes]:
    whole = masthead_line() + article()
    return {
        "article-utf8.txt": whole.encode(),
        "article-bom.txt": whole.encode("utf-8-sig"),
        "article-gbk.txt": whole.replace("\n", "\r\n").encode("gbk"),
        "article-utf16.txt": whole.encode("utf-16"),
        "article-utf16-nobom.txt": whole.encode("utf-16-le"),
        "article-big5.txt": TRADITIONAL.encode("big5"),
        "two-pages.txt": (article() + "\f" + "\n".join((OTHER_TITLE, *OTHER_BODY))).encode(),
        "article.md": f"# {TITLE}\n\n**{KICKER}**\n\n".encode()
        + "\n\n".join(BODY).encode()
        + "\n\n- 一项\n- 二项\n".encode(),
        "front-matter.md": f"---\ntitle: {TITLE}\ndate: {DAY}\nnewspaper: {PAPER}\n---\n\n".encode()
        + "\n\n".join(BODY).encode(),
        "damaged.txt": whole.encode()[:-5],
        "personal.txt": "举报电话13812345678，联系人身份证140202198001011234。\n示例街道投入13800000000元，热线12345、0352-7654321。\n".encode(),
        "mojibake-gbk.txt": whole.encode().decode("gbk", "ignore").encode(),
        "mojibake-latin1.txt": whole.encode("gbk").decode("latin-1").encode(),
        "mojibake-lost.txt": whole.encode("gbk").decode("utf-8", "replace").encode(),
        "junk.txt": bytes((i * 7919 + i * i * 31) % 256 for i in range(4096)),
        "empty.txt": b"",
        "blank.txt": b" \n\n\t\n",
    }


def html_files() -> dict[str, bytes]:
    properties = (
        f"<articleid>101</articleid><date>{DAY} 08:00:00.0</date><author>王晓明 李静</author><title>{TITLE}</title>"
        f"<keyword></keyword><subtitle></subtitle><introtitle>{KICKER}</introtitle><nodeid>2</nodeid><nodename>第02版：要闻</nodename>"
    )
    head = f"<title>{PAPER}数字报-{TITLE}</title>"
    old = (
        f"<HTML><HEAD><META http-equiv=Content-Type content='text/html; charset=gb2312'>{head}</HEAD><BODY><!--enpproperty {properties}/enpproperty-->"
        f"<TABLE width=100%><TR><TD class=default><STRONG>第02版：要闻</STRONG></TD></TR><TR><TD><A href=node_1.htm>上一版</A></TD></TR>"
        f"<TR><TD><founder-content><!--<npm:article-content>--><P>　　{BODY[0]}</P><P>　　{BODY[1]}</P><!--</npm:article-content>-->"
        f"<P>　　{BODY[2]}</founder-content></TD></TR></TABLE><SCRIPT>var a='脚本不是正文';</SCRIPT></BODY></HTML>"
    )
    plain_close = (
        f"<html><head><meta charset=utf-8>{head}</head><body><!--enpproperty {properties} -->"
        f"<div id=nav>首页 上一篇 下一篇</div><!--enpcontent-->{paragraphs()}<!--/enpcontent--><div>版权所有 不得转载</div></body></html>"
    )
    tags = (
        f"<html><head><meta charset=utf-8>{head}</head><body><founder-title>{TITLE}</founder-title><founder-author>记者 王晓明 通讯员 李静</founder-author>"
        f"<founder-date>{DAY}</founder-date><founder-content>{paragraphs('div')}</founder-content></body></html>"
    )
    new = (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{TITLE}-{PAPER}</title></head><body><div class=header><p class=date>{DAY.year}年03月06日</p>"
        f"<span id=currentBM>第A02版：要闻</span></div><p id=PreTitle>{KICKER}</p><h2 id=Title>{TITLE}</h2><p id=SubTitle>现场检查126家商户</p>"
        f"<div id=ozoom><founder-content></founder-content>{paragraphs()}</div><div class=footer>版权所有</div></body></html>"
    )
    trs = (
        f"<html><head><meta charset=gb2312><meta name=ArticleTitle content='{TITLE}'><meta name=PubDate content='{DAY} 09:30'>"
        f"<meta name=ContentSource content={PAPER}><meta name=Author content=王晓明><title>{TITLE}_某区政府</title></head><body><ul><li><a href=/>首页</a></ul>"
        f"<h1>{TITLE}</h1><div class=TRS_Editor><style>p{{margin:0}}</style>{paragraphs()}</div><p>扫一扫在手机打开当前页</p></body></html>"
    )
    filler = "".join(f"<li><a href='/n/{i}.html'>导航栏目{i}</a></li>" for i in range(12))
    general = (
        f"<!DOCTYPE html><html lang=zh><head><meta charset=utf-8><title>{TITLE} - 某新闻网</title><meta property='og:title' content='{TITLE}'>"
        f"<meta property='article:published_time' content='{DAY}T10:00:00+08:00'></head><body><header><nav><ul>{filler}</ul></nav></header>"
        f"<main><article><h1>{TITLE}</h1><div class=info>2023-03-06 10:00 来源：{PAPER}</div>{paragraphs()}</article></main>"
        f"<aside><ul>{filler}</ul></aside><footer>京ICP备00000000号</footer></body></html>"
    )
    node = (
        "<html><body>"
        + "".join(f"<a id=pageLink href=node_{i}.htm>第{i}版</a><area href=content_{i}.htm>" for i in range(1, 6))
        + "</body></html>"
    )
    return {
        "founder-old.htm": old.encode("gbk"),
        "founder-plain-close.html": plain_close.encode(),
        "founder-tags.html": tags.encode(),
        "founder-new.html": new.encode(),
        "trs.shtml": trs.encode("gbk"),
        "general.html": general.encode(),
        "page-list.htm": node.encode(),
        "redirect.htm": b"<html><head><meta http-equiv=refresh content='0;url=node_2.htm'></head></html>",
        "shell.html": b"<html><head><title>app</title></head><body><div id=app></div><script src=a.js></script></body></html>",
        "html-named.txt": plain_close.encode(),
    }


def table_files() -> dict[str, bytes]:
    rows = [
        (TITLE, "".join(BODY), DAY.isoformat(), PAPER, "2", "王晓明、李静"),
        (OTHER_TITLE, "".join(OTHER_BODY), "2023/3/6", PAPER, "3", "赵强"),
    ]
    header = "标题,正文,日期,报纸,版次,作者"
    good = [",".join(f'"{cell}"' for cell in row) for row in rows]
    csv = "\r\n".join((header, good[0], f'断掉的,"引号没有关上,2023-03-06,{PAPER},4,无名', good[1])) + "\r\n"
    lines = [
        json.dumps(
            {
                "id": f"a{i}",
                "title": r[0],
                "text": r[1],
                "published_on": DAY.isoformat(),
                "newspaper": r[3],
                "page": r[4],
            },
            ensure_ascii=False,
        )
        for i, r in enumerate(rows, 1)
    ]
    return {
        "articles.csv": csv.encode("gbk"),
        "no-text-column.csv": "甲,乙\n1,2\n".encode(),
        "articles.jsonl": "\n".join(
            (lines[0], '{"id": "broken", "text": "没有结', '{"id": "empty", "text": ""}', "[1]", lines[1])
        ).encode(),
        "articles.json": f"[{lines[0]},{lines[1]}]".encode(),
        "articles.xlsx": workbook(rows),
    }


def workbook(rows: list[tuple[str, ...]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "三月"
    sheet.append(["平城示例日报三月剪报"])
    sheet.append(["编号", "标题", "正文", "日期", "报纸", "版次"])
    for i, row in enumerate(rows, 1):
        sheet.append([i, row[0], row[1], dt.datetime(2023, 3, 6), row[3], float(row[4])])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def document() -> bytes:
    import docx

    doc = docx.Document()
    for line in (masthead_line().strip(), KICKER, TITLE, *BODY):
        doc.add_paragraph(line)
    table = doc.add_table(2, 2)
    for i, cell in enumerate(("项目", "数量", "隐患", "38处")):
        table.cell(i // 2, i % 2).text = cell
    out = io.BytesIO()
    doc.save(out)
    return out.getvalue()


# --- pages set in columns: the same layout drawn as PDF and as a scan ---------------------------------------------


def laid_out(width: int, unit: float) -> list[tuple[float, float, float, str]]:
    """(x, y, size, text) of a page: masthead; an article with its headline over two columns; one in the third column; one
    below over all three. y grows downward; `unit` is the size of body type."""
    column, gap = (width - 8 * unit) / 3 - 2 * unit, 2.6 * unit
    left = [4 * unit + i * (column + gap) for i in range(3)]
    chars = int(column / unit)
    out = [(4 * unit, 3 * unit, unit * 1.2, masthead_line().strip())]
    out += [(left[0] + 4 * unit, 6 * unit, unit * 1.5, KICKER), (left[0], 8.6 * unit, unit * 2.4, TITLE)]
    out += [(left[2], 7 * unit, unit * 1.7, OTHER_TITLE)]
    lines = wrapped(BODY, chars)
    half = (len(lines) + 1) // 2
    for i, line in enumerate(lines):
        out.append((left[i // half], (13 + (i % half) * 1.5) * unit, unit, line))
    for i, line in enumerate(wrapped(OTHER_BODY, chars)):
        out.append((left[2], (10.5 + i * 1.5) * unit, unit, line))
    bottom = 17 + max(half, len(wrapped(OTHER_BODY, chars))) * 1.5
    out.append((left[0], bottom * unit, unit * 2, THIRD_TITLE))
    third = wrapped(THIRD_BODY, chars)
    part = -(-len(third) // 3)
    for i, line in enumerate(third):
        out.append((left[i // part], (bottom + 4 + (i % part) * 1.5) * unit, unit, line))
    return out


def wrapped(body: tuple[str, ...], chars: int) -> list[str]:
    lines: list[str] = []
    for paragraph in body:
        text = "　　" + paragraph
        lines += [text[i : i + chars] for i in range(0, len(text), chars)]
    return lines


def text_pdf(password: str | None = None) -> bytes:
    from reportlab.lib import pdfencrypt
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    lock: Any = pdfencrypt.StandardEncryption(password, ownerPassword="owner") if password else None
    page = canvas.Canvas(out, pagesize=(700, 560), encrypt=lock, invariant=True)
    for x, y, size, text in laid_out(700, 11):
        page.setFont("STSong-Light", size)
        page.drawString(x, 560 - y - size, text)
    page.showPage()
    page.save()
    return out.getvalue()


def scan(font: str) -> Any:
    """The same page as an image at about 170 dpi, with paper's grey, slight noise and blur."""
    import random

    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    rng = random.Random(4)
    image = Image.new("L", (1520, 1200), 236)
    draw = ImageDraw.Draw(image)
    for x, y, size, text in laid_out(1520, 24):
        draw.text((x, y), text, fill=30, font=ImageFont.truetype(font, int(size), index=2))
    for _ in range(1200):
        image.putpixel((rng.randrange(1520), rng.randrange(1200)), rng.randrange(90, 200))
    return image.filter(ImageFilter.GaussianBlur(0.6))


def scan_files(font: str) -> dict[str, bytes]:
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen import canvas

    image = scan(font)
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=32)
    pdf = io.BytesIO()
    page = canvas.Canvas(pdf, pagesize=(684, 540), invariant=True)
    page.drawImage(ImageReader(io.BytesIO(jpeg.getvalue())), 0, 0, 684, 540)
    page.showPage()
    page.showPage()
    page.save()
    logo = io.BytesIO()
    Image.new("RGB", (120, 40), "red").save(logo, "PNG")
    return {
        "scan.jpg": jpeg.getvalue(),
        "scan.pdf": pdf.getvalue(),
        "logo.png": logo.getvalue(),
        "cut.jpg": jpeg.getvalue()[:9000],
    }


# --- archives and what cannot be read -----------------------------------------------------------------------------


def zip_of(members: dict[str, bytes], gbk_names: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            info = zipfile.ZipInfo(name.encode("gbk").decode("cp437") if gbk_names else name, (2023, 3, 6, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, body)
    data = out.getvalue()
    return _without_utf8_flag(data) if gbk_names else data


def _without_utf8_flag(data: bytes) -> bytes:
    """As Windows writes it: names in GBK, and no flag that says how. cp437 text has non-ASCII, so Python set the flag and UTF-8."""
    out = bytearray()
    source = zipfile.ZipFile(io.BytesIO(data))
    central = bytearray()
    for info in source.infolist():
        name, body = info.filename.encode("cp437"), source.read(info)
        fields = (20, 0, 0, 0, 0x5666, info.CRC, len(body), len(body), len(name), 0)
        start = len(out)
        import struct

        out += b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", *fields) + name + body
        central += b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, *fields, 0, 0, 0, 0, start) + name
    count = len(source.infolist())
    return bytes(out + central) + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(central), len(out), 0)


def archive_files(made: dict[str, bytes]) -> dict[str, bytes]:
    inner = zip_of({"article.txt": made["article-gbk.txt"]})
    deep = zip_of({"deep.zip": zip_of({"deeper.zip": inner})})
    broken = bytearray(zip_of({"a.txt": made["article-utf8.txt"] * 3, "b.txt": made["article-gbk.txt"]}))
    broken[60:90] = b"\xff" * 30
    return {
        "bundle.zip": zip_of(
            {
                "2023-03-06/A02.html": made["founder-new.html"],
                "clippings.xlsx": made["articles.xlsx"],
                "inner.zip": inner,
                "../outside.txt": b"x",
                "__MACOSX/._a": b"x",
                "empty.txt": b"",
            }
        ),
        "gbk-names.zip": zip_of({"三月六日/第二版.txt": made["article-gbk.txt"]}, gbk_names=True),
        "bomb.zip": zip_of({"zeros.txt": b"0" * 30_000_000, "good.txt": made["article-utf8.txt"]}),
        "too-deep.zip": deep,
        "one-broken-member.zip": bytes(broken),
        "cut.zip": zip_of({"a.txt": made["article-utf8.txt"] * 20})[:150],
        "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "packed.rar": b"Rar!\x1a\x07\x01\x00" + b"\0" * 60,
        "cut.pdf": made["columns.pdf"][:400],
        "cut.docx": made["article.docx"][:3000],
        "pdf-named.txt": made["columns.pdf"],
        "text-named.pdf": made["article-utf8.txt"],
        "~$lock.docx": b"\x05lock",
    }


def make(font: str | None) -> dict[str, bytes]:
    """All files by name; without a font, no scans."""
    made = text_files() | html_files() | table_files()
    made |= {"article.docx": document(), "columns.pdf": text_pdf(), "encrypted.pdf": text_pdf("secret")}
    made |= scan_files(font) if font else {}
    return made | archive_files(made)


def cjk_font() -> str | None:
    """A Chinese font of this machine, or None."""
    folders = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts"))
    found = (p for folder in folders if folder.is_dir() for p in sorted(folder.rglob("NotoSerifCJK-Regular.ttc")))
    return next((str(p) for p in found), None)


if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    for name, body in make(cjk_font()).items():
        (FILES / name).write_bytes(body)
    print(sum(p.stat().st_size for p in FILES.iterdir()), "bytes in", len(list(FILES.iterdir())), "files")
