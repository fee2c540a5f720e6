"""Texts for places where there is only text."""

from xml.etree.ElementTree import Element, fromstring, tostring

from tutorials.plain_text import lines, one_line

# Every character that can be typed, but for surrogates, which no database keeps.
ALL = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x11000)]))


def test_a_title_is_on_one_line():
    assert one_line(" A\r\n\tB\u2028C \x00\x7f") == "A B C"


def test_lines_end_alike_and_keep_how_they_begin():
    assert lines("\na\r\n    b  \rc\u2028d\x1f\n\n") == "\na\n    b\nc\nd".strip("\n")


def test_xml_takes_whatever_is_left():
    element = Element("text")
    element.text = one_line(ALL) + lines(ALL)

    assert fromstring(tostring(element, encoding="utf-8")).text == element.text
