import base64
import time
from datetime import UTC, datetime

import pytest

from rnnops.ingest.mail import parse_mail


def mail(body=b"", subject=b"Hello", **headers):
    """A message; header names are written with underscores."""
    lines = [b"Subject: " + subject]
    lines += [name.replace("_", "-").encode() + b": " + value for name, value in headers.items()]
    return b"\n".join([*lines, b"", body])


def multipart(kind, *parts, boundary=b"cut"):
    pieces = b"".join(b"--" + boundary + b"\n" + part + b"\n" for part in parts)
    header = b"multipart/" + kind + b'; boundary="' + boundary + b'"'
    return mail(pieces + b"--" + boundary + b"--\n", Content_Type=header)


def part(body, kind=b"text/plain", **headers):
    lines = [b"Content-Type: " + kind]
    lines += [name.replace("_", "-").encode() + b": " + value for name, value in headers.items()]
    return b"\n".join([*lines, b"", body])


def body_of(raw):
    return parse_mail(raw).text.removeprefix("Hello").strip()


def shown_of(raw):
    """The body without the evidence that stands behind the text of an HTML page."""
    return body_of(raw).partition("\n[[html]]")[0]


def test_the_text_is_the_subject_a_blank_line_and_the_body_and_no_other_header():
    raw = (
        b"From spammer@example.org  Thu Aug 22 12:36:23 2002\nReceived: from secret.example.org\n"
        + mail(
            b"first line\r\nsecond line\n",
            From=b"Some One <one@example.org>",
            X_Mailing_List=b"list",
        )
    )
    assert parse_mail(raw).text == "Hello\n\nfirst line\nsecond line"


def test_without_a_subject_or_a_body_the_other_is_the_text():
    assert parse_mail(b"From: a@example.org\n\nonly a body\n").text == "only a body"
    assert parse_mail(b"Subject: only a subject\n\n").text == "only a subject"
    assert parse_mail(b"Subject: no end of headers").text == "no end of headers"


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\0", b"From \n", b"Subject:\n\n", b"\xff\xfe", b":\n:\n\n"]
)
def test_next_to_nothing_is_no_error(raw):
    assert parse_mail(raw).received_at is None


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (b"=?utf-8?B?Q2Fmw6k=?= today", "Café today"),
        (b"=?iso-8859-1?q?Caf=E9_today?=", "Café today"),
        (b"=?utf-8?B?Q2Fmww==?= =?utf-8?B?qQ==?=", "Café"),  # a character cut between two words
        (b"=?utf-8?B?Q2Fmw6?=", "CafÃ"),  # cut off: as far as it goes
        (b"=?utf-8?B?Q2Fmw6k?=", "Café"),  # padding missing
        (b"=?no-such-charset?B?Q2Fmw6k=?=", "Café"),
        (b"=?utf-8?X?oops?= stays", "=?utf-8?X?oops?= stays"),
        (b"=?utf-8?q?a?= =?iso-8859-1?q?=E9?= b", "aé b"),
        (b"=?utf-8?q?one?= two =?utf-8?q?three?=", "one two three"),
        (b"Caf\xc3\xa9 raw", "Café raw"),
        (b"Caf\xe9 raw", "Café raw"),
        (b"folded\n over\n\tlines", "folded over lines"),
        (b"=?gb2312?B?w8DFrs28xqw=?=", "美女图片"),
    ],
)
def test_subjects_are_decoded(subject, expected):
    assert parse_mail(mail(subject=subject)).text == expected


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        (b"text/plain; charset=utf-8", "café – ok".encode(), "café – ok"),
        (b"text/plain; charset=iso-8859-2", "zażółć".encode("iso-8859-2"), "zażółć"),
        (b"text/plain; charset=koi8-r", "привет".encode("koi8-r"), "привет"),
        (b"text/plain; charset=iso-8859-1", b"\x93quoted\x94", "“quoted”"),  # is Windows-1252
        (b"text/plain; charset=l1", b"\x93quoted\x94", "“quoted”"),  # another of its names
        (b"text/plain; charset=us-ascii", "café".encode(), "café"),
        (b"text/plain; charset=us-ascii", b"caf\xe9", "café"),
        (b"text/plain; charset=utf-8", b"caf\xe9", "café"),  # wrong
        (b"text/plain; charset=no-such", "café".encode(), "café"),  # unknown
        (b"text/plain; charset=hex", b"6869", "6869"),  # a codec, but not of text
        (b"text/plain", "café".encode(), "café"),  # missing
        (b"text/plain", b"caf\xe9", "café"),
        (b"text/plain", b"\x81\xe9", "\x81é"),  # in no charset but Latin-1
        (b"text/plain; charset=ks_c_5601-1987", "안녕 똠".encode("cp949"), "안녕 똠"),
        (b"text/html", '<meta content="text/html; charset=big5">中文'.encode("big5"), "中文"),
    ],
)
def test_charsets_are_recovered(content_type, body, expected):
    assert shown_of(mail(body, Content_Type=content_type)) == expected


