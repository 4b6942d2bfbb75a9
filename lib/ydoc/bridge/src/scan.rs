//! Reads an update as yrs will, without keeping anything, and refuses what a notebook has no use for and yrs would not survive: counts beyond the bytes
//! that are there, values nested without end, documents within documents.
//!
//! The format is Yjs' update encoding of version 1: for each client its changes, then what is deleted. See `readUpdate` in npm's `yjs` (src/utils/encoding.js).

/// As deep as serde_json reads what a notebook is filled from: what we make we take in again.
const MOST_NESTED: usize = 128;
const LAST_CLOCK: u64 = 1 << 31; // yrs counts in 32 bits

type Scanned<T> = Result<T, String>;

struct Scanner<'a> {
    left: &'a [u8],
}

pub fn update(bytes: &[u8]) -> Scanned<()> {
    let mut scanner = Scanner { left: bytes };
    for _ in 0..scanner.count()? {
        let blocks = scanner.count()?;
        scanner.client()?;
        let mut clock = scanner.number()?;
        for _ in 0..blocks {
            clock = clock.saturating_add(scanner.block()?);
            if clock > LAST_CLOCK {
                return Err(format!("a client has made more than {LAST_CLOCK} changes"));
            }
        }
    }
    for _ in 0..scanner.count()? {
        scanner.client()?;
        for _ in 0..scanner.count()? {
            let end = scanner.number()?.saturating_add(scanner.number()?);
            if end > LAST_CLOCK {
                return Err("changes are deleted that nobody can have made".into());
            }
        }
    }
    scanner.end()
}

pub fn state_vector(bytes: &[u8]) -> Scanned<()> {
    let mut scanner = Scanner { left: bytes };
    for _ in 0..scanner.count()? {
        scanner.client()?;
        scanner.number()?;
    }
    scanner.end()
}

impl<'a> Scanner<'a> {
    fn byte(&mut self) -> Scanned<u8> {
        let (first, rest) = self.left.split_first().ok_or("it ends too early")?;
        self.left = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Scanned<u64> {
        let mut number = 0;
        for at in 0..8 {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err("a number has more than 56 bits".into())
    }

    /// Of things that need a byte each.
    fn count(&mut self) -> Scanned<usize> {
        let count = self.number()?;
        match usize::try_from(count) {
            Ok(count) if count <= self.left.len() => Ok(count),
            _ => Err(format!("{} bytes cannot hold {count} things", self.left.len())),
        }
    }

    fn client(&mut self) -> Scanned<()> {
        match self.number()? {
            client if client < 1 << 53 => Ok(()),
            client => Err(format!("the client number {client} has more than 53 bits")),
        }
    }

    fn bytes(&mut self) -> Scanned<&'a [u8]> {
        let size = self.count()?;
        let (bytes, rest) = self.left.split_at(size);
        self.left = rest;
        Ok(bytes)
    }

    /// Returns its length as Yjs counts: in UTF-16 units.
    fn text(&mut self) -> Scanned<u64> {
        let text = std::str::from_utf8(self.bytes()?).map_err(|_| "a text is not UTF-8")?;
        Ok(text.encode_utf16().count() as u64)
    }

    fn id(&mut self) -> Scanned<()> {
        self.client()?;
        self.number().map(|_| ())
    }

    /// One change; returns how many clock ticks it takes.
    fn block(&mut self) -> Scanned<u64> {
        let info = self.byte()?;
        if info == 0 || info == 10 {
            return self.number(); // collected, or left out
        }
        let (origin, right_origin, key) = (info & 0x80 != 0, info & 0x40 != 0, info & 0x20 != 0);
        if origin {
            self.id()?;
        }
        if right_origin {
            self.id()?;
        }
        if !origin && !right_origin {
            if self.number()? == 1 {
                self.text().map(|_| ())?
            } else {
                self.id()?
            }
            if key {
                self.text()?;
            }
        }
        self.content(info & 0x1f)
    }

    fn content(&mut self, kind: u8) -> Scanned<u64> {
        match kind {
            1 => self.number(),                                      // deleted
            2 => self.several(|scanner| scanner.text().map(|_| ())), // JSON as texts, as old versions wrote it
            3 => self.bytes().map(|_| 1),
            4 => self.text(),
            5 => self.text().map(|_| 1),                           // something within a text, as JSON
            6 => self.text().and_then(|_| self.text()).map(|_| 1), // formatting: key and JSON
            7 => match self.number()? {
                0..=2 => Ok(1), // an array, a map, a text
                other => Err(format!("a notebook has no types of kind {other}")),
            },
            8 => self.several(|scanner| scanner.value(0)),
            other => Err(format!("a notebook has no content of kind {other}")),
        }
    }

    fn several(&mut self, mut one: impl FnMut(&mut Self) -> Scanned<()>) -> Scanned<u64> {
        let count = self.count()?;
        for _ in 0..count {
            one(self)?;
        }
        Ok(count as u64)
    }

    fn value(&mut self, depth: usize) -> Scanned<()> {
        if depth > MOST_NESTED {
            return Err(format!("values are nested deeper than {MOST_NESTED}"));
        }
        match self.byte()? {
            127 | 126 | 121 | 120 => Ok(()), // undefined, null, false, true
            125 => self.signed(),
            124 => self.skip(4),
            123 | 122 => self.skip(8),
            119 => self.text().map(|_| ()),
            118 => self.several(|scanner| scanner.text().and_then(|_| scanner.value(depth + 1))).map(|_| ()),
            117 => self.several(|scanner| scanner.value(depth + 1)).map(|_| ()),
            116 => self.bytes().map(|_| ()),
            other => Err(format!("there are no values of kind {other}")),
        }
    }

    /// A whole number with its sign: six bits in the first byte, seven in the others.
    fn signed(&mut self) -> Scanned<()> {
        for _ in 0..10 {
            if self.byte()? & 0x80 == 0 {
                return Ok(());
            }
        }
        Err("a number is too long".into())
    }

    fn skip(&mut self, count: usize) -> Scanned<()> {
        self.left = self.left.get(count..).ok_or("it ends too early")?;
        Ok(())
    }

    fn end(&self) -> Scanned<()> {
        if self.left.is_empty() {
            Ok(())
        } else {
            Err(format!("{} bytes follow its end", self.left.len()))
        }
    }
}
