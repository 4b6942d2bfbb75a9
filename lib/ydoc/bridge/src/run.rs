//! What the run of a cell writes. A cell that is not there any more is written nothing.

use serde_json::Value;
use yrs::{Array, ArrayPrelim, ArrayRef, GetString, Map, MapPrelim, MapRef, Out, ReadTxn, Text, TextPrelim, TextRef, TransactionMut};

use crate::fill::{add_output, any_of, joined};
use crate::merge::set;
use crate::read::{maps_of, text_at, value_of};
use crate::text::{utf16_len, Line};

/// The end of what was last printed, so that a long text is not read for each piece that comes.
#[derive(Default)]
pub struct Tail {
    cell: String,
    output: u32,
    length: u32, // of the whole text
    line: Line,
}

pub fn cell<T: ReadTxn>(cells: &ArrayRef, txn: &T, id: &str) -> Option<MapRef> {
    maps_of(cells, txn).into_iter().map(|(_, cell)| cell).find(|cell| text_at(cell, txn, "id").as_deref() == Some(id))
}

pub fn begin(txn: &mut TransactionMut, cell: &MapRef) -> Result<(), String> {
    clear(txn, cell);
    set(txn, cell, "execution_count", Some(&Value::Null))?;
    set(txn, cell, "execution_state", Some(&Value::from("running")))
}

pub fn end(txn: &mut TransactionMut, cell: &MapRef, count: &Value) -> Result<(), String> {
    set(txn, cell, "execution_count", Some(count))?;
    set(txn, cell, "execution_state", Some(&Value::from("idle")))
}

/// The list stays the same one: @jupyter/ydoc holds on to it.
pub fn clear(txn: &mut TransactionMut, cell: &MapRef) {
    let Some(Out::YArray(outputs)) = cell.get(txn, "outputs") else {
        cell.insert(txn, "outputs", ArrayPrelim::default());
        return;
    };
    let all = outputs.len(txn);
    if all > 0 {
        outputs.remove_range(txn, 0, all);
    }
}

/// A stream goes on in the last output when that is one of its name.
pub fn append(txn: &mut TransactionMut, cell: &MapRef, output: &Value, tail: &mut Tail) -> Result<(), String> {
    let outputs = match cell.get(txn, "outputs") {
        Some(Out::YArray(outputs)) => outputs,
        _ => cell.insert(txn, "outputs", ArrayPrelim::default()),
    };
    if output.get("output_type").and_then(Value::as_str) != Some("stream") {
        return add_output(txn, &outputs, output);
    }
    let printed = joined(output.get("text"));
    let last = maps_of(&outputs, txn).pop().filter(|(at, _)| at + 1 == outputs.len(txn));
    let id = text_at(cell, txn, "id").unwrap_or_default();
    if let Some((at, map)) = last {
        let name = output.get("name").and_then(Value::as_str);
        let same = text_at(&map, txn, "output_type").as_deref() == Some("stream") && text_at(&map, txn, "name").as_deref() == name;
        if let (true, Some(Out::YText(text))) = (same, map.get(txn, "text")) {
            if tail.cell != id || tail.output != at || tail.length != text.len(txn) {
                *tail = Tail { cell: id, output: at, length: text.len(txn), line: Line::ending(&text.get_string(txn)) };
            }
            print_on(txn, &text, &printed, tail);
            return Ok(());
        }
    }
    let mut line = Line::default();
    let text = line.print(&printed);
    *tail = Tail { cell: id, output: outputs.len(txn), length: utf16_len(&text), line };
    let map = outputs.push_back(txn, MapPrelim::default());
    map.insert(txn, "name", any_of(output.get("name").unwrap_or(&Value::Null))?);
    map.insert(txn, "output_type", "stream");
    map.insert(txn, "text", TextPrelim::new(text));
    Ok(())
}

fn print_on(txn: &mut TransactionMut, text: &TextRef, printed: &str, tail: &mut Tail) {
    let before = tail.line.text();
    let after = tail.line.print(printed);
    let same: usize = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let (gone, come) = (utf16_len(&before[same..]), &after[same..]);
    let at = tail.length.saturating_sub(gone);
    text.remove_range(txn, at, gone);
    text.insert(txn, at, come);
    tail.length = at + utf16_len(come);
}

/// In every output that is shown under this id.
pub fn update_display(txn: &mut TransactionMut, cells: &ArrayRef, wanted: &Value) -> Result<(), String> {
    for (_, cell) in maps_of(cells, txn) {
        let Some(Out::YArray(outputs)) = cell.get(txn, "outputs") else { continue };
        for (_, output) in maps_of(&outputs, txn) {
            let transient = output.get(txn, "transient").map(|out| value_of(out, txn)).transpose()?;
            if transient.as_ref().and_then(|transient| transient.get("display_id")) == wanted.get("display_id") {
                set(txn, &output, "data", wanted.get("data"))?;
                set(txn, &output, "metadata", wanted.get("metadata"))?;
            }
        }
    }
    Ok(())
}
