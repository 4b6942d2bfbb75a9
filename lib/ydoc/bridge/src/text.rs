//! Small changes of texts: what turns one into another, and what a terminal makes of what is printed. Lengths are in UTF-16 units, as Yjs counts.

/// Beyond this many pairs of lines, what differs is replaced in one piece.
const MOST_PAIRS: usize = 4_000_000;

#[derive(Debug, PartialEq)]
pub struct Change {
    pub at: u32, // in the old text
    pub removed: u32,
    pub inserted: String,
}

pub fn utf16_len(text: &str) -> u32 {
    text.chars().map(|c| c.len_utf16() as u32).sum()
}

/// What turns `old` into `new`, line by line and then within what differs; from the last to the first, so that each leaves the places of the next.
pub fn changes(old: &str, new: &str) -> Vec<Change> {
    let (old_lines, new_lines): (Vec<_>, Vec<_>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let head = old_lines.iter().zip(&new_lines).take_while(|(a, b)| a == b).count();
    let tail = old_lines[head..].iter().rev().zip(new_lines[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (ours, theirs) = (&old_lines[head..old_lines.len() - tail], &new_lines[head..new_lines.len() - tail]);
    let mut at = old_lines[..head].iter().map(|line| utf16_len(line)).sum();
    let mut found = vec![];
    for (removed, inserted) in hunks(ours, theirs) {
        let (gone, come) = (removed.concat(), inserted.concat());
        let length = utf16_len(&gone);
        if gone != come {
            found.push(within(&gone, &come, at));
        }
        at += length;
    }
    found.reverse();
    found
}

/// One change from `old`, which stands at `at`, to `new`: without what both begin and end with.
fn within(old: &str, new: &str, at: u32) -> Change {
    let head: usize = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail: usize = old_rest.chars().rev().zip(new_rest.chars().rev()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let (gone, come) = (&old_rest[..old_rest.len() - tail], &new_rest[..new_rest.len() - tail]);
    Change { at: at + utf16_len(&old[..head]), removed: utf16_len(gone), inserted: come.to_owned() }
}

/// Both texts in pieces that follow each other, by a longest common subsequence of lines: equal ones, and what stands between them.
fn hunks<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Vec<&'a str>, Vec<&'a str>)> {
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        return vec![(old.to_vec(), new.to_vec())];
    }
    let width = new.len() + 1;
    let mut longest = vec![0u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let best = if old[i] == new[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
            longest[i * width + j] = best;
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut found: Vec<(Vec<&str>, Vec<&str>)> = vec![(vec![], vec![])];
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            found.push((vec![old[i]], vec![new[j]]));
            found.push((vec![], vec![]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
            found.last_mut().unwrap().0.push(old[i]);
            i += 1;
        } else {
            found.last_mut().unwrap().1.push(new[j]);
            j += 1;
        }
    }
    found
}

/// The last line of what was printed: a carriage return goes to its start, and what follows is written over it; a backspace takes a letter away.
#[derive(Clone, Debug, Default)]
pub struct Line {
    letters: Vec<char>,
    at: usize,
}

impl Line {
    /// The end of a text that was printed before.
    pub fn ending(text: &str) -> Line {
        let letters: Vec<char> = text.rsplit('\n').next().unwrap_or_default().chars().collect();
        Line { at: letters.len(), letters }
    }

    pub fn text(&self) -> String {
        self.letters.iter().collect()
    }

    /// Prints on; returns what now stands in place of the line's old text.
    pub fn print(&mut self, text: &str) -> String {
        let mut done = String::new();
        for c in text.chars() {
            match c {
                '\n' => {
                    done.extend(self.letters.drain(..));
                    done.push('\n');
                    self.at = 0;
                }
                '\r' => self.at = 0,
                '\u{8}' => {
                    if self.at > 0 {
                        self.at -= 1;
                        self.letters.remove(self.at);
                    }
                }
                c if self.at < self.letters.len() => {
                    self.letters[self.at] = c;
                    self.at += 1;
                }
                c => {
                    self.letters.push(c);
                    self.at += 1;
                }
            }
        }
        done.extend(self.letters.iter());
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(old: &str, new: &str) -> String {
        let mut units: Vec<u16> = old.encode_utf16().collect();
        for change in changes(old, new) {
            let (from, to) = (change.at as usize, (change.at + change.removed) as usize);
            units.splice(from..to, change.inserted.encode_utf16());
        }
        String::from_utf16(&units).unwrap()
    }

    #[test]
    fn changes_turn_one_text_into_the_other() {
        let texts = ["", "a", "a\nb\nc\n", "a\nB\nc", "x\na\nb\nc\ny", "Größe 📊\n", "Größe 📈\nb", "c\nb\na\n", "\n\n", "a\na\na\na"];
        for old in texts {
            for new in texts {
                assert_eq!(changed(old, new), new, "from {old:?}");
            }
        }
    }

    #[test]
    fn what_is_equal_stays() {
        assert_eq!(changes("one\ntwo\nthree", "one\ntwo there\nthree"), [Change { at: 7, removed: 0, inserted: " there".into() }]);
        assert_eq!(changes("same", "same"), []);
    }

    #[test]
    fn a_line_is_written_over_as_in_a_terminal() {
        let printed = |pieces: &[&str]| {
            let (mut line, mut text) = (Line::default(), String::new());
            for piece in pieces {
                text.truncate(text.len() - line.text().len());
                text += &line.print(piece);
            }
            text
        };
        assert_eq!(printed(&["10 %\r", "20 %\r", "100 %\n", "done"]), "100 %\ndone");
        assert_eq!(printed(&["abc\r", "x"]), "xbc");
        assert_eq!(printed(&["windows\r\n", "line"]), "windows\nline");
        assert_eq!(printed(&["ab\u{8}", "c\u{8}\u{8}\u{8}d"]), "d");
        assert_eq!(printed(&["ä📊\r", "b"]), "b📊");
    }
}
