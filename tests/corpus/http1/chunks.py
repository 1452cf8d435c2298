"""The chunked coding: sizes, extensions, trailers, line ends, early ends (RFC 9112 §7.1)."""

from kit.cases import GET, ROOT, chunked, coded, refused, taken, unfinished

_BAD_SIZES = (
    *(
        b"",
        b" ",
        b"g",
        b"G",
        b"0x1",
        b"0X1",
        b"x1",
        b"+1",
        b"-1",
        b"-0",
        b"1_0",
        b"1,",
        b"1.0",
        b"1h",
        b" 1",
        b"\t1",
        b"1 ",
        b"1\t",
        b"1 1",
    ),
    *(
        b"\xb2",
        b"\xef\xbc\x91",
        b"\x001",
        b"1\x00",
        b"1\x0b",
        b'"1"',
        b"1,1",
        b"1:a",
        b"1=a",
        b"1/a",
        b"\xa01",
        b"\r1",
        b"1\r",
        b"0\r",
    ),
)
_BAD_EXTENSIONS = (
    *(
        b";",
        b";;",
        b";;a",
        b";a;",
        b";a=",
        b";=b",
        b";a==b",
        b";a=b=c",
        b';a="b',
        b';a="b"c',
        b';a=b"c"',
        b';a="b\\"',
        b";a b",
        b";a= b c",
    ),
    *(
        b";a\x00",
        b";a=\x00",
        b';a="\x00"',
        b";a=\x7f",
        b";a=\x0b",
        b";\xe9",
        b";a=\xe9",
        b";a,b",
        b";a:b",
        b"; ",
        b";a ",
        b";a\t",
        b" ; ;",
    ),
    *(b";a\r", b";a=\rb", b';a="\r"', b";(", b";a=b;", b'; a = "b" ;', b";a=b c=d", b";a='b c'"),
)
_GOOD_EXTENSIONS = (
    *(
        b";a",
        b";a=b",
        b';a="b"',
        b';a=""',
        b";a;b;c=d",
        b" ; a",
        b"\t;\ta\t=\tb",
        b' ;a = "b c"',
        b';a="b\\"c"',
        b';a="\\\\"',
        b';a="\xe9"',
    ),
    *(b';a=";0"', b';a="0;\t1"', b";!#$%&'*+-.^_`|~=z", b";0=0", b";0;0", b';a="=";b'),
)

