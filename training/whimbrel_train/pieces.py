"""Words to pieces, shapes and windows, as models/FORMAT.md says and crates/model does."""

import re
import unicodedata

MAX_PIECES = 8  # a word
UNKNOWN, BEGIN, END = "[UNK]", "[CLS]", "[SEP]"
_OPENING = set("\"'“‘([{«")
_NUMBER = re.compile(r"^[\d.,:/\-%$€£]+$")


def _is_punctuation(c):
    o = ord(c)
    if 33 <= o <= 47 or 58 <= o <= 64 or 91 <= o <= 96 or 123 <= o <= 126:
        return True
    return unicodedata.category(c).startswith("P")


def _is_cjk(c):
    o = ord(c)
    return (0x4E00 <= o <= 0x9FFF or 0x3400 <= o <= 0x4DBF or 0x20000 <= o <= 0x2A6DF or 0x2A700 <= o <= 0x2B73F
            or 0x2B740 <= o <= 0x2B81F or 0x2B820 <= o <= 0x2CEAF or 0xF900 <= o <= 0xFAFF or 0x2F800 <= o <= 0x2FA1F)


class WordPiece:
    """Uncased WordPiece over single words."""

    def __init__(self, vocab):
        self.vocab = {piece: i for i, piece in enumerate(vocab)}
        self.unknown, self.begin, self.end = (self.vocab[p] for p in (UNKNOWN, BEGIN, END))
        self._cache = {}

    def chunks(self, word):
        """Normalised runs between punctuation."""
        text = unicodedata.normalize("NFD", word)
        text = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cc", "Cf")).lower()
        run, out = "", []
        for c in text:
            if c.isspace():
                if run:
                    out.append(run)
                run = ""
            elif _is_punctuation(c) or _is_cjk(c):
                if run:
                    out.append(run)
                run = ""
                out.append(c)
            else:
                run += c
        if run:
            out.append(run)
        return out

    def word(self, word):
        """Piece ids of one word, at least one and at most MAX_PIECES."""
        ids = self._cache.get(word)
        if ids is None:
            ids = []
            for chunk in self.chunks(word):
                ids.extend(self._chunk(chunk))
            ids = (ids or [self.unknown])[:MAX_PIECES]
            self._cache[word] = ids
        return ids

    def _chunk(self, chunk):
        if len(chunk) > 100:
            return [self.unknown]
        ids, start = [], 0
        while start < len(chunk):
            for end in range(len(chunk), start, -1):
                piece = chunk[start:end] if start == 0 else "##" + chunk[start:end]
                if piece in self.vocab:
                    ids.append(self.vocab[piece])
                    start = end
                    break
            else:
                return [self.unknown]
        return ids


def shape(word, opens):
    """Shape class of a word; `opens` says that it is the first of its sentence."""
    if any(c.isdigit() for c in word):
        if any(c.isalpha() for c in word):
            return 1
        if _NUMBER.match(word):
            return 2
    letters = [c for c in word if c.isalpha()]
    if not letters:
        return 3
    if all(c.islower() for c in letters):
        return 4
    core = word[:-1] if word.endswith(".") else word
    if len(core) == 1 and core.isupper():
        return 5
    if all(c.isupper() for c in letters):
        return 6
    if letters[0].isupper() and word[0].isalpha():
        if all(c.islower() for c in letters[1:]):
            return 7 if opens else 8
        return 9 if opens else 10
    return 11


def shapes(words, sentences):
    """Shape classes of the words of a window."""
    out = [0] * len(words)
    for start, end in sentences:
        opens = True
        for i in range(start, end):
            out[i] = shape(words[i], opens)
            if words[i] not in _OPENING and words[i] not in ("``", "''", "--", "-", "—"):
                opens = False
    return out


def pack(sizes, sentences, window):
    """Windows as (first word, end word, sentences): whole sentences while they fit, longer ones in runs.

    `sizes` are pieces a word; `window` counts [CLS] and [SEP].
    """
    room, out, current, used = window - 2, [], [], 0
    for start, end in sentences:
        total = sum(sizes[start:end])
        if total > room:
            if current:
                out.append(current)
            current, used, at, n = [], 0, start, 0
            for i in range(start, end):
                if n + sizes[i] > room:
                    out.append([(at, i)])
                    at, n = i, 0
                n += sizes[i]
            out.append([(at, end)])
            continue
        if current and used + total > room:
            out.append(current)
            current, used = [], 0
        current.append((start, end))
        used += total
    if current:
        out.append(current)
    return out