ENCODED = base64.encodebytes(
    b"The quick brown fox jumps over the lazy dog, and then some more words."
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (ENCODED, "and then some more words."),
        (ENCODED.rstrip(b"=\n"), "and then some more words."),  # padding missing
        (ENCODED.rstrip(b"=\n")[:-3], "and then some more wo"),  # cut off
        (ENCODED.replace(b"\n", b"!\n", 1), "and then some more words."),  # stray character
        (ENCODED + b"\n" + ENCODED, "more words.The quick"),  # two glued together
        (ENCODED + b"\n_____\nList footer, in plain text\n", "List footer, in plain text"),
        (b"This is no base64 at all.\n", "This is no base64 at all."),
        (b"", ""),
    ],
)
def test_broken_base64_gives_what_it_can(body, expected):
    text = body_of(mail(body, Content_Transfer_Encoding=b"base64"))
    assert expected in text
    if body.startswith(ENCODED[:20]):
        assert text.startswith("The quick brown fox jumps over the lazy dog, ")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"caf=E9 =3D sof=\nt", "café = soft"),
        (b"100% =ZZ = and", "100% =ZZ = and"),
        (b"end =E", "end =E"),
    ],
)
def test_broken_quoted_printable_gives_what_it_can(body, expected):
    assert body_of(mail(body, Content_Transfer_Encoding=b"Quoted-Printable")) == expected


def test_html_gives_its_visible_text_only():
    html = b"""<!DOCTYPE html><html><head><title>a title</title><style>p {color: red}</style></head>
      <body><script>alert("script")</script><!-- comment --><h1>Big   news</h1>
      <p>V<!-- x -->i<b>a</b>gra
      &amp; caf&eacute;</p><div style="DISPLAY:none">hidden</div>
      <table><tr><td>1</td><td>2</td></tr></table>
      end<img src=x alt=picture></body></html>"""
    assert body_of(mail(html, Content_Type=b"text/html")) == (
        "Big news\nViagra & café\n1\n2\nend\n"
        "[[html]]\n[[script]]\n[[table]]\n[[bold]]\n[[hidden-text]]"
    )


def test_html_of_nothing_but_images_gives_their_texts():
    html = b"<body><img alt='Buy now'><p><img alt='50% off'><img></body>"
    assert body_of(mail(html, Content_Type=b"text/html")) == (
        "Buy now\n50% off\n[[html]]\n[[image-only]]"
    )


@pytest.mark.parametrize(
    "start", [b"<html>", b"<HTML lang=en>", b" <!-- c -->\n<!DOCTYPE HTML>", b"<p>"]
)
def test_plain_text_that_is_html_is_read_as_html(start):
    raw = mail(start + b"<b>bold</b> claim", Content_Type=b"text/plain")
    assert body_of(raw) == "bold claim\n[[html]]\n[[bold]]"


def test_plain_text_that_mentions_html_stays_plain():
    body = b"Use <b> for bold.\n<html> is the root."
    assert body_of(mail(body)) == body.decode()


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((part(b"plain"), part(b"<b>html</b>", b"text/html")), "plain"),
        ((part(b"<b>html</b>", b"text/html"), part(b"plain")), "plain"),
        ((part(b" \n"), part(b"<b>html</b>", b"text/html")), "html"),
        ((part(b""), part(b"", b"text/html")), ""),
    ],
)
def test_of_alternatives_plain_text_is_preferred_unless_empty(parts, expected):
    assert shown_of(multipart(b"alternative", *parts)) == expected


