"""Scores the cutting of raw text into words and sentences against CoNLL-U.

The raw text is that of the CoNLL 2018 shared task: the sentences of a paragraph in running text with single spaces
where the corpus has them, paragraphs parted by a blank line. Words and sentences count as found when their first and
last characters agree; white space does not count.

    cargo build --release -p whimbrel-text --example tokenize
    python3 training/score_tokens.py target/release/examples/tokenize CORPUS.conllu [--documents PREFIX] [--errors N]
"""

import argparse
import collections
import subprocess


def read_documents(path):
    """Yields (id, paragraphs); a paragraph is a list of sentences, a sentence a list of (form, words, space after)."""
    documents, sentence, new_paragraph, inside = [], None, True, 0
    for line in open(path, encoding="utf8"):
        line = line.rstrip("\n")
        if line.startswith("# newdoc"):
            documents.append((line.split("=", 1)[-1].strip(), []))
            new_paragraph = True
        elif line.startswith("# newpar") and not line.startswith("# newpar_block"):
            new_paragraph = True
        elif line.startswith("#"):
            continue
        elif not line:
            sentence, new_paragraph = None, False
        else:
            if sentence is None:
                sentence, inside = [], 0
                if not documents:
                    documents.append(("", []))
                if new_paragraph or not documents[-1][1]:
                    documents[-1][1].append([])
                documents[-1][1][-1].append(sentence)
            number, form, misc = (line.split("\t")[column] for column in (0, 1, 9))
            if "." in number:
                continue
            space = "SpaceAfter=No" not in misc.split("|")
            if "-" in number:
                inside = int(number.split("-")[1])
                sentence.append((form, [], space))
            elif int(number) <= inside:
                sentence[-1][1].append(form)
            else:
                sentence.append((form, [form], space))
    return documents


def lay_out(paragraphs):
    """The raw text, and the places of its words and sentences in characters that are no white space."""
    text, words, sentences, at = [], [], [], 0
    for paragraph in paragraphs:
        for sentence in paragraph:
            start = at
            for form, parts, space in sentence:
                text.append(form + (" " if space else ""))
                bare = "".join(form.split())
                # The words of a multiword token as it is written; where they differ from it the last takes the rest.
                inner = at
                for idx, part in enumerate(parts):
                    end = min(inner + len(part), at + len(bare))
                    if idx == len(parts) - 1:
                        end = at + len(bare)
                    words.append((inner, end))
                    inner = end
                at += len(bare)
            sentences.append((start, at))
        text.append("\n\n")
    return "".join(text), words, sentences


def cut(program, text):
    """Runs the program; gives places in characters that are no white space."""
    output = subprocess.run([program], input=text.encode(), stdout=subprocess.PIPE, check=True).stdout.decode()
    bare, n = [], 0
    for character in text:
        bare.append(n)
        n += not character.isspace()
    bare.append(n)
    words, sentences, start = [], [], None
    for line in output.split("\n"):
        if not line:
            if start is not None:
                sentences.append((start, words[-1][1]))
            start = None
            continue
        first, last, _ = line.split("\t", 2)
        words.append((bare[int(first)], bare[int(last)]))
        start = words[-1][0] if start is None else start
    return words, sentences


def f1(gold, found):
    right = len(set(gold) & set(found))
    return 2 * right / max(1, len(gold) + len(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("corpus")
    parser.add_argument("--documents", default="", help="only documents whose id starts so")
    parser.add_argument("--errors", type=int, default=0, help="show so many of the commonest differences")
    options = parser.parse_args()
    gold_words, words, gold_sentences, sentences = [], [], [], []
    differences = collections.Counter()
    chosen = [document for document in read_documents(options.corpus) if document[0].startswith(options.documents)]
    for idx, (_, paragraphs) in enumerate(chosen):
        text, gold_word, gold_sentence = lay_out(paragraphs)
        word, sentence = cut(options.program, text)
        for all_places, places in ((gold_words, gold_word), (words, word), (gold_sentences, gold_sentence), (sentences, sentence)):
            all_places.extend((idx, *place) for place in places)
        if options.errors:
            collect(differences, text, gold_word, word, gold_sentence, sentence)
    for difference, n in differences.most_common(options.errors):
        print(n, difference)
    print(f"{options.corpus} {options.documents}: {len(chosen)} documents")
    print(f"words     F1 {f1(gold_words, words):.4f}  gold {len(gold_words)} found {len(words)}")
    print(f"sentences F1 {f1(gold_sentences, sentences):.4f}  gold {len(gold_sentences)} found {len(sentences)}")


def collect(differences, text, gold_words, words, gold_sentences, sentences):
    """Counts the places where the two differ, each with some text around it."""
    places = [at for at, character in enumerate(text) if not character.isspace()]
    gold_cuts, cuts = {end for _, end in gold_words}, {end for _, end in words}
    for end in gold_cuts ^ cuts:
        at = places[end - 1] + 1
        around = text[max(0, at - 12):at] + "|" + text[at:at + 12]
        differences[("word cut missed " if end in gold_cuts else "word cut added ") + repr(around)] += 1
    gold_ends, ends = {end for _, end in gold_sentences}, {end for _, end in sentences}
    for end in gold_ends ^ ends:
        at = places[end - 1] + 1
        around = text[max(0, at - 30):at] + "|" + text[at:at + 25]
        differences[("sentence end missed " if end in gold_ends else "sentence end added ") + repr(around)] += 1


if __name__ == "__main__":
    main()