CASES = (
    taken("a chunk", "9112 §7.1", chunked(b"5\r\nhello\r\n0\r\n\r\n"), coded(b"hello")),
    taken("no chunk", "9112 §7.1", chunked(b"0\r\n\r\n"), coded(b"")),
    taken("three chunks", "9112 §7.1", chunked(b"1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n"), coded(b"abcdef")),
    taken(
        "hexadecimal, either case",
        "9112 §7.1",
        chunked(b"a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"),
        coded(b"0123456789" * 2),
    ),
    taken("every digit", "9112 §7.1", chunked(b"1F\r\n" + b"x" * 31 + b"\r\n0\r\n\r\n"), coded(b"x" * 31)),
    taken("zeros before", "9112 §7.1", chunked(b"0001\r\nx\r\n0000\r\n\r\n"), coded(b"x")),
    taken("a size of 15 digits", "9112 §7.1", chunked(b"000000000000001\r\nx\r\n0\r\n\r\n"), coded(b"x")),
    refused("a size of 16 digits", "9112 §7.1", chunked(b"0000000000000001\r\nx\r\n0\r\n\r\n")),
    refused("a size of 2**64", "9112 §7.1", chunked(b"10000000000000000\r\nx\r\n0\r\n\r\n")),
    refused("a size of 2**64 + 1", "9112 §7.1", chunked(b"10000000000000001\r\nx\r\n0\r\n\r\n")),
    refused("a size of 2**63", "9112 §7.1", chunked(b"8000000000000000\r\nx\r\n")),
    refused("a size of 2**32 + 1", "9112 §7.1", chunked(b"100000001\r\nx\r\n"), 413),
    refused("a size of 15 digits that is too much", "9112 §7.1", chunked(b"fffffffffffffff\r\nx\r\n"), 413),
    taken("a chunk of line ends", "9112 §7.1", chunked(b"4\r\n\r\n\r\n\r\n0\r\n\r\n"), coded(b"\r\n\r\n")),
    taken("a chunk like the last one", "9112 §7.1", chunked(b"7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n"), coded(b"\r\n0\r\n\r\n")),
    taken("a chunk like a request", "9112 §7.1", chunked(b"%x\r\n%b\r\n0\r\n\r\n" % (len(GET), GET)) + GET, coded(GET), ROOT),
    taken(
        "a chunk of every byte", "9112 §7.1", chunked(b"100\r\n" + bytes(range(256)) + b"\r\n0\r\n\r\n"), coded(bytes(range(256)))
    ),
    taken("a chunk that ends in CR", "9112 §7.1", chunked(b"2\r\nx\r\r\n0\r\n\r\n"), coded(b"x\r")),
    taken("a chunk that begins with LF", "9112 §7.1", chunked(b"2\r\n\nx\r\n0\r\n\r\n"), coded(b"\nx")),
    taken("a hundred chunks of one byte", "9112 §7.1", chunked(b"1\r\nx\r\n" * 100 + b"0\r\n\r\n"), coded(b"x" * 100)),
    *(refused(f"size {s.decode('latin-1')!a}", "9112 §7.1", chunked(s + b"\r\nx\r\n0\r\n\r\n")) for s in _BAD_SIZES),
    # Line ends
    refused("size line ends in LF", "9112 §7.1", chunked(b"1\nx\r\n0\r\n\r\n")),
    refused("size line ends in CR", "9112 §7.1", chunked(b"1\rx\r\n0\r\n\r\n")),
    refused("size line ends in LF CR", "9112 §7.1", chunked(b"1\n\rx\r\n0\r\n\r\n")),
    refused("chunk ends in LF", "9112 §7.1", chunked(b"1\r\nx\n0\r\n\r\n")),
    refused("chunk ends in CR", "9112 §7.1", chunked(b"1\r\nx\r0\r\n\r\n")),
    refused("chunk ends in CR and another byte", "9112 §7.1", chunked(b"1\r\nx\rx0\r\n\r\n")),
    refused("a longer size line ends in LF", "9112 §7.1", chunked(b"12\nx\r\n0\r\n\r\n")),
    refused("chunk ends in CR CR LF", "9112 §7.1", chunked(b"1\r\nx\r\r\n0\r\n\r\n")),
    refused("chunk ends in nothing", "9112 §7.1", chunked(b"1\r\nx0\r\n\r\n")),
    refused("chunk ends in two other bytes", "9112 §7.1", chunked(b"1\r\nxXX0\r\n\r\n")),
    refused("chunk is longer than its size", "9112 §7.1", chunked(b"1\r\nxy\r\n0\r\n\r\n")),
    refused("chunk is shorter than its size", "9112 §7.1", chunked(b"3\r\nx\r\n0\r\n\r\n")),
    refused("two CRLF after a chunk", "9112 §7.1", chunked(b"1\r\nx\r\n\r\n0\r\n\r\n")),
    refused("a CRLF before the first size", "9112 §7.1", chunked(b"\r\n1\r\nx\r\n0\r\n\r\n")),
    refused("last size ends in LF", "9112 §7.1", chunked(b"1\r\nx\r\n0\n\r\n")),
    refused("last chunk ends in LF", "9112 §7.1", chunked(b"1\r\nx\r\n0\r\n\n")),
    refused("last size and chunk end in LF", "9112 §7.1", chunked(b"0\n\n")),
    refused("last chunk ends in CR", "9112 §7.1", chunked(b"0\r\n\rX\r\n\r\n")),
    refused("last chunk ends in CR CR LF", "9112 §7.1", chunked(b"0\r\n\r\r\n\r\n")),
    # Extensions (RFC 9112 §7.1.1): read strictly and dropped
    *(
        taken(
            f"extension {e.decode('latin-1')!a}", "9112 §7.1.1", chunked(b"1" + e + b"\r\nx\r\n0" + e + b"\r\n\r\n"), coded(b"x")
        )
        for e in _GOOD_EXTENSIONS
    ),
    *(
        refused(f"extension {e.decode('latin-1')!a}, malformed", "9112 §7.1.1", chunked(b"1" + e + b"\r\nx\r\n0\r\n\r\n"))
        for e in _BAD_EXTENSIONS
    ),
    taken(
        "extensions of all kinds at once",
        "9112 §7.1.1",
        chunked(b'1;a;b=c ; d = "e\\";\xe9";f\r\nx\r\n0;g\r\n\r\n'),
        coded(b"x"),
    ),
    refused("malformed extension of the last chunk", "9112 §7.1.1", chunked(b"0;\r\n\r\n")),
    refused("LF in an extension", "9112 §7.1.1", chunked(b"1;a\nb\r\nx\r\n0\r\n\r\n")),
    refused("LF right after the semicolon", "9112 §7.1.1", chunked(b"1;\n\r\nx\r\n0\r\n\r\n")),
    refused("LF in a quoted extension", "9112 §7.1.1", chunked(b'1;a="\n"\r\nx\r\n0\r\n\r\n')),
    refused("extension without a semicolon", "9112 §7.1.1", chunked(b"1 a=b\r\nx\r\n0\r\n\r\n")),
    refused("a chunk in an extension", "9112 §7.1.1", chunked(b"2;\nxx\r\n0\r\n\r\n4c\r\n\r\n0\r\n\r\n")),
    # Trailers (RFC 9112 §7.1.2): judged as fields are, and dropped; those that would frame a message are refused
    taken("a trailer", "9112 §7.1.2", chunked(b"0\r\nX: y\r\n\r\n") + GET, coded(b""), ROOT),
    taken("trailers after a chunk", "9112 §7.1.2", chunked(b"1\r\nx\r\n0\r\nX: y\r\nZ:\r\n\r\n") + GET, coded(b"x"), ROOT),
    *(
        taken(f"trailer {t.decode()} changes nothing", "9110 §6.5.1", chunked(b"0\r\n" + t + b"\r\n\r\n") + GET, coded(b""), ROOT)
        for t in (
            b"Host: b",
            b"X_Y: z",
            b"Connection: close",
            b"Expect: x",
            b"Authorization: x",
            b"Cookie: a",
            b"Proxy: x",
            b"Upgrade: h2c",
        )
    ),
    *(
        refused(f"trailer {t.decode()} would frame", "9110 §6.5.1", chunked(b"0\r\n" + t + b"\r\n\r\n"))
        for t in (
            b"Content-Length: 5",
            b"content-length: 0",
            b"Transfer-Encoding: chunked",
            b"TRANSFER-ENCODING: x",
            b"Transfer-Encoding:",
        )
    ),
    refused("trailer without a colon", "9112 §7.1.2", chunked(b"0\r\nX\r\n\r\n")),
    refused("trailer without a name", "9112 §7.1.2", chunked(b"0\r\n: y\r\n\r\n")),
    refused("trailer with a blank before its colon", "9112 §5.1", chunked(b"0\r\nX : y\r\n\r\n")),
    refused("folded trailer", "9112 §5.2", chunked(b"0\r\nX: y\r\n z\r\n\r\n")),
    refused("trailer begins with a blank", "9112 §5.2", chunked(b"0\r\n X: y\r\n\r\n")),
    refused("NUL in a trailer", "9110 §5.5", chunked(b"0\r\nX: a\x00b\r\n\r\n")),
    refused("CR in a trailer", "9112 §2.2", chunked(b"0\r\nX: a\rb\r\n\r\n")),
    refused("LF after a trailer", "9112 §2.2", chunked(b"0\r\nX: a\nY: b\r\n\r\n")),
    refused("LF ends the trailers", "9112 §2.2", chunked(b"0\r\nX: a\r\n\n")),
    refused("a request in the trailers", "9112 §7.1.2", chunked(b"0\r\nGET /x HTTP/1.1\r\n\r\n")),
    refused("one more byte than the end", "9112 §7.1", chunked(b"0\r\n\r\nX\r\n\r\n"), after=(coded(b""),)),
    # Early ends
    *(
        unfinished(f"ends after {c.decode()!a}", "9112 §8", chunked(c))
        for c in (
            b"",
            b"5",
            b"5;a",
            b"5\r",
            b"5\r\n",
            b"5\r\nhell",
            b"5\r\nhello",
            b"5\r\nhello\r",
            b"5\r\nhello\r\n",
            b"0",
            b"0\r",
            b"0\r\n",
            b"0\r\n\r",
            b"0\r\nX: y",
            b"0\r\nX: y\r\n",
        )
    ),
)
