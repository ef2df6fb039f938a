"""Which encoding a text has that is no UTF-8, by what its letters make of themselves in each.

Every byte means something in a single-byte encoding, so decoding never fails and proves nothing. What tells is the
text: in the right encoding its letters are those of one language, words are not mixed from two scripts, and no sign
stands amid a word. Each candidate is scored by the share of its letters for which that holds. Where two candidates
are as good and read the bytes differently, nobody can be certain, and that is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

WESTERN = "cp1252"
SAMPLE = 1 << 16  # bytes of lines with other letters than ASCII that are looked at
_SURE, _CLEAR, _FEW = 0.8, 0.1, 4  # least share, least distance to the next best, least letters
_WEST = "äöüßéèêëàâáåãæøçñíìîïóòôõúùûÿœ"
# Letters beyond ASCII of the languages that an encoding is used for; the first of each is only what it is known by.
_EAST = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ", "äöüß")
_ALPHABETS: dict[str, tuple[str, ...]] = {
    "cp1252": (_WEST, "áðéíóúýþæö"),
    "cp1250": _EAST,
    "iso-8859-2": _EAST,
    "cp1254": ("çğıiöşüâîû",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
}
_WORDS: dict[str, tuple[str, str]] = {  # script, and its ten commonest letters
    "cp1251": ("CYRILLIC", "оеаинтсрвл"),
    "koi8-r": ("CYRILLIC", "оеаинтсрвл"),
    "cp866": ("CYRILLIC", "оеаинтсрвл"),
    "iso-8859-5": ("CYRILLIC", "оеаинтсрвл"),
    "cp1253": ("GREEK", "αοιετσνηυρ"),
    "cp1255": ("HEBREW", "יוהלארתבמש"),
    "cp1256": ("ARABIC", "اليمنورتبه"),
    "cp874": ("THAI", "านรอกเงมยล"),
}
_USUAL = "°ªº®™©€–—’‘"  # signs that stand next to letters, or amid them, in western texts
_SEVERAL = 0.92  # what letters of several languages together count against those of one
_COMMON = 0.55  # share of its ten commonest letters in a text of any language
WIDE: dict[str, tuple[tuple[int, int], ...]] = {  # lead bytes of the characters that texts are written with
    "shift_jis": ((0x82, 0x83), (0x88, 0x97)),
    "euc-jp": ((0xA4, 0xA5), (0xB0, 0xCF)),
    "euc-kr": ((0xB0, 0xC8),),
    "gb18030": ((0xB0, 0xD7),),
    "big5": ((0xA4, 0xC6),),
}
_SIGNS = ((0x81, 0x81), (0xA1, 0xA3))  # lead bytes of punctuation and full-width letters, in all of them
_CODECS = {"shift_jis": "cp932", "euc-kr": "cp949", "big5": "cp950"}
_KANA = re.compile("[\u3041-\u30fe]")
_RUN, _LONG_RUN = re.compile("[^\x00-\x7f]{3,}"), re.compile("[^\x00-\x7f]{5,}")
_WORD = re.compile(r"[^\w\s\x00-\x7f]*[^\W\d_]+(?:[^\w\s\x00-\x7f]+[^\W\d_]+)*[^\w\s\x00-\x7f]*", re.UNICODE)


@dataclass(frozen=True)
class Charset:
    """An encoding, and another one that is about as likely and reads the text differently (none: certain)."""

    name: str
    rival: str = ""

    @property
    def codec(self) -> str:
        """The name by which Python knows it."""
        return codec_of(self.name)


def codec_of(name: str) -> str:
    """The name by which Python knows an encoding."""
    return _CODECS.get(name, name)


def charset_of(sample: bytes) -> Charset:
    """The encoding of a text with other bytes than ASCII.

    >>> charset_of("Łódź, Zażółć gęślą jaźń".encode("cp1250")).name
    'cp1250'
    >>> charset_of("Grüße aus Köln, café".encode("cp1252"))
    Charset(name='cp1252', rival='')
    """
    scores = {WESTERN: _western(sample)}
    for name, alphabets in _ALPHABETS.items():
        if name != WESTERN and (text := _text(sample, name)):
            single = max(_spelled(text, set(letters)) for letters in alphabets)
            several = _SEVERAL * _spelled(text, set("".join(alphabets)))  # customers of several countries
            scores[name] = max(single, several) * _apart(text, _LONG_RUN)
    for name, (script, common) in _WORDS.items():
        if text := _text(sample, name):
            scores[name] = _scripted(text, script, set(common))
    for name in WIDE:
        scores[name] = _wide(sample, name)
    order = sorted(scores, key=lambda name: -scores[name])  # ties in the order of entry: the western one first
    best, next_best = order[0], next(one for one in order[1:] if not _alike(sample, order[0], one))
    few = sum(byte > 0x7F for byte in sample) < _FEW
    if best == WESTERN or scores[best] < _SURE or (scores[best] - scores[WESTERN] < _CLEAR):
        likely = scores[WESTERN] < _SURE and scores[WESTERN] - scores[next_best] < _CLEAR
        rival = best if best != WESTERN else next_best
        return Charset(_plain(sample), rival if likely or best != WESTERN else "")
    unsure = few or scores[best] - scores[next_best] < _CLEAR
    return Charset(best, next_best if unsure else "")


def _plain(sample: bytes) -> str:
    """cp1252, or ISO-8859-1 when bytes occur that cp1252 does not define."""
    return "iso-8859-1" if re.search(rb"[\x81\x8d\x8f\x90\x9d]", sample) else WESTERN


def _text(sample: bytes, name: str) -> str:
    """The sample in an encoding; empty when it is none."""
    try:
        return sample.decode(codec_of(name))
    except UnicodeDecodeError:
        return ""


def _alike(sample: bytes, one: str, other: str) -> bool:
    """Whether two encodings read the same text."""
    return _text(sample, one) == _text(sample, other) != ""


def _western(sample: bytes) -> float:
    """The score of cp1252: words of western letters."""
    text = sample.decode("iso-8859-1") if _plain(sample) != WESTERN else sample.decode(WESTERN)
    return max(_spelled(text, set(letters)) for letters in _ALPHABETS[WESTERN]) * _apart(text, _RUN)


def _apart(text: str, long: re.Pattern[str]) -> float:
    """The share of what is not ASCII that does not stand in runs longer than words of Latin letters have."""
    runs = sum(len(run) for run in long.findall(text) if any(char.isalpha() for char in run))
    letters = sum(1 for char in text if char > "\x7f" and not char.isspace())
    return 1 - runs / max(letters, 1)


def _spelled(text: str, alphabet: set[str]) -> float:
    """The share of what is not ASCII in words that are letters of the alphabet, capitals where words have them."""
    good = bad = 0
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        for at, char in enumerate(word):
            if char <= "\x7f":
                continue
            amid = char.isupper() and at > 0 and word[at - 1].islower()
            sound = (char.lower() in alphabet or (char == "İ" and "ı" in alphabet)) and not _out_of_place(word, at)
            good, bad = good + (sound and not amid), bad + (amid or (not sound and _amiss(word, at)))
    bad += sum(1 for char in text if "\x80" <= char <= "\x9f")
    return good / (good + bad) if good + bad else 1.0


def _out_of_place(word: str, at: int) -> bool:
    """Letters that western words have in some places only: Portuguese õ before an e, Icelandic þ at the beginning."""
    return (word[at] == "õ" and word[at + 1 : at + 2] != "e") or (word[at] == "þ" and at > 0)


def _amiss(word: str, at: int) -> bool:
    """Whether a sign or a foreign letter stands in a word; a sign at its edge belongs to the text."""
    char = word[at]
    if char in _USUAL or (char in "²³" and at == len(word) - 1):
        return False
    return char.isalpha() or 0 < at < len(word) - 1 or unicodedata.category(char)[0] in "SCN"


def _scripted(text: str, script: str, common: set[str]) -> float:
    """The share of what is not ASCII that are words of one script, in the cases of words, with its usual letters."""
    good = often = bad = 0
    for word in _WORD.findall(text):
        letters = [char for char in word if char > "\x7f"]
        mixed = len(letters) < sum(map(str.isalnum, word)) or (len(word) > 3 and word.isupper())
        for at, char in enumerate(word):
            if char <= "\x7f":
                continue
            own = unicodedata.name(char, "").startswith(script) and (char.isalpha() or script == "THAI")
            turned = char.isupper() and at > 0 and word[at - 1].islower()
            fits = own and not turned and not mixed
            good, bad, often = good + fits, bad + (not fits), often + (char.lower() in common)
    bad += sum(1 for char in text if "\x80" <= char <= "\x9f" or "\u2500" <= char <= "\u25ff")
    if not good:
        return 0.0
    return good / (good + bad) * (0.5 + 0.5 * min(often / (good + bad) / _COMMON, 1.0))


def _wide(sample: bytes, name: str) -> float:
    """The share of characters of two bytes that texts of the language are written with."""
    if not _text(sample, name):
        return 0.0
    good = bad = kana = 0
    for char in _text(sample, name):
        if char <= "\x7f":
            continue
        raw = char.encode(codec_of(name))
        if len(raw) == 2 and _among(raw[0], WIDE[name]):
            good += 1
            kana += bool(_KANA.match(char))
        else:
            bad += not (len(raw) == 2 and _among(raw[0], _SIGNS))
    if not good:
        return 0.0
    # without kana, and with letters of its own beyond the commonest half, a text may be Chinese as well as Japanese
    return good / (good + bad) * (0.95 if name == "euc-jp" and not kana else 1.0)


def _among(byte: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(low <= byte <= high for low, high in spans)