def test_nested_parts_are_read_in_order():
    inner = multipart(
        b"alternative", part(b"inner"), part(b"<i>x</i>", b"text/html"), boundary=b"in"
    )
    raw = multipart(b"mixed", part(b"before"), inner, part(b"after"))
    assert body_of(raw) == "before\n\ninner\n\nafter"


def test_a_forwarded_message_gives_its_body_without_its_headers():
    forwarded = mail(b"the news\n", subject=b"inner subject", From=b"someone@example.org")
    raw = multipart(b"mixed", part(b"look:"), part(forwarded, b"message/rfc822"))
    assert body_of(raw) == "look:\n\nthe news"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Disposition": b"attachment"},
        {"Content_Disposition": b'ATTACHMENT; filename="a.txt"'},
        {"Content_Disposition": b"inline; filename=a.txt"},
    ],
)
def test_attachments_are_ignored(headers):
    raw = multipart(b"mixed", part(b"read me"), part(b"attached", **headers))
    assert body_of(raw) == "read me"
    assert body_of(multipart(b"mixed", part(b"attached", **headers))) == "attached"  # nothing else


def test_other_kinds_of_content_are_ignored():
    raw = multipart(
        b"report",
        part(b"bounced"),
        part(b"GIF89a", b"image/gif"),
        part(b"Received: from x", b"text/rfc822-headers"),
        part(b"BEGIN:VCARD", b"text/x-vcard"),
        part(b"Status: 5.0.0\n\nAction: failed", b"message/delivery-status"),
    )
    assert body_of(raw) == "bounced"


@pytest.mark.parametrize(
    "content_type", [None, b"multipart/mixed", b'multipart/alternative; boundary="other"']
)
def test_parts_are_found_when_the_boundary_is_not_the_declared_one(content_type):
    right = multipart(b"alternative", part(b"plain"), part(b"<b>html</b>", b"text/html"))
    body = right.partition(b"\n\n")[2]
    headers = {"Content_Type": content_type} if content_type else {}
    text = body_of(mail(body, **headers))
    assert "plain" in text
    assert "Content-Type" not in text
    assert "<b>" not in text


def test_the_text_is_always_clean_utf8():
    raw = mail(b"a\0b\r\nc\rd \xed\xa0\x80", subject=b"\xed\xb2\x80\0 =?utf-7?q?+2AA-?=")
    text = parse_mail(raw).text
    text.encode("utf-8")
    assert "\0" not in text
    assert "\r" not in text
    assert "ab\nc\nd" in text


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (b"Thu, 22 Aug 2002 18:26:25 +0700", datetime(2002, 8, 22, 11, 26, 25, tzinfo=UTC)),
        (b"22 Aug 02 18:26 GMT", datetime(2002, 8, 22, 18, 26, tzinfo=UTC)),
        (b"Thu, 22 Aug 2002 18:26:25 -0000", datetime(2002, 8, 22, 18, 26, 25, tzinfo=UTC)),
        (b"Thu, 22 Aug 0102 12:07:35 +0800", None),
        (b"Thu, 22 Aug 2992 12:07:35 +0800", None),
        (b"Fri, 31 Dec 9999 23:59:59 -1200", None),
        (b"31 Feb 2002 10:00:00 +0000", None),
        (b"yesterday \xff", None),
        (b"", None),
    ],
)
def test_a_date_is_kept_when_it_makes_sense(date, expected):
    assert parse_mail(mail(Date=date)).received_at == expected


@pytest.mark.parametrize(
    "raw",
    [
        mail(b"<div>" * 300_000 + b"end", Content_Type=b"text/html"),
        mail(b"<!-- a -->" * 50_000 + b"end"),
        mail(subject=b"=?a?b?" * 50_000),
        b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(2000)
        ),
        b"Content-Type: message/rfc822\n\n" * 5_000,
    ],
    ids=["deep html", "comments", "encoded words", "nested parts", "nested messages"],
)
def test_hostile_mail_takes_no_long_time(raw):
    started = time.monotonic()
    parse_mail(raw)
    assert time.monotonic() - started < 5
